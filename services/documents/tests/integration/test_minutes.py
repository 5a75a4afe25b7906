"""The minutes of a sitting as PDF: what was signed, signed again with the seal, for the office of the slip alone."""

import io
from typing import Any

from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import UnderTest

MINUTES: dict[str, Any] = {
    "committee": "示例市工程系列评委会",
    "title": "2026年第一次评审会议",
    "held_on": "2026-05-06",
    "members": 17,
    "attending": 13,
    "quorum": 12,
    "yes_times": 3,
    "present_times": 2,
    "seats": None,
    "rounds": [{"round": 1, "slips_hash": "a" * 64}],
    "text": "会议由主任委员主持。",
    "signed_at": "2026-05-06 17:30",
    "content_hash": "b" * 64,
}
COUNT = {"round": 1, "present": 12, "yes": 8, "no": 4, "abstained": 0}


def candidate(number: int, result: str = "passed", **count: int) -> dict[str, Any]:
    told = {"number": number, "reference": f"2026-{number:06}", "unit_name": "示例𬱖科技有限公司", "result": result}
    return told | {"application_id": "x", "counts": [COUNT | count]}


def made(documents: UnderTest, office: Actor, *candidates: dict[str, Any], **changes: Any) -> Any:
    said = {"account_id": str(office.account_id), "minutes": MINUTES | {"candidates": list(candidates)} | changes}
    return documents.client(office).post("/v1/minutes", json={"minutes": _slip(documents, said)})


def _slip(documents: UnderTest, said: dict[str, Any], issuer: str = "review") -> str:
    return documents.slip(issuer, "shenbao-minutes+jwt", said)


def test_a_hundred_candidates_are_printed_with_their_counts_and_the_signature_holds(documents: UnderTest) -> None:
    lines = [candidate(n, "passed" if n <= 60 else "failed", yes=8 if n <= 60 else 7) for n in range(1, 101)]
    answer = made(documents, office_actor(), *lines)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    assert len(pages) > 2
    said = ("评审会议纪要", "示例市工程系列评委会", "2026-000100", "示例𬱖科技有限公司", "会议由主任委员主持", "b" * 64)
    assert [words for words in said if words not in text] == []
    assert (text.count("同意8，"), text.count("同意7，")) == (60, 40)
    form = {"file": FileStorage(io.BytesIO(answer.data), "纪要.pdf")}
    told = documents.client().post("/v1/validations", data=form, content_type="multipart/form-data").json
    assert (told["signed"], told["intact"], told["trusted"]) == (True, True, True)


def test_nobody_prints_anothers_and_nothing_is_believed_unsigned(documents: UnderTest) -> None:
    office = office_actor()
    said = {"account_id": str(office.account_id), "minutes": MINUTES | {"candidates": []}}
    body = {"minutes": _slip(documents, said)}
    assert documents.client(office_actor()).post("/v1/minutes", json=body).status_code == 404
    assert documents.client(person_actor()).post("/v1/minutes", json=body).status_code == 403
    assert documents.client().post("/v1/minutes", json=body).status_code == 401
    forged = documents.client(office).post("/v1/minutes", json={"minutes": _slip(documents, said, "units")})
    assert [(e["code"], e["path"]) for e in forged.json["errors"]] == [("minutes_invalid", "minutes")]
    odd = made(documents, office, candidate(1), title="会议\ue000")
    assert [(e["code"], e["path"]) for e in odd.json["errors"]] == [("glyph_missing", "minutes")]
