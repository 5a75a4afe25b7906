"""What the forms of an evaluation say of who reports."""

import base64
import json
from typing import Any

import pytest

from shenbao_common.kernel.actor import Actor


@pytest.mark.parametrize("by_unit", [True, False])
def test_the_unit_seals_only_the_form_that_it_reports_itself(evaluating: Any, by_unit: bool) -> None:
    actor: Actor = evaluating.house.unit() if by_unit else evaluating.a
    application = evaluating.filled("intermediate_unit" if by_unit else "intermediate_personal", actor)
    answer = evaluating.client(actor).get(f"/v1/applications/{application}/sheets/declaration_form")
    body = answer.json["sheet"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["unit_reported"] is by_unit
    filled = evaluating.client(actor).get(f"/v1/applications/{application}").json["sections"]
    assert claims["publisher_name"] == "市人社局"
    assert claims["photo"] == filled["basic"]["photo"]["document_id"]
