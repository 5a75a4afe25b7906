"""The deadline day: what came in in time counts, receipts say when, a move of the day reaches every draft (B-28)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_applications.models import Application
from shenbao_common.kernel import clock
from shenbao_common.kernel.clock import office_day
from shenbao_common.testing.actors import person_actor

_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
LAST_SECOND = datetime(2027, 3, 31, 15, 59, 59, tzinfo=UTC)
"""23:59:59 in China."""


@pytest.fixture
def last_second() -> Any:
    def move(to: datetime) -> None:
        clock.move(to - clock.machine())

    move(LAST_SECOND)
    yield move
    clock.move(timedelta())


def _hash(content: dict[str, Any]) -> str:
    text = dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@pytest.mark.req("B-28")
def test_a_submission_of_the_last_second_counts_though_it_is_processed_after_midnight(settling, last_second) -> None:
    settling.project = settling.house.project(
        settling.house.bureau, programme="talent_settle_in", variant="settle_in", year=2027, closes_on="2027-03-31"
    )
    last_second(LAST_SECOND - timedelta(hours=1))
    filled = settling.filled()["id"]
    last_second(LAST_SECOND)
    engine = settling.house.service.service.engine
    with ThreadPoolExecutor(1) as pool, engine.connect() as other, engine.connect() as look:
        other.execute(sa.select(Application.id).where(Application.id == filled).with_for_update())
        sent = pool.submit(settling.submit, filled)
        while not look.scalar(_WAITING):
            assert not sent.done(), sent.result().json
            look.rollback()
        last_second(LAST_SECOND + timedelta(seconds=5))
        other.rollback()
    assert sent.result().status_code == 200
    receipt = settling.client().get(f"/v1/applications/{filled}/receipt").json
    assert receipt["submitted_at"].startswith("2027-03-31T15:59:59")
    assert receipt["content_hash"] == _hash(receipt["content"])
    late = settling.begin()
    assert (late.status_code, late.json["code"]) == (409, "project_not_open")


@pytest.mark.req("B-28")
def test_a_moved_end_gives_each_owner_of_a_draft_one_notice_and_nobody_else(settling) -> None:
    house = settling.house
    settling.filled()
    settling.numbers[other := person_actor()] = "11010519491231002X"
    settling.begin(other)
    settling.numbers[third := person_actor()] = house.numbers[1]
    sent = settling.submit(settling.filled(third)["id"], third)
    assert sent.status_code == 200
    day = office_day(clock.now())
    moved = _move(settling, house.bureau, f"{day.year + 1}-06-30")
    assert moved.json["closes_on"] == f"{day.year + 1}-06-30"
    for owner in (settling.a, other):
        (notice,) = settling.client(owner).get("/v1/notices").json["items"]
        assert notice["kind"] == "deadline_moved"
        assert notice["params"] == {
            "project_name": "2026年引进人才入户",
            "before": "2099-12-31",
            "closes_on": f"{day.year + 1}-06-30",
        }
    assert settling.client(third).get("/v1/notices").json["items"] == []
    assert _move(settling, house.bureau, f"{day.year + 1}-06-30").status_code == 200
    assert len(settling.client(other).get("/v1/notices").json["items"]) == 1


def test_only_the_publisher_moves_an_end_and_never_before_the_start(settling) -> None:
    wrong = _move(settling, settling.house.bureau, "2019-12-31")
    assert (wrong.status_code, {e["path"] for e in wrong.json["errors"]}) == (422, {"closes_on", "year"})
    assert _move(settling, settling.house.d1, "2027-01-01").status_code in {403, 404}
    assert _move(settling, settling.a, "2027-01-01").status_code == 403


@pytest.mark.req("B-28")
def test_a_receipt_is_signed_and_anybody_may_have_it_checked(settling) -> None:
    sent = settling.submitted()
    shown = settling.client().get(f"/v1/applications/{sent['id']}/receipt").json
    anybody = settling.house.service.client()
    told = anybody.post("/v1/receipt-verifications", json={"receipt": shown["receipt"], "content": shown["content"]})
    assert told.status_code == 200
    assert told.json == {
        "reference": shown["reference"],
        "round": 1,
        "submitted_at": shown["content"]["submitted_at"],
        "content_hash": shown["content_hash"],
        "same": True,
        "content_matches": True,
    }
    shown["content"]["sections"]["personal"]["person_name"] = "李四"
    changed = anybody.post("/v1/receipt-verifications", json={"receipt": shown["receipt"], "content": shown["content"]})
    assert changed.json["content_matches"] is False
    odd = anybody.post("/v1/receipt-verifications", json={"receipt": shown["receipt"], "content": {"a": "\ud800"}})
    assert odd.json["content_matches"] is False
    head, body, signature = shown["receipt"].split(".")
    forged = anybody.post("/v1/receipt-verifications", json={"receipt": f"{head}.{body[:-4]}AAAA.{signature}"})
    assert (forged.status_code, [e["code"] for e in forged.json["errors"]]) == (422, ["receipt_invalid"])
    other_kind = settling.file(settling.a, "property_certificate")
    assert anybody.post("/v1/receipt-verifications", json=other_kind).status_code == 422


def _move(settling: Any, office: Any, to: str) -> Any:
    return settling.client(office).post(f"/v1/projects/{settling.project}/deadline", json={"closes_on": to})
