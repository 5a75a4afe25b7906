"""The signed minutes as a slip, of which documents makes a PDF: for the committee's office, and only once signed;
and what a recount says of them."""

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review.models import SittingCount, Urn


def test_the_office_takes_what_was_signed_and_nobody_else_does(house: Any) -> None:
    experts = house.pool(13)
    (report,) = house.candidates(1)
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    for expert in experts:
        house.vote(sitting, expert, "yes")
    house.close(sitting)
    path = f"/v1/sittings/{sitting}/minutes/slip"
    early = house.chief.get(path)
    assert (early.status_code, early.json["code"]) == (409, "not_signed")
    signed = house.sign(sitting, experts[0]).json
    body = house.chief.get(path).json["slip"].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["minutes"]
    assert said["content_hash"] == signed["content_hash"]
    assert [(c["reference"], c["result"], c["counts"][0]["yes"]) for c in said["candidates"]] == [
        (report.reference, "passed", 13)
    ]
    for stranger in (office_actor(house.town.d1), house.experts[experts[0]]):
        assert house.review.client(stranger).get(path).status_code in {403, 404}


@pytest.mark.req("B-04")
def test_a_recount_shows_what_was_altered_afterwards(house: Any, review: UnderTest) -> None:
    """An announced count that was changed in the database, and a slip that somebody changed who has the key."""
    experts, (report,) = house.pool(13), house.candidates(1)
    sitting = house.planned([report])
    house.seated(sitting, experts)
    house.opened(sitting)
    for number, expert in enumerate(experts):
        house.vote(sitting, expert, "yes" if number < 8 else "no")
    house.close(sitting)

    def recounted() -> tuple[bool, bool]:
        (found,) = house.chief.get(f"/v1/sittings/{sitting}/recount").json["rounds"]
        return found["agrees"], found["unchanged"]

    assert recounted() == (True, True)
    with review.sessions() as session:
        session.execute(sa.update(SittingCount).values(yes=9, no=4))
        session.commit()
    assert recounted() == (False, True)
    with review.sessions() as session:
        urn = session.scalars(sa.select(Urn)).one()
        slips = {one: [[mark, choice] for mark, choice in own] for one, own in urn.slips.items()}
        next(slip for own in slips.values() for slip in own if slip[1] == "no")[1] = "yes"
        urn.slips = slips
        session.commit()
    assert recounted() == (True, False)
