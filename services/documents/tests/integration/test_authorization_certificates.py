"""The certificate that a unit seals for its authorization: filled in from what units says, for its own account."""

import io
from typing import Any

from pypdf import PdfReader

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest, token

PATH = "/v1/authorization-certificates"


def letter(documents: UnderTest, unit: Actor, **changes: str) -> dict[str, str]:
    said = {"account_id": str(unit.account_id), "unit_name": "示例科技有限公司", "user_name": "王五"} | changes
    return {"letter": documents.slip("units", "shenbao-letter+jwt", said), "account": "keji"}


def text_of(answer: Any) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_it_names_unit_account_and_user_while_the_letter_is_due(documents: UnderTest) -> None:
    unit = unit_actor()
    held = {"Authorization": f"Bearer {token(unit, due='authorization_required')}"}
    answer = documents.client().post(PATH, json=letter(documents, unit), headers=held)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    said = text_of(answer)
    assert all(words in said for words in ("用人单位委托证明", "示例科技有限公司", "keji", "王五", "单位公章"))


def test_nobody_prints_anothers_and_nothing_is_believed_unsigned(documents: UnderTest) -> None:
    unit = unit_actor()
    body = letter(documents, unit)
    assert documents.client(unit_actor()).post(PATH, json=body).status_code == 404
    for other in (person_actor(), sub_account_actor(unit.unit_id), office_actor(unit.unit_id)):
        assert documents.client(other).post(PATH, json=body).status_code == 403
    forged = documents.client(unit).post(PATH, json=body | {"letter": body["letter"][:-4] + "AAAA"})
    assert [(e["code"], e["path"]) for e in forged.json["errors"]] == [("letter_invalid", "letter")]
    nothing = documents.client(unit).post(PATH, json={})
    assert {(e["code"], e["path"]) for e in nothing.json["errors"]} == {("required", "letter"), ("required", "account")}


def test_a_character_that_no_font_has_is_named(documents: UnderTest) -> None:
    unit = unit_actor()
    answer = documents.client(unit).post(PATH, json=letter(documents, unit, user_name="王\ue000"))
    assert [(e["code"], e["path"]) for e in answer.json["errors"]] == [("glyph_missing", "letter")]
