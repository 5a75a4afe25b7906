"""Official publicity: posted, read by anybody, objected to, ended by time (B-06)."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.papers import Samples
from shenbao_common.testing.service import UnderTest
from shenbao_review import worker

EVIDENCE = Samples.pdf()
STEP = {
    "key": "publicity",
    "decider": "city_hr_bureau",
    "actions": ["pass", "fail"],
    "publicity": {"working_days": 5, "count_first_day": False},
}
THURSDAY = datetime(2026, 9, 24, 1, 30, tzinfo=UTC)
END = datetime(2026, 10, 9, 16, tzinfo=UTC)
"""Midnight in China after 2026-10-09: 2026-09-25 to 27 and 10-01 to 07 are public holidays."""


@pytest.fixture
def bureau(town: Any, review: UnderTest) -> Actor:
    """The officer of the bureau on the day of posting."""
    town.publish_route(STEP)
    review.app.extensions["clock"] = lambda: THURSDAY
    return office_actor(town.bureau)


def sheet(review: UnderTest, officer: Actor, reports: list[Any]) -> str:
    """What applications signs for the officer: masked names and allowed values."""
    rows = [
        {
            "application_id": str(report.application_id),
            "name": f"张{number}*",
            "unit_name": "示例科技有限公司",
            "values": [{"name": {"zh": "申报职称", "en": "Title"}, "text": {"zh": "工程师", "en": "Engineer"}}],
        }
        for number, report in enumerate(reports)
    ]
    return review.slip("applications", "shenbao-publicity+jwt", {"account_id": str(officer.account_id), "rows": rows})


def posted(review: UnderTest, officer: Actor, reports: list[Any]) -> Any:
    body = {"title": "关于2026年职称评审结果的公示", "sheet": sheet(review, officer, reports)}
    return review.client(officer).post("/v1/publicities", json=body)


def at(review: UnderTest, moment: datetime) -> None:
    review.app.extensions["clock"] = lambda: moment
    while worker.piece(review.service.sessions, lambda: moment):
        pass


def object_to(review: UnderTest, notice: str, **form: Any) -> Any:
    path = f"/v1/public/publicities/{notice}/objections"
    return review.client().post(path, data={"number": "2", "text": "业绩不实", **form})


def shown(review: UnderTest, officer: Actor, notice: str) -> Any:
    return review.client(officer).get(f"/v1/publicities/{notice}").json


def look_at_the_evidence(review: UnderTest, bureau: Actor, notice: str) -> None:
    """When it was posted and taken down, and what was shown."""
    evidence = shown(review, bureau, notice)
    assert [c["state"] for c in evidence["cases"]] == ["passed", "suspended", "passed"]
    assert datetime.fromisoformat(evidence["posted_at"]) == THURSDAY
    assert datetime.fromisoformat(evidence["taken_down_at"]) == END
    assert len(evidence["content_hash"]) == 64
    assert review.client().get(f"/v1/public/publicities/{notice}").status_code == 410


def dismiss(review: UnderTest, bureau: Actor, notice: str) -> None:
    """The office reads the objection with its paper, and dismisses it with an opinion."""
    evidence = shown(review, bureau, notice)
    (objection,) = evidence["objections"]
    assert (objection["name"], objection["text"], objection["state"]) == ("李四", "业绩不实", "open")
    file = review.client(bureau).get(f"/v1/objections/{objection['objection_id']}/attachment")
    assert file.data == EVIDENCE
    assert file.headers["Content-Disposition"].startswith("attachment;")

    decision = f"/v1/objections/{objection['objection_id']}/decision"
    client = review.client(bureau)
    bare = client.post(decision, json={"upheld": False})
    assert [(e["code"], e["path"]) for e in bare.json["errors"]] == [("opinion_required", "opinion")]
    dismissed = client.post(decision, json={"upheld": False, "opinion": "经查不属实"})
    assert (dismissed.json["state"], dismissed.json["opinion"]) == ("dismissed", "经查不属实")
    assert client.post(decision, json={"upheld": True, "opinion": "x"}).json["code"] == "already_decided"


@pytest.mark.req("B-06")
def test_five_working_days_two_of_three_cases_advance_and_the_objected_one_stays(
    town: Any, review: UnderTest, bureau: Actor
) -> None:
    reports = [town.report(version=2) for _ in range(3)]
    made = posted(review, bureau, reports)
    assert (made.status_code, made.json["last_day"], made.json["state"]) == (201, "2026-10-09", "running")
    notice = made.json["publicity_id"]

    public = review.client().get(f"/v1/public/publicities/{notice}").json
    assert [(c["number"], c["name"], c["values"][0]["text"]["zh"]) for c in public["cases"]] == [
        (1, "张0*", "工程师"),
        (2, "张1*", "工程师"),
        (3, "张2*", "工程师"),
    ]
    for hidden in ("application_id", "state", "content_hash", "posted_by"):
        assert hidden not in str(public)

    paper = (io.BytesIO(EVIDENCE), "证据.pdf")
    named = object_to(review, notice, name="李四", contact="13800000000", attachment=paper)
    assert named.status_code == 201
    at(review, END - timedelta(seconds=1))
    assert review.told(StepPassedV1) == []
    at(review, END)
    assert {e.application_id for e in review.told(StepPassedV1)} == {reports[n].application_id for n in (0, 2)}
    assert [town.case(town.unit(), r)["status"] for r in reports] == ["passed", "in_review", "passed"]

    look_at_the_evidence(review, bureau, notice)
    dismiss(review, bureau, notice)
    assert town.case(town.unit(), reports[1])["status"] == "passed"


def test_an_upheld_objection_ends_its_case_with_the_opinion(town: Any, review: UnderTest, bureau: Actor) -> None:
    reports = [town.report(version=2) for _ in range(2)]
    notice = posted(review, bureau, reports).json["publicity_id"]
    object_to(review, notice)
    (objection,) = shown(review, bureau, notice)["objections"]
    assert (objection["name"], objection["contact"], objection["has_attachment"]) == (None, None, False)
    decision = f"/v1/objections/{objection['objection_id']}/decision"
    review.client(bureau).post(decision, json={"upheld": True, "opinion": "业绩材料不实"})
    (failed,) = review.told(StepFailedV1)
    assert failed.application_id == reports[1].application_id
    last = town.unit().get(f"/v1/cases/{reports[1].application_id}/log").json["items"][-1]
    assert (last["action"], last["opinion"]) == ("fail", "业绩材料不实")
    at(review, END)
    assert [town.case(town.unit(), r)["status"] for r in reports] == ["passed", "failed"]


def test_a_dismissed_objection_lets_its_case_go_on_with_the_others_at_the_end(
    town: Any, review: UnderTest, bureau: Actor
) -> None:
    reports = [town.report(version=2) for _ in range(2)]
    notice = posted(review, bureau, reports).json["publicity_id"]
    for _ in range(2):
        object_to(review, notice)
    first, second = (o["objection_id"] for o in shown(review, bureau, notice)["objections"])
    client = review.client(bureau)
    client.post(f"/v1/objections/{first}/decision", json={"upheld": False, "opinion": "不属实"})
    assert shown(review, bureau, notice)["cases"][1]["state"] == "suspended"
    client.post(f"/v1/objections/{second}/decision", json={"upheld": False, "opinion": "不属实"})
    assert shown(review, bureau, notice)["cases"][1]["state"] == "posted"
    at(review, END)
    assert [town.case(town.unit(), r)["status"] for r in reports] == ["passed", "passed"]


def test_two_objections_dismissed_at_once_let_the_case_go_on(town: Any, review: UnderTest, bureau: Actor) -> None:
    reports = [town.report(version=2) for _ in range(2)]
    notice = posted(review, bureau, reports).json["publicity_id"]
    for _ in range(2):
        object_to(review, notice)
    ids = [o["objection_id"] for o in shown(review, bureau, notice)["objections"]]
    no, engine = {"upheld": False, "opinion": "不属实"}, review.service.engine
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(2) as pool, engine.connect() as holds, engine.connect() as look:
        holds.execute(sa.text("SELECT FROM publicity FOR UPDATE"))
        decided = [
            pool.submit(lambda one: review.client(bureau).post(f"/v1/objections/{one}/decision", json=no), one)
            for one in ids
        ]
        while look.scalar(sa.text(waiting)) < len(ids):
            assert not any(d.done() for d in decided), "each decision waits for the notice"
            look.rollback()
        holds.rollback()
    assert [d.result().status_code for d in decided] == [200, 200]
    assert shown(review, bureau, notice)["cases"][1]["state"] == "posted"


def test_a_publicity_step_is_not_decided_by_hand(town: Any, review: UnderTest, bureau: Actor) -> None:
    report = town.report(version=2)
    client = review.client(bureau)
    assert (town.case(client, report)["current"]["publicity"], town.case(client, report)["current"]["actions"]) == (
        True,
        [],
    )
    assert town.decide(client, report, "pass").json["errors"][0]["code"] == "action_not_offered"


def archive_behind_the_end() -> bytes:
    target = io.BytesIO(Samples.pdf())
    with zipfile.ZipFile(target, "a") as inside:
        inside.writestr("run.exe", b"MZ")
    return target.getvalue()


HOSTILE = {
    "nothing": (b"", "file_empty"),
    "a program": (b"MZ\x90\x00", "wrong_file"),
    "a drawing with a script": (b"<svg onload=alert(1)>", "wrong_file"),
    "a PDF of half a megabyte": (Samples.pdf(480_001), "file_too_large"),
    "a PDF by its first bytes only": (b"%PDF-1.7 evidence", "file_damaged"),
    "a PDF with a script": (Samples.pdf_with_script(), "file_has_script"),
    "a PDF whose script is packed and misspelled": (Samples.pdf_with_packed_script(), "file_has_script"),
    "a PDF with a program attached": (Samples.pdf_with_attachment(), "file_has_script"),
    "a PDF that starts a program": (Samples.pdf_that_launches(), "file_has_script"),
    "a PDF that sends what is typed elsewhere": (Samples.pdf_that_submits(), "file_has_script"),
    "a PDF that nobody can open": (Samples.encrypted_pdf(), "file_encrypted"),
    "a PDF of too many pages": (Samples.pdf(pages=101), "too_many_pages"),
    "a PDF that is an archive too": (archive_behind_the_end(), "foreign_content"),
    "half a picture": (Samples.image("PNG", (400, 300))[:120], "file_damaged"),
    "a picture that fills the memory": (Samples.bomb()[:480_000], "image_too_large"),
    "a picture that takes hours": (Samples.jpeg_of_scans(200), "file_damaged"),
    "a picture that is a PDF too": (Samples.image() + Samples.pdf(), "foreign_content"),
}


def test_a_hostile_attachment_is_refused_and_nothing_is_kept(town: Any, review: UnderTest, bureau: Actor) -> None:
    notice = posted(review, bureau, [town.report(version=2), town.report(version=2)]).json["publicity_id"]
    for what, (content, code) in HOSTILE.items():
        refused = object_to(review, notice, attachment=(io.BytesIO(content), "evidence.pdf"))
        told = [(e["code"], e["path"]) for e in refused.json["errors"]]
        assert (what, refused.status_code, told) == (what, 422, [(code, "attachment")])
    assert shown(review, bureau, notice)["objections"] == []
    for content in (Samples.pdf(480_000), Samples.image("JPEG"), Samples.image()):
        assert object_to(review, notice, attachment=(io.BytesIO(content), "evidence")).status_code == 201


def test_what_may_not_be_posted_is_refused(town: Any, review: UnderTest, bureau: Actor) -> None:
    reports = [town.report(version=2), town.report()]
    refused = posted(review, bureau, reports)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("not_in_publicity_step", "cases.1")]
    assert posted(review, bureau, reports[:1]).status_code == 201
    again = posted(review, bureau, reports[:1])
    assert [(e["code"], e["path"]) for e in again.json["errors"]] == [("already_posted", "cases.0")]
    of_another = {"title": "公示", "sheet": sheet(review, office_actor(town.bureau), reports[:1])}
    assert review.client(bureau).post("/v1/publicities", json=of_another).json["code"] == "sheet_invalid"
    review.app.extensions["clock"] = lambda: datetime(2026, 12, 30, 1, tzinfo=UTC)
    late = posted(review, bureau, [town.report(version=2)])
    assert (late.status_code, late.json["code"], late.json["params"]) == (409, "calendar_missing", {"year": 2027})


def test_a_notice_and_its_objections_exist_for_their_office_only(town: Any, review: UnderTest, bureau: Actor) -> None:
    notice = posted(review, bureau, [town.report(version=2), town.report(version=2)]).json["publicity_id"]
    object_to(review, notice, name="李四")
    objection = shown(review, bureau, notice)["objections"][0]["objection_id"]
    stranger = town.office(town.d1)
    assert stranger.get(f"/v1/publicities/{notice}").status_code == 404
    assert stranger.get("/v1/publicities").json["items"] == []
    assert stranger.get(f"/v1/objections/{objection}/attachment").status_code == 404
    decision = {"upheld": True, "opinion": "x"}
    assert stranger.post(f"/v1/objections/{objection}/decision", json=decision).status_code == 404
    assert town.unit().get(f"/v1/publicities/{notice}").status_code == 403
    assert [n["title"] for n in review.client().get("/v1/public/publicities").json["items"]] == [
        "关于2026年职称评审结果的公示"
    ]
    with review.service.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT o::text, p::text FROM objection o, publicity_case p").all())
    assert "李四".encode().hex() not in stored
    assert "李四" not in stored


def test_checklist_40_a_notice_is_gone_after_its_period_and_its_address_cannot_be_guessed(
    town: Any, review: UnderTest, bureau: Actor
) -> None:
    first, second = (posted(review, bureau, [town.report(version=2)]).json["publicity_id"] for _ in range(2))
    visitor = review.client()
    # The last 62 bits of an address do not come from the clock.
    random = (1 << 62) - 1
    assert abs((UUID(first).int & random) - (UUID(second).int & random)) > 1_000_000
    assert visitor.get(f"/v1/public/publicities/{UUID(int=UUID(first).int + 1)}").status_code == 404
    assert len(visitor.get("/v1/public/publicities").json["items"]) == 2
    at(review, END)
    gone = visitor.get(f"/v1/public/publicities/{first}")
    assert (gone.status_code, gone.json["code"]) == (410, "publicity_over")
    assert not any(word in gone.text for word in ("张", "评审结果"))
    assert visitor.get("/v1/public/publicities").json["items"] == []
    assert object_to(review, first, number="1").status_code == 410


def test_objections_to_one_case_that_wait_are_bounded(town: Any, review: UnderTest, bureau: Actor) -> None:
    reports = [town.report(version=2) for _ in range(2)]
    notice = posted(review, bureau, reports).json["publicity_id"]
    assert {object_to(review, notice).status_code for _ in range(20)} == {201}
    refused = object_to(review, notice)
    assert (refused.status_code, refused.json["code"], refused.json["params"]) == (409, "objections_wait", {"most": 20})
    assert object_to(review, notice, number="1").status_code == 201
    (first, *_) = shown(review, bureau, notice)["objections"]
    body = {"upheld": False, "opinion": "不属实"}
    review.client(bureau).post(f"/v1/objections/{first['objection_id']}/decision", json=body)
    assert object_to(review, notice).status_code == 201
