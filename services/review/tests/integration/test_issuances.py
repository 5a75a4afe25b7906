"""After publicity: numbering, document, revocation, in this order (S4a-09)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from shenbao_common.contracts.review import CertificateNumberedV1, CertificateNumberRevokedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_review import worker

STEP = {"key": "publicity", "decider": "city_hr_bureau", "actions": ["pass", "fail"], "publicity": {"working_days": 5}}
THURSDAY = datetime(2026, 9, 24, 1, 30, tzinfo=UTC)
END = datetime(2026, 10, 9, 16, tzinfo=UTC)
DOCUMENT = {"document_number": "杭人社发〔2026〕1号", "issuing_unit": "示例市人力资源和社会保障局"}


@pytest.fixture
def bureau(town: Any, review: Any) -> Actor:
    town.publish_route(STEP)
    review.app.extensions["clock"] = lambda: THURSDAY
    return office_actor(town.bureau)


def posted(review: Any, officer: Actor, reports: list[Any]) -> Any:
    rows = [{"application_id": str(r.application_id), "name": "张*", "unit_name": "", "values": []} for r in reports]
    claims = {"account_id": str(officer.account_id), "rows": rows}
    body = {"title": "评审结果公示", "sheet": review.slip("applications", "shenbao-publicity+jwt", claims)}
    return review.client(officer).post("/v1/publicities", json=body)


def at(review: Any, moment: datetime) -> None:
    review.app.extensions["clock"] = lambda: moment
    while worker.piece(review.service.sessions, lambda: moment):
        pass


def notice_of(town: Any, review: Any, bureau: Actor, number: int) -> Any:
    made = posted(review, bureau, [town.report(version=2) for _ in range(number)])
    assert made.status_code == 201, made.json
    return made.json["publicity_id"]


def numbered(review: Any, who: Actor, notice: str, series: str = "ZC") -> Any:
    return review.client(who).post(f"/v1/publicities/{notice}/numbering", json={"series": series})


@pytest.mark.req("S4a-09")
def test_twenty_five_results_are_numbered_only_after_publicity_without_gaps_or_repeats(
    town: Any, review: Any, bureau: Actor
) -> None:
    notice = notice_of(town, review, bureau, 25)
    running = numbered(review, bureau, notice)
    assert (running.status_code, running.json["code"]) == (409, "publicity_running")
    at(review, END)
    with ThreadPoolExecutor(3) as tries:
        answers = list(tries.map(lambda _: numbered(review, bureau, notice), range(3)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    made = next(a.json for a in answers if a.status_code == 201)
    assert [one["number"] for one in made["numbers"]] == [f"ZC2026{n:06d}" for n in range(1, 26)]
    assert len({one["application_id"] for one in made["numbers"]}) == 25
    assert (made["document_number"], made["issuing_unit"]) == (None, None)
    assert review.told(CertificateNumberedV1) == []

    path = f"/v1/issuances/{made['issuance_id']}"
    client = review.client(bureau)
    shown, (listed,) = client.get(f"/v1/publicities/{notice}").json, client.get("/v1/publicities").json["items"]
    assert shown["issuance_id"] == listed["issuance_id"] == made["issuance_id"]
    issued = client.post(f"{path}/document", json=DOCUMENT)
    assert (issued.status_code, issued.json["document_number"]) == (200, DOCUMENT["document_number"])
    assert issued.json["issuing_unit"] == DOCUMENT["issuing_unit"]
    told = review.told(CertificateNumberedV1)
    assert {e.number for e in told} == {f"ZC2026{n:06d}" for n in range(1, 26)}
    assert {(e.document_number, e.issuing_unit) for e in told} == {tuple(DOCUMENT.values())}
    again = client.post(f"{path}/document", json=DOCUMENT)
    assert (again.status_code, again.json["code"]) == (409, "already_issued")


@pytest.mark.req("S4a-09")
def test_notices_that_are_numbered_at_once_share_one_series_without_gaps(town: Any, review: Any, bureau: Actor) -> None:
    notices = [notice_of(town, review, bureau, 5) for _ in range(5)]
    at(review, END)
    with ThreadPoolExecutor(5) as together:
        answers = list(together.map(lambda notice: numbered(review, bureau, notice), notices))
    numbers = [[one["number"] for one in answer.json["numbers"]] for answer in answers]
    assert sorted(n for own in numbers for n in own) == [f"ZC2026{n:06d}" for n in range(1, 26)]
    assert all(own == sorted(own) and int(own[-1][-6:]) - int(own[0][-6:]) == 4 for own in numbers)


def test_who_did_not_pass_has_no_number_and_an_open_objection_waits(town: Any, review: Any, bureau: Actor) -> None:
    notice = notice_of(town, review, bureau, 3)
    objected = {"number": "2", "text": "业绩不实"}
    path = f"/v1/public/publicities/{notice}/objections"
    assert review.client().post(path, data=objected).status_code == 201
    at(review, END)
    early = numbered(review, bureau, notice)
    assert (early.status_code, early.json["code"]) == (409, "objection_open")
    (objection,) = review.client(bureau).get(f"/v1/publicities/{notice}").json["objections"]
    decision = {"upheld": True, "opinion": "查实"}
    review.client(bureau).post(f"/v1/objections/{objection['objection_id']}/decision", json=decision)
    assert [one["number"] for one in numbered(review, bureau, notice).json["numbers"]] == [
        "ZC2026000001",
        "ZC2026000002",
    ]


def test_a_later_step_of_the_route_decides_before_anything_is_numbered(town: Any, review: Any) -> None:
    final = {"key": "determination", "decider": "city_hr_bureau", "actions": ["pass", "fail"]}
    town.publish_route(STEP, final)
    review.app.extensions["clock"] = lambda: THURSDAY
    bureau = office_actor(town.bureau)
    report = town.report(version=2)
    notice = posted(review, bureau, [report]).json["publicity_id"]
    at(review, END)
    assert numbered(review, bureau, notice).json["code"] == "not_determined"
    assert town.decide(review.client(bureau), report, "pass").status_code == 200
    assert numbered(review, bureau, notice).status_code == 201


def test_a_number_is_revoked_once_with_a_reason_and_never_given_again(town: Any, review: Any, bureau: Actor) -> None:
    first, second = (notice_of(town, review, bureau, n) for n in (2, 1))
    at(review, END)
    made = numbered(review, bureau, first).json
    client, path = review.client(bureau), f"/v1/issuances/{made['issuance_id']}"
    client.post(f"{path}/document", json=DOCUMENT)
    one = made["numbers"][1]
    bare = client.post(f"{path}/revocations", json={"application_id": one["application_id"], "reason": " "})
    assert [(e["code"], e["path"]) for e in bare.json["errors"]] == [("required", "reason")]
    body = {"application_id": one["application_id"], "reason": "业绩造假"}
    revoked = client.post(f"{path}/revocations", json=body)
    assert [(n["number"], n["reason"]) for n in revoked.json["numbers"]] == [
        ("ZC2026000001", None),
        ("ZC2026000002", "业绩造假"),
    ]
    assert [(e.number, "业绩造假" in str(e)) for e in review.told(CertificateNumberRevokedV1)] == [
        ("ZC2026000002", False)
    ]
    assert client.post(f"{path}/revocations", json=body).json["code"] == "already_revoked"
    assert client.post(f"{path}/revocations", json=body | {"application_id": str(uuid7())}).status_code == 404
    assert numbered(review, bureau, second).json["numbers"][0]["number"] == "ZC2026000003"


def test_of_three_who_revoke_a_number_at_once_one_does_and_it_is_told_once(
    town: Any, review: Any, bureau: Actor
) -> None:
    notice = notice_of(town, review, bureau, 1)
    at(review, END)
    made = numbered(review, bureau, notice).json
    path = f"/v1/issuances/{made['issuance_id']}"
    review.client(bureau).post(f"{path}/document", json=DOCUMENT)
    body = {"application_id": made["numbers"][0]["application_id"], "reason": "业绩造假"}
    with ThreadPoolExecutor(3) as together:
        answers = list(together.map(lambda _: review.client(bureau).post(f"{path}/revocations", json=body), range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert len(review.told(CertificateNumberRevokedV1)) == 1


def test_no_other_office_numbers_issues_or_reads(town: Any, review: Any, bureau: Actor) -> None:
    notice = notice_of(town, review, bureau, 1)
    at(review, datetime(2026, 10, 9, 16, tzinfo=UTC))
    made = numbered(review, bureau, notice).json
    stranger = office_actor(town.d1)
    assert numbered(review, stranger, notice).status_code == 404
    for path in ("document", "revocations"):
        body = DOCUMENT if path == "document" else {"application_id": str(uuid7()), "reason": "x"}
        assert review.client(stranger).post(f"/v1/issuances/{made['issuance_id']}/{path}", json=body).status_code == 404
    assert review.client(stranger).get(f"/v1/issuances/{made['issuance_id']}").status_code == 404
    assert review.client(stranger).get("/v1/issuances").json["items"] == []
    assert [i["issuance_id"] for i in review.client(bureau).get("/v1/issuances").json["items"]] == [made["issuance_id"]]
    assert numbered(review, office_actor(town.bureau, "review.return"), notice).status_code == 403
    assert town.unit().get("/v1/issuances").status_code == 403
    assert review.client().get("/v1/issuances").status_code == 401
