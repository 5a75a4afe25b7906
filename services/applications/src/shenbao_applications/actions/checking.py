"""What stands in the way of a report: the same rules that the report obeys, asked beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.drafts import around_of, period_of
from shenbao_applications.actions.fillers import ensure_filler
from shenbao_applications.domain import lifecycle, projects, staging
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.domain.pack import items, validity
from shenbao_applications.domain.pack.clauses import Judgement
from shenbao_applications.domain.pack.items import Item
from shenbao_applications.models import Application
from shenbao_applications.queries import bindings, organisations, packs
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import Problem


@dataclass(frozen=True)
class Check:
    """problems: what is missing or wrong. items: the same by field, those that are met too. judgements: every clause
    that concerns this applicant. open: the project's days. bound: to a unit, where the programme asks for one.
    """

    problems: Sequence[Problem]
    items: Sequence[Item]
    judgements: Sequence[Judgement]
    open: bool
    bound: bool

    @property
    def complete(self) -> bool:
        judged = all(j.result != "not_met" for j in self.judgements)
        return self.open and self.bound and not self.problems and judged

    @property
    def filled(self) -> bool:
        """Whether the form itself is complete and right; days and unit are asked anew when it is submitted."""
        return not self.problems and all(j.result != "not_met" for j in self.judgements)


def check(session: Session, row: Application, *, desk: Desk) -> Check:
    """Clauses that only people can judge do not stand in the way; they are listed as such."""
    pack = packs.of(session, row)
    unit = None if row.unit_id == NOBODY else row.unit_id
    around = around_of(row.project, organisations.departments_of_unit(session, unit), desk)
    missing = staging.wanting(pack, row.sections, variant=row.variant)
    wrong = validity.wrong(pack, row.sections, period_of(row.project, desk), variant=row.variant)
    return Check(
        problems=[*missing, *wrong],
        items=items.of(pack, row.sections, [*missing, *wrong], variant=row.variant),
        judgements=pack.judgements(row.sections, around, variant=row.variant, at="report"),
        open=projects.is_open(row.project.opens_on, row.project.closes_on, desk.now),
        bound=not pack.needs_binding or bindings.unit_for(session, row, pack) is not None,
    )


def run(session: Session, row: Application, *, desk: Desk) -> Check:
    """T05: the check that lets an application be submitted as it is now; its next change asks for a new one."""
    ensure_filler(packs.of(session, row), row.variant, desk.actor)
    lifecycle.after(row.status, Move.SAVE_COMPLETE)
    found = check(session, row, desk=desk)
    if found.filled and row.status == Status.DRAFT:
        row.status = lifecycle.after(row.status, Move.SAVE_COMPLETE)
    return found
