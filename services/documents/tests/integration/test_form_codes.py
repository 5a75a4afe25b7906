"""The code on a printed form leads anybody to whether it shows the newest content, and to nobody's name."""

from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest

from shenbao_common.contracts.applications import ApplicationSavedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest


def code_on(pdf: bytes) -> str:
    """The address in the code on the first page, as a scanner reads it."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = np.asarray(document[0].render(scale=4).to_pil().convert("RGB"))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(page)
    return str(text)


def test_the_code_of_a_form_tells_whether_it_is_the_newest_and_names_nobody(documents: UnderTest, printed: Any) -> None:
    unit, application = unit_actor(), str(uuid7())
    address = code_on(printed(unit, application))
    assert "/verify/form/" in address
    path = f"/v1/form-verifications/{address.rsplit('/', 1)[1]}"
    told = documents.client().get(path)
    assert told.status_code == 200
    known = {"title": "专业技术资格初定表", "reference": "CD2014000123", "revision": 4}
    assert told.json == known | {"reported": True, "outdated": False, "made_at": told.json["made_at"]}
    assert code_on(printed(unit, application)) == address, "printed again it is the same form"

    def saved(revision: int, content: str) -> None:
        documents.hear(
            example_event(ApplicationSavedV1, application_id=application, revision=revision, print_hash=content)
        )

    saved(5, "content-1")
    assert documents.client().get(path).json["outdated"] is False
    saved(6, "content-2")
    assert documents.client().get(path).json["outdated"] is True
    newer = code_on(printed(unit, application, revision=6, print_hash="content-2", reported=False))
    assert newer != address
    told = documents.client().get(f"/v1/form-verifications/{newer.rsplit('/', 1)[1]}").json
    assert (told["reported"], told["outdated"]) == (False, False)


@pytest.mark.parametrize("code", ["nobody-guesses-this", "CD2014000123"])
def test_a_code_that_is_on_no_form_leads_nowhere(documents: UnderTest, code: str) -> None:
    assert documents.client().get(f"/v1/form-verifications/{code}").status_code == 404


def test_a_form_without_a_number_bears_no_code(printed: Any) -> None:
    assert code_on(printed(unit_actor(), reference="", reported=False)) == ""
