"""Who may read and who may decide."""

from uuid import UUID

import pytest

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_review.domain import decision
from shenbao_review.domain.reading import may_read
from shenbao_review.domain.states import Action

UNIT, OTHER, FILLER, D1, D2 = (UUID(int=n) for n in range(1, 6))


def actor(kind: Kind, *permissions: str, unit: UUID | None = None, body: UUID | None = None) -> Actor:
    return Actor(account_id=FILLER, kind=kind, unit_id=unit, organisation_id=body, permissions=frozenset(permissions))


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (actor(Kind.UNIT, unit=UNIT), True),
        (actor(Kind.UNIT, unit=OTHER), False),
        (actor(Kind.SUB_ACCOUNT, unit=UNIT), True),
        (actor(Kind.SUB_ACCOUNT, unit=OTHER), False),
        (Actor(account_id=OTHER, kind=Kind.SUB_ACCOUNT, unit_id=UNIT), False),
        (actor(Kind.OFFICE, body=D1), True),
        (actor(Kind.OFFICE, body=D2), False),
        (actor(Kind.OFFICE), False),
        (actor(Kind.ADMIN), True),
        (actor(Kind.PERSON), True),  # Who filled in, also as one of the unit's people.
        (Actor(account_id=OTHER, kind=Kind.PERSON), False),
        (actor(Kind.SERVICE), False),
        (actor(Kind.REGISTRANT), False),
    ],
)
def test_readers_of_a_case(who: Actor, reads: bool) -> None:
    assert may_read(who, unit_id=UNIT, filler_id=FILLER, bodies={D1}) is reads


@pytest.mark.parametrize(
    ("action", "opinion", "codes"),
    [
        (Action.PASS, None, []),
        (Action.RETURN, "学历证书不清晰", []),
        (Action.RETURN, " ", ["opinion_required"]),
        (Action.FAIL, None, ["action_not_offered", "opinion_required"]),
    ],
)
def test_every_objection_to_a_decision_is_named(action: Action, opinion: str | None, codes: list[str]) -> None:
    found = decision.objections(action, opinion, offered=["pass", "return"], needs=["return", "fail"])
    assert [problem.code for problem in found] == codes


def test_each_act_needs_its_tick() -> None:
    officer = actor(Kind.OFFICE, "review.return", body=D1)
    decision.ensure_may(officer, Action.RETURN)
    with pytest.raises(NotAllowed):
        decision.ensure_may(officer, Action.PASS)


def test_a_unit_needs_no_tick_for_its_own_step_and_a_sub_account_has_none() -> None:
    decision.ensure_may(actor(Kind.UNIT, unit=UNIT), Action.PASS)
    with pytest.raises(NotAllowed):
        decision.ensure_may(actor(Kind.SUB_ACCOUNT, "review.decide", unit=UNIT), Action.PASS)


def test_the_buttons_are_what_is_offered_and_ticked() -> None:
    offered = ["return", "pass", "report"]
    assert decision.possible(actor(Kind.OFFICE, "review.decide"), offered) == [Action.PASS]
    assert decision.possible(actor(Kind.UNIT), offered) == [Action.PASS, Action.RETURN]
    assert decision.possible(actor(Kind.OFFICE), offered) == []


@pytest.mark.parametrize(
    ("who", "body"),
    [
        (actor(Kind.OFFICE, body=D1, unit=UNIT), D1),
        (actor(Kind.UNIT, unit=UNIT), UNIT),
        (actor(Kind.SUB_ACCOUNT, unit=UNIT), None),
        (actor(Kind.ADMIN), None),
    ],
)
def test_an_account_decides_for_its_body(who: Actor, body: UUID | None) -> None:
    assert decision.body_of(who) == body
