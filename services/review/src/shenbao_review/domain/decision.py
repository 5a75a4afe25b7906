"""May this be decided so? Answers with every objection at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, Problem, RuleBroken
from shenbao_review.domain.conflicts import Party, Subject, conflict
from shenbao_review.domain.states import DECISIONS, Action

PERMISSION = {Action.PASS: "review.decide", Action.FAIL: "review.decide", Action.RETURN: "review.return"}
"""Deciding and returning are ticked apart (C3: 退回审查 is a tick of its own)."""

ASSIGN = "review.assign"
"""Of who distributes the work of an office, and so releases what another has claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an itemised return (一次性告知): a field `<section>.<field>` or the key of a material, and why."""

    item: str
    reason: str


def objections(
    action: Action,
    opinion: str | None,
    items: Sequence[Item] = (),
    *,
    offered: Collection[str],
    needs: Collection[str],
    known: Collection[str] | None = None,
) -> list[Problem]:
    """offered: what the step's decider may do; needs: which of these are not done without an opinion.

    known: what the programme's form consists of; None while that is not known. Items tell their reasons themselves,
    so a return that lists some needs no opinion besides.
    """
    found = []
    if action not in offered:
        found.append(Problem("action_not_offered", "action", {"offered": sorted(offered)}))
    if action in needs and not (opinion or "").strip() and not items:
        found.append(Problem("opinion_required", "opinion"))
    if items and action != Action.RETURN:
        found.append(Problem("items_only_with_return", "items"))
    names = [line.item for line in items]
    for number, name in enumerate(names):
        if name in names[:number]:
            found.append(Problem("duplicate", f"items.{number}.item"))
        if known is not None and name not in known:
            found.append(Problem("unknown_item", f"items.{number}.item"))
    return found


def exam_objections(action: Action, score: float | None, exam: Mapping[str, Any] | None) -> list[Problem]:
    """An examination is passed with a score of at least its mark, and nothing else has a score (S4j-03)."""
    if exam is None:
        return [Problem("no_exam", "score")] if score is not None else []
    if action == Action.RETURN:
        return []
    if score is None:
        return [Problem("score_required", "score")]
    if action == Action.PASS and score < exam["pass_mark"]:
        return [Problem("below_pass_mark", "score", {"pass_mark": exam["pass_mark"]})]
    return []


def body_of(actor: Actor) -> UUID | None:
    """The body for which an account decides: an office's organisation, or a unit for its own steps."""
    if actor.kind == Kind.OFFICE:
        return actor.organisation_id
    return actor.unit_id if actor.kind == Kind.UNIT else None


def ensure_may(actor: Actor, action: Action) -> None:
    """Refuses an office's account without the tick; a unit's own account needs none for its own steps."""
    if actor.kind == Kind.OFFICE:
        actor.require(PERMISSION[action])
    elif actor.kind != Kind.UNIT:
        raise NotAllowed("wrong_kind_of_account")


def ensure_officer(actor: Actor) -> None:
    """Refuses who could not decide anything in an office."""
    if actor.kind != Kind.OFFICE:
        raise NotAllowed("wrong_kind_of_account")
    if not any(actor.may(tick) for tick in PERMISSION.values()):
        raise NotAllowed("permission_missing", permission=PERMISSION[Action.PASS])


def ensure_no_conflict(officer: Party, case: Subject) -> None:
    """Refuses an officer who is the applicant, or declared related to them (B-05)."""
    if code := conflict(officer, case):
        raise RuleBroken(code, Problem(code))


def ensure_not_claimed(actor: Actor, claimed_by: UUID | None, claimed_at: datetime | None) -> None:
    """Refuses what another officer of the same body has claimed, and says who and when."""
    if claimed_by not in {None, actor.account_id}:
        raise _too_late("claimed_by_other", claimed_by, claimed_at)


def ensure_not_decided(actor: Actor, decided_by: UUID | None, decided_at: datetime | None) -> None:
    """Refuses an officer whose colleague of the same body was first, and says who and when."""
    if decided_by not in {None, actor.account_id}:
        raise _too_late("decided_by_other", decided_by, decided_at)


def _too_late(code: str, by: UUID | None, at: datetime | None) -> Conflict:
    params = {"by": str(by), "at": at.isoformat() if at else None}
    return Conflict(code, Problem(code, params=params))


def possible(actor: Actor, offered: Collection[str]) -> list[Action]:
    """What the actor, who is the decider, may do now, in the order of the buttons."""
    ticked = actor.kind == Kind.UNIT
    return [action for action in DECISIONS if action in offered and (ticked or actor.may(PERMISSION[action]))]
