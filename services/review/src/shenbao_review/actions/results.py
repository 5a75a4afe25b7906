"""The results that a committee which sits elsewhere hands in: every bad row is named, and then none counts (S4a-08)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_review.actions.decisions import Verdict, conclude_all
from shenbao_review.domain.conflicts import conflict
from shenbao_review.domain.states import Action, StepState
from shenbao_review.models import Case, Committee, Step
from shenbao_review.queries.cases import cases_to_change
from shenbao_review.queries.officers import party, subject

Row = Mapping[str, str]


def take_in(session: Session, committee: Committee, rows: Sequence[Row], *, actor: Actor, now: datetime) -> int:
    """Decides the cases that wait for this committee as it did; answers how many passed."""
    if not committee.outside:
        raise Conflict("committee_sits_here")
    cases = _cases(session, [row["reference"] for row in rows])
    officer = party(session, actor)
    problems: list[Problem] = []
    ended = []
    for number, row in enumerate(rows):
        path, case = f"rows.{number}.reference", cases.get(row["reference"])
        step = _waiting(case, committee) if case else None
        if row["reference"] in {earlier["reference"] for earlier in rows[:number]}:
            problems.append(Problem("duplicate", path))
        elif case is None or step is None:
            problems.append(Problem("not_in_committee_step", path))
        elif code := conflict(officer, subject(case)):
            problems.append(Problem(code, path))
        else:
            action = Action.PASS if row["result"] == "passed" else Action.FAIL
            ended.append((case, step, Verdict(actor=actor, action=action, opinion=row["opinion"], now=now)))
    ensure(problems)
    conclude_all(session, ended, actor.account_id)
    return sum(verdict.action == Action.PASS for _, _, verdict in ended)


def _cases(session: Session, references: Sequence[str]) -> dict[str, Case]:
    """By their references, held."""
    ids = session.scalars(sa.select(Case.application_id).where(Case.reference.in_(references))).all()
    return {case.reference: case for case in cases_to_change(session, ids)}


def _waiting(case: Case, committee: Committee) -> Step | None:
    own = (s for s in case.steps if s.state == StepState.OPEN and s.committee_id == committee.committee_id)
    return next(own, None)
