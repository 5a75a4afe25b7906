"""The signed minutes as a slip, of which documents makes a PDF: for the committee's office, and only once signed."""

import base64
import json
from typing import Any

from shenbao_common.testing.actors import office_actor


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
