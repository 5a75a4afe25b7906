"""A committee of the bureau with what its secretary and members do; the service as processes that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import UnderTest, environment, eventually, token_keys
from shenbao_review.models import Expert

TERM = {"term_from": "2020-01-01", "term_to": "2030-12-31"}
STEP = {
    "key": "committee_review",
    "decider": "committee",
    "actions": ["pass", "fail"],
    "committee": {"quorum": 13, "yes_times": 3, "present_times": 2, "count_recused": False, "recuse_same_unit": True},
}


class House:
    """A committee of the bureau with its pool; what a secretary and members do."""

    step = STEP

    def __init__(self, town: Any, review: UnderTest, **terms: Any) -> None:
        self.town, self.review = town, review
        town.publish_route(STEP | {"committee": STEP["committee"] | terms})
        self.chief = town.office(town.bureau)
        self.committee = self.chief.post("/v1/committees", json={"name": "示例市评委会"}).json["committee_id"]
        self.experts: dict[str, Actor] = {}

    def expert(self, name: str, *, unit_id: UUID | None = None, account: Actor | None = None, **more: Any) -> str:
        body = {"name": name, "unit_id": str(unit_id) if unit_id else None, **TERM, **more}
        made = self.chief.post("/v1/experts", json=body).json
        actor = account or person_actor()
        joined = self.review.client(actor).post("/v1/memberships", json={"invitation": made["invitation"]})
        assert joined.status_code == 201, joined.json
        self.experts[made["expert_id"]] = actor
        return str(made["expert_id"])

    def pool(self, number: int) -> list[str]:
        """So many who have joined already."""
        made = [uuid7() for _ in range(number)]
        for expert_id in made:
            self.experts[str(expert_id)] = person_actor()
        with self.review.sessions() as session:
            session.add_all(self._joined(expert_id, n) for n, expert_id in enumerate(made))
            session.commit()
        return [str(expert_id) for expert_id in made]

    def _joined(self, expert_id: UUID, number: int) -> Expert:
        return Expert(
            expert_id=expert_id,
            body_id=self.town.bureau,
            account_id=self.experts[str(expert_id)].account_id,
            name=f"专家{number}",
            specialties=[],
            term_from=date(2020, 1, 1),
            term_to=date(2030, 12, 31),
        )

    def candidates(self, number: int, **facts: Any) -> list[Any]:
        return [self.town.report(version=2, **facts) for _ in range(number)]

    def planned(self, reports: list[Any], **more: Any) -> Any:
        ids = [str(report.application_id) for report in reports]
        body = {"title": "2026年第一次评审会议", "held_on": "2026-05-06", "ids": ids, **more}
        answer = self.chief.post(f"/v1/committees/{self.committee}/sittings", json=body)
        assert answer.status_code == 201, answer.json
        return answer.json["sitting_id"]

    def seated(self, sitting: str, experts: list[str], attending: int | None = None) -> None:
        done = self.chief.post(f"/v1/sittings/{sitting}/members", json={"expert_ids": experts})
        assert done.status_code == 200, done.json
        there = experts[:attending] if attending else experts
        self.chief.put(f"/v1/sittings/{sitting}/attendance", json={"expert_ids": there, "chair_id": there[0]})

    def opened(self, sitting: str) -> Any:
        return self.chief.post(f"/v1/sittings/{sitting}/ballot")

    def ballot(self, sitting: str, expert: str) -> Any:
        return self.review.client(self.experts[expert]).get(f"/v1/ballots/{sitting}").json

    def vote(self, sitting: str, expert: str, choice: Any, **more: Any) -> Any:
        """choice: one for all, or by application."""
        ballot = self.ballot(sitting, expert)
        offered = [c["application_id"] for c in ballot["candidates"]]
        choices = {one: choice.get(one, "no") if isinstance(choice, dict) else choice for one in offered}
        body = {"round": ballot["round"] or 1, "choices": choices} | more
        return self.review.client(self.experts[expert]).put(f"/v1/ballots/{sitting}", json=body)

    def close(self, sitting: str) -> Any:
        return self.chief.post(f"/v1/sittings/{sitting}/close")

    def results(self, sitting: str) -> list[str]:
        return [c["result"] for c in self.chief.get(f"/v1/sittings/{sitting}").json["candidates"]]

    def sign(self, sitting: str, expert: str) -> Any:
        client = self.review.client(self.experts[expert])
        read = client.get(f"/v1/ballots/{sitting}/minutes").json
        return client.post(f"/v1/ballots/{sitting}/signature", json={"content_hash": read["content_hash"]})


@pytest.fixture
def house_of(town: Any, review: UnderTest) -> Callable[..., House]:
    """A committee by other terms."""
    return partial(House, town, review)


@pytest.fixture
def house(town: Any, review: UnderTest) -> House:
    return House(town, review)


class _Identity(BaseHTTPRequestHandler):
    """Publishes the keys with which the tests sign tokens."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(token_keys())

    def log_message(self, format: str, *args: object) -> None:
        pass


class Processes:
    """Review as it runs in production: web and worker, each a process that can be killed."""

    def __init__(self, review: UnderTest, identity: str) -> None:
        self.review = review
        own = {"SHENBAO_IDENTITY_URL": identity}
        told = environment("review", review.service.settings.database_url, own)
        self.environment: Mapping[str, str] = {**os.environ, **told}

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        with self._running("-m", "shenbao_review.worker") as process:
            yield process

    @contextmanager
    def web(self) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        """With its address; one process, so that whoever kills it kills what it is doing."""
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        serving = f"from shenbao_review.app import create_app; create_app().run(port={port}, threaded=True)"
        with self._running("-c", serving) as process:
            eventually(lambda: _listens(port), seconds=30)
            yield process, f"http://127.0.0.1:{port}"

    @contextmanager
    def _running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen([sys.executable, *command], env=self.environment, stdout=quiet, stderr=quiet)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def killed_in_the_middle(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """What it does inside the block comes as far as the log of decisions, and there SIGKILL meets it."""
        with self.review.service.engine.connect() as holder:
            holder.execute(sa.text("LOCK TABLE log_entry IN EXCLUSIVE MODE"))
            yield
            eventually(self._somebody_waits, seconds=30)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def _somebody_waits(self) -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'log_entry'::regclass"
        with self.review.service.engine.connect() as connection:
            return bool(connection.scalar(sa.text(waiting)))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def processes(review: UnderTest) -> Iterator[Processes]:
    identity = ThreadingHTTPServer(("127.0.0.1", 0), _Identity)
    threading.Thread(target=identity.serve_forever, daemon=True).start()
    yield Processes(review, f"http://127.0.0.1:{identity.server_port}")
    identity.shutdown()
    identity.server_close()
