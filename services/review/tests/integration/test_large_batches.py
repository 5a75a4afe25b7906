"""One decision for thousands of cases: carried out by the workers, watched, stopped, repeated."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.review import StepPassedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, eventually, token
from shenbao_review import worker
from shenbao_review.actions import batches
from shenbao_review.models import BatchItem, LogEntry

KEY = {"Idempotency-Key": "batch-of-the-morning"}


def begin(client: Any, ids: list[str], action: str = "pass", key: dict[str, str] = KEY, **body: Any) -> Any:
    return client.post("/v1/batches", json={"ids": ids, "action": action, **body}, headers=key)


def begin_all(client: Any, key: dict[str, str] = KEY, **body: Any) -> Any:
    return client.post("/v1/batches", json={"action": "pass", **body}, headers=key)


def shown(client: Any, batch_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/batches/{batch_id}").json
    return found


def results(client: Any, batch_id: str, **query: Any) -> list[dict[str, Any]]:
    """Every line, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        asked = {"limit": 100, **query} | ({"after": after} if after else {})
        page = client.get(f"/v1/batches/{batch_id}/results", query_string=asked).json
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


def work(review: UnderTest) -> None:
    """What a worker process does until nothing is due."""
    while worker.piece(review.service.sessions):
        pass


def fill(town: Any, review: UnderTest, number: int) -> list[str]:
    """Cases that wait for D1 at the only step of their route, as if that many reports had been heard of."""
    with review.service.engine.begin() as connection:
        rows = connection.execute(sa.text(_FILL), {"number": number, "unit": town.unit_id, "body": town.d1})
        return [str(row.application_id) for row in rows]


_FILL = """
WITH made AS (
    SELECT gen_random_uuid() AS id, n, timestamptz '2014-01-01' + n * interval '1 minute' AS at
    FROM generate_series(1, :number) AS n
), cases AS (
    INSERT INTO review_case (application_id, reference, programme, programme_version, project_id, variant, tier,
        unit_id, department_id, filler_id, operator_id, submitted_at, round, first_round, revision, state, routed,
        moved_at, version)
    SELECT id, '2014-' || lpad(n::text, 6, '0'), 'example_programme', 1, :unit, 'primary', 'primary',
        :unit, :body, :unit, :unit, at, 1, 1, 1, 'in_review', true, at, 1 FROM made RETURNING application_id
), steps AS (
    INSERT INTO step (step_id, application_id, round, stage, key, name_zh, name_en, body_id, body_name, actions,
        opinion_required, state, opened_at)
    SELECT gen_random_uuid(), id, 1, 1, 'supervising_department_review', '审核', 'Review', :body, 'D1',
        '{pass,return}', '{return}', 'open', at FROM made
)
INSERT INTO queue_entry (body_id, application_id, tab, since, project_id, reference)
SELECT :body, id, 'open', at, :unit, '2014-' || lpad(n::text, 6, '0') FROM made ORDER BY n RETURNING application_id
"""


@pytest.mark.req("B-07")
def test_of_5000_cases_4997_pass_3_are_conflicts_and_a_repeat_changes_nothing(town: Any, review: UnderTest) -> None:
    ids = fill(town, review, 5000)
    d1 = town.office(town.d1)
    meanwhile = [ids[7], ids[2500], ids[4999]]
    early = d1.post("/v1/decisions", json={"ids": meanwhile, "action": "pass"}).json["results"]
    assert {r["result"] for r in early} == {"decided"}

    begun = begin(d1, ids)
    assert (begun.status_code, begun.json["total"], begun.json["state"]) == (201, 5000, "running")
    batch_id = begun.json["batch_id"]
    worker.piece(review.service.sessions)
    assert (shown(d1, batch_id)["state"], shown(d1, batch_id)["decided"]) == ("running", 99)
    work(review)

    done = shown(d1, batch_id)
    assert (done["state"], done["decided"], done["refused"]) == ("finished", 4997, 3)
    lines = results(d1, batch_id)
    assert [line["application_id"] for line in lines] == ids
    assert Counter(line["result"] for line in lines) == {"decided": 4997, "refused": 3}
    refused = results(d1, batch_id, result="refused")
    assert [(line["application_id"], line["code"]) for line in refused] == [(i, "step_not_open") for i in meanwhile]
    with review.sessions() as session:
        logged = sa.select(sa.func.count()).select_from(LogEntry).where(LogEntry.batch_id == batch_id)
        assert session.scalar(logged) == 4997
        cases = sa.select(sa.func.count(sa.distinct(LogEntry.application_id))).where(LogEntry.batch_id == batch_id)
        assert session.scalar(cases) == 4997
    told = len(review.told(StepPassedV1))

    again = begin(d1, ids)
    assert (again.status_code, again.json["batch_id"]) == (201, batch_id)
    work(review)
    assert results(d1, batch_id) == lines
    assert len(review.told(StepPassedV1)) == told == 5000


def test_a_worker_that_dies_in_a_piece_leaves_it_whole_for_the_next(town: Any, review: UnderTest) -> None:
    ids = fill(town, review, 250)
    d1 = town.office(town.d1)
    batch_id = begin(d1, ids).json["batch_id"]
    with review.service.sessions() as dying:
        assert batches.advance(dying, clock.now())
        # While the first has the batch in hand, a second worker finds nothing to do and waits for nobody.
        assert worker.piece(review.service.sessions) is False
        dying.connection().invalidate()
    assert shown(d1, batch_id)["decided"] == 0
    work(review)
    assert (shown(d1, batch_id)["state"], shown(d1, batch_id)["decided"]) == ("finished", 250)
    assert len(review.told(StepPassedV1)) == 250


@pytest.mark.req("B-07", "B-20")
def test_a_worker_killed_in_the_middle_of_a_batch_and_the_same_key_again_finishes_it(
    town: Any, review: UnderTest, processes: Any
) -> None:
    ids = fill(town, review, 350)
    d1 = town.office(town.d1)
    batch_id = begin(d1, ids).json["batch_id"]
    worker.piece(review.service.sessions)
    with processes.worker() as first, processes.killed_in_the_middle(first):
        pass
    assert (shown(d1, batch_id)["state"], shown(d1, batch_id)["decided"]) == ("running", 100)
    assert len(review.told(StepPassedV1)) == 100, "what the piece had done when it died is as if it never was"

    again = begin(d1, ids)
    assert (again.status_code, again.json["batch_id"]) == (201, batch_id)
    # The database notices a moment later that its client died, and lets go of the batch.
    eventually(lambda: work(review) or shown(d1, batch_id)["state"] == "finished")
    assert (shown(d1, batch_id)["decided"], shown(d1, batch_id)["refused"]) == (350, 0)
    assert sorted(str(e.application_id) for e in review.told(StepPassedV1)) == sorted(ids)
    assert [b["batch_id"] for b in d1.get("/v1/batches").json["items"]] == [batch_id]


@pytest.mark.req("B-07", "B-20")
def test_a_web_process_killed_amid_many_decisions_and_the_same_key_again_decides_each_once(
    town: Any, review: UnderTest, processes: Any
) -> None:
    ids = fill(town, review, 200)
    officer, key = office_actor(town.d1), {"Idempotency-Key": "killed-in-between"}
    headers = key | {"Authorization": f"Bearer {token(officer)}"}
    body = {"ids": ids, "action": "pass"}
    with ThreadPoolExecutor(1) as desk, processes.web() as (web, address):
        with processes.killed_in_the_middle(web):
            broken = desk.submit(httpx.post, f"{address}/v1/decisions", json=body, headers=headers, timeout=60)
        assert isinstance(broken.exception(), httpx.RemoteProtocolError | httpx.ReadError)
    assert review.told(StepPassedV1) == []

    client = review.client(officer)
    # Refused as long as the database has not yet noticed that its client died.
    first = eventually(lambda: _decided(client.post("/v1/decisions", json=body, headers=key)))
    assert first == _decided(client.post("/v1/decisions", json=body, headers=key)) == dict.fromkeys(ids, "decided")
    assert sorted(str(e.application_id) for e in review.told(StepPassedV1)) == sorted(ids)


def _decided(answer: Any) -> dict[str, str]:
    return {line["application_id"]: line["result"] for line in answer.json.get("results", [])}


def test_a_stopped_batch_leaves_the_rest_as_it_is(town: Any, review: UnderTest) -> None:
    ids = fill(town, review, 300)
    d1 = town.office(town.d1)
    batch_id = begin(d1, ids).json["batch_id"]
    worker.piece(review.service.sessions)
    stopped = d1.post(f"/v1/batches/{batch_id}/stop").json
    assert (stopped["state"], stopped["stopped_why"], stopped["decided"]) == ("stopped", "by_hand", 100)
    work(review)
    assert len(review.told(StepPassedV1)) == 100
    assert len(results(d1, batch_id, result="pending")) == 200
    assert town.counts(d1)["open"] == 200


def test_everything_that_waits_is_chosen_by_project_and_what_comes_later_is_not_touched(
    town: Any, review: UnderTest
) -> None:
    wanted, other = town.report("primary"), town.report("primary", project_id=uuid7())
    d1 = town.office(town.d1)
    begun = begin_all(d1, project_id=str(wanted.project_id))
    assert begun.json["total"] == 1
    town.report("primary")
    work(review)
    assert [line["reference"] for line in results(d1, begun.json["batch_id"])] == [wanted.reference]
    counts = town.counts(d1)
    assert (counts["open"], counts["passed"], counts["all"]) == (2, 1, 3)
    assert town.case(d1, other)["status"] == "in_review"


def test_a_batch_ends_when_its_officer_may_no_longer_act(town: Any, review: UnderTest) -> None:
    officer = office_actor(town.d1)
    client = review.client(officer)
    batch_id = begin(client, fill(town, review, 10)).json["batch_id"]
    gone = example_event(AccountChangedV1, account_id=str(officer.account_id), state="disabled", revision=5)
    review.hear(gone)
    work(review)
    found = shown(town.office(town.d1), batch_id)
    assert (found["state"], found["stopped_why"], found["decided"]) == ("stopped", "account_disabled", 0)


def test_a_batch_exists_for_its_own_office_only(town: Any, review: UnderTest) -> None:
    d1, stranger = town.office(town.d1), town.office(town.d2)
    batch_id = begin(d1, fill(town, review, 1)).json["batch_id"]
    assert [b["batch_id"] for b in d1.get("/v1/batches").json["items"]] == [batch_id]
    assert stranger.get("/v1/batches").json["items"] == []
    for path in (f"/v1/batches/{batch_id}", f"/v1/batches/{batch_id}/results"):
        assert stranger.get(path).status_code == 404
        assert town.unit().get(path).status_code == 403
    assert stranger.post(f"/v1/batches/{batch_id}/stop").status_code == 404
    not_ours = begin(stranger, [str(uuid7())], key={"Idempotency-Key": "of-the-stranger"})
    work(review)
    (line,) = results(stranger, not_ours.json["batch_id"])
    assert (line["reference"], line["code"]) == ("", "not_found")


def test_what_cannot_be_a_batch_is_refused(town: Any) -> None:
    d1 = town.office(town.d1)
    many = begin(d1, [str(uuid7()) for _ in range(5001)])
    assert [(e["code"], e["path"]) for e in many.json["errors"]] == [("too_long", "ids")]
    assert begin_all(d1, {"Idempotency-Key": "nothing-waits"}).json["code"] == "nothing_chosen"
    none = begin(d1, [], key={"Idempotency-Key": "nothing-was-ticked"})
    assert [(e["code"], e["path"]) for e in none.json["errors"]] == [("too_short", "ids")]
    beyond = begin(d1, [one := str(uuid7())], key={"Idempotency-Key": "beyond-the-column"}, versions={one: 2**70})
    assert beyond.status_code < 500
    reader = town.office(town.d1, "application.export")
    assert begin(reader, [str(uuid7())], key={"Idempotency-Key": "no-tick-at-all"}).status_code == 403


def test_the_opinion_of_a_batch_is_sealed(town: Any, review: UnderTest) -> None:
    d1 = town.office(town.d1)
    begin(d1, fill(town, review, 1), action="return", opinion="学历证书不清晰")
    with review.service.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT b::text FROM batch b").scalar_one()
    assert "学历证书".encode().hex() not in stored
    work(review)
    with review.sessions() as session:
        assert session.scalars(sa.select(BatchItem.result)).all() == ["decided"]
        assert session.scalars(sa.select(LogEntry.opinion)).all() == ["学历证书不清晰"]
