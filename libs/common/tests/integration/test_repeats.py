"""Idempotency keys: one effect and one answer, however often a request comes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shenbao_common.bus import partitions
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.web import idempotency


@pytest.fixture
def anna() -> Actor:
    return unit_actor()


@pytest.mark.req("B-20")
def test_two_simultaneous_creates_with_one_key_make_one_row_and_get_equal_answers(
    notes: UnderTest, anna: Actor
) -> None:
    barrier = threading.Barrier(2)

    def create() -> tuple[int, bytes, str | None]:
        client = notes.client(anna)
        barrier.wait()
        answer = client.post("/v1/notes", json={"text": "one"}, headers={"Idempotency-Key": "key-00001"})
        return answer.status_code, answer.data, answer.headers.get("ETag")

    with ThreadPoolExecutor(2) as pool:
        first, second = [f.result() for f in [pool.submit(create), pool.submit(create)]]
    assert first == second
    assert first[0] == 201
    assert len(notes.client(anna).get("/v1/notes").json["items"]) == 1


def test_a_key_used_for_another_request_is_refused_and_another_account_may_use_it(
    notes: UnderTest, anna: Actor
) -> None:
    key = {"Idempotency-Key": "key-00002"}
    assert notes.client(anna).post("/v1/notes", json={"text": "one"}, headers=key).status_code == 201
    assert notes.client(anna).post("/v1/notes", json={"text": "two"}, headers=key).json["code"] == (
        "idempotency_key_reused"
    )
    assert notes.client(unit_actor()).post("/v1/notes", json={"text": "two"}, headers=key).status_code == 201


def test_a_refused_request_may_be_repeated_with_its_key(notes: UnderTest, anna: Actor) -> None:
    key = {"Idempotency-Key": "key-00003"}
    assert notes.client(anna).post("/v1/notes", json={"text": "refuse"}, headers=key).status_code == 422
    with notes.sessions() as session:
        assert session.scalar(sa.text("select count(*) from request_key")) == 0


def test_a_key_used_with_another_query_or_for_another_amount_of_answer_is_refused(
    notes: UnderTest, anna: Actor
) -> None:
    client, body = notes.client(anna), {"text": "one"}
    little = {"Idempotency-Key": "key-00004", "Prefer": "return=minimal"}
    first = client.post("/v1/notes?dry=1", json=body, headers=little)
    assert first.status_code == 201
    others = (
        ("/v1/notes?dry=1", little | {"Prefer": "return=representation"}),
        ("/v1/notes?dry=1", {"Idempotency-Key": "key-00004"}),
        ("/v1/notes?dry=0", little),
        ("/v1/notes", little),
    )
    for url, headers in others:
        assert client.post(url, json=body, headers=headers).json["code"] == "idempotency_key_reused"
    again = client.post("/v1/notes?dry=1", json=body, headers=little | {"Prefer": 'wait=5, return="minimal"'})
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")


def test_an_answer_that_the_version_before_kept_is_replayed(notes: UnderTest, anna: Actor) -> None:
    key = {"Idempotency-Key": "key-00005"}
    first = notes.client(anna).post("/v1/notes?dry=1", json={"text": "one"}, headers=key)
    with notes.service.sessions.begin() as session:
        answer = session.scalar(sa.select(idempotency.request_key.c.answer))
        kept = {name: answer[name] for name in ("headers", "body")}
        session.execute(sa.update(idempotency.request_key).values(answer=kept))
    again = notes.client(anna).post("/v1/notes?dry=1", json={"text": "one"}, headers=key)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")


@pytest.mark.req("B-20")
def test_the_answer_that_is_kept_for_a_repeat_is_forgotten_after_a_week(notes: UnderTest, anna: Actor) -> None:
    headers, kept = {"Idempotency-Key": "a-key-of-mine"}, sa.text("SELECT count(*) FROM request_key")
    notes.client(anna).post("/v1/notes", json={"text": "one"}, headers=headers)
    with notes.service.engine.begin() as connection:
        for days, left in ((6, 1), (8, 0)):
            partitions.forget_answers(connection, clock.now() + timedelta(days=days))
            assert connection.execute(kept).scalar() == left
