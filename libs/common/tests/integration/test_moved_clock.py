"""In the profile test the clock can be moved, and every process of the service follows."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from shenbao_common.bus import moved_clock
from shenbao_common.kernel import clock
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest, eventually, token

CLOCK = "/v1/test/clock"
WEEK = 7 * 86400


@pytest.fixture(autouse=True)
def _back_to_now(notes: UnderTest) -> Iterator[None]:
    yield
    notes.client().put(CLOCK, json={"ahead_seconds": 0})


def test_a_moved_clock_is_what_the_service_takes_for_now(notes: UnderTest) -> None:
    answer = notes.client().put(CLOCK, json={"ahead_seconds": WEEK})
    assert answer.status_code == 200
    assert answer.json["ahead_seconds"] == WEEK
    for told in (answer.json, notes.client().get(CLOCK).json):
        ahead = datetime.fromisoformat(told["now"]) - datetime.now(UTC)
        assert timedelta(days=7, seconds=-10) < ahead <= timedelta(days=7)


def test_a_token_of_before_is_over_after_the_move(notes: UnderTest) -> None:
    anna = notes.client(unit_actor())
    assert anna.get("/v1/notes").status_code == 200
    notes.client().put(CLOCK, json={"ahead_seconds": WEEK})
    assert anna.get("/v1/notes").json["code"] == "token_expired"
    assert notes.client(unit_actor()).get("/v1/notes").status_code == 200
    assert token(unit_actor())


def test_a_process_follows_the_clock_of_its_database_and_wakes_what_waits_for_a_time(notes: UnderTest) -> None:
    url = notes.service.settings.database_url.replace("+psycopg", "", 1)
    seen = threading.Event()
    threading.Thread(target=moved_clock._follow, args=(url, seen.set), daemon=True).start()
    assert seen.wait(5)
    woken = threading.Event()
    waiting = threading.Thread(target=lambda: (clock.wait(threading.Event(), 600), woken.set()), daemon=True)
    waiting.start()
    with psycopg.connect(url) as another_process:
        another_process.execute("CREATE TABLE IF NOT EXISTS moved_clock (seconds double precision NOT NULL)")
        another_process.execute("DELETE FROM moved_clock")
        another_process.execute("INSERT INTO moved_clock VALUES (%s)", (WEEK,))
        another_process.execute("SELECT pg_notify('clock_moved', '')")
    eventually(lambda: clock.ahead() == timedelta(days=7), seconds=1)
    assert woken.wait(1)


@pytest.mark.parametrize("wrong", [{}, {"ahead_seconds": "x"}, {"ahead_seconds": 1e12}, {"ahead_seconds": None}])
def test_no_clock_goes_wrong_by_a_wrong_request(notes: UnderTest, wrong: dict[str, object]) -> None:
    answer = notes.client().put(CLOCK, json=wrong)
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json["errors"]] == ["ahead_seconds"]
    assert notes.client().get(CLOCK).json["ahead_seconds"] == 0
