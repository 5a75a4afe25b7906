"""Forms with nothing filled in: printed by the slip of applications, of nobody, and not kept."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.models import Print

BLANK: dict[str, Any] = {
    "kind": "determination_form",
    "programme": "title_initial_determination",
    "version": 3,
    "project_name": "2014年初定初级",
    "year": "2014",
    "variant_label": "初定初级",
    "sections": {"basic": {"person_name": "", "sex": ""}, "experience": {"education": [], "achievements": ""}},
}


def asked(documents: UnderTest, slip: str) -> Any:
    return documents.client(office_actor()).post("/v1/blank-forms", json={"sheet": slip})


@pytest.mark.req("S4a-10")
def test_a_blank_form_is_printed_without_watermark_number_and_name_and_nothing_is_kept(documents: UnderTest) -> None:
    answer = asked(documents, documents.slip("applications", "shenbao-blank+jwt", BLANK))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.json
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "专业技术资格初定表" in text
    assert "仅供预览" not in text
    with documents.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Print)) == 0


def test_no_other_slip_makes_a_blank_form_and_a_blank_slip_makes_no_print(documents: UnderTest) -> None:
    office = office_actor()
    other = documents.slip("applications", "shenbao-sheet+jwt", BLANK)
    assert (asked(documents, other).status_code, asked(documents, other).json["code"]) == (422, "invalid")
    forged = documents.slip("units", "shenbao-blank+jwt", BLANK)
    assert asked(documents, forged).status_code == 422
    blank = documents.slip("applications", "shenbao-blank+jwt", BLANK)
    assert documents.client(office).post("/v1/prints", json={"sheet": blank}).status_code == 422
    unknown = documents.slip("applications", "shenbao-blank+jwt", BLANK | {"kind": "unknown"})
    assert [e["code"] for e in asked(documents, unknown).json["errors"]] == ["unknown_form"]
    assert documents.client().post("/v1/blank-forms", json={"sheet": blank}).status_code == 401
