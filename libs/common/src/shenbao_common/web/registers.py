"""Asking a register of the government over HTTP: within a time, once more when it stumbles, not while it is down.

A register answers `POST <url>` with {"records": [{...}]}; no record is an answer too. What it says is taken as coming
from a stranger: limited in size, checked in form. Nobody asks a register inside a database transaction.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7

_TIMES = httpx.Timeout(4.0, connect=2.0)
_TRIES = 2
_MOST_BYTES = 256 * 1024
_MOST_RECORDS = 100
_FAULTS = 3
"""After so many in a row a register is left alone."""
_REST = 30.0
"""Seconds for which it is; the next one who asks then tries for all."""


class RegisterAway(Exception):
    """The register did not answer as it should; the text names it, and nothing personal."""


@dataclass(frozen=True)
class Answer:
    """What a register said, and where it is from: request_id stands in the register's own log too."""

    register: str
    records: list[dict[str, Any]]
    asked_at: datetime
    request_id: str


@dataclass
class Breaker:
    """Keeps everybody from waiting for a register that is down. monotonic: seconds that only grow."""

    monotonic: Callable[[], float] = time.monotonic
    _faults: int = 0
    _open_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ensure_closed(self) -> bool:
        """Whether one may ask; after the rest it is one caller's turn to try, and the others wait on."""
        with self._lock:
            if self._faults < _FAULTS:
                return True
            if self.monotonic() < self._open_until:
                return False
            self._open_until = self.monotonic() + _REST
            return True

    def told(self, *, fault: bool) -> None:
        with self._lock:
            self._faults = self._faults + 1 if fault else 0
            if self._faults >= _FAULTS:
                self._open_until = self.monotonic() + _REST


class Register:
    """One register of a provider, for the life of the process, so that its breaker remembers."""

    def __init__(self, name: str, url: str, token: str, *, breaker: Breaker | None = None) -> None:
        self.name = name
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._breaker = breaker or Breaker()
        self._http = httpx.Client(timeout=_TIMES, follow_redirects=False)

    def ask(self, query: Mapping[str, Any]) -> Answer:
        """The records of one person. query: what the register is asked by. Raises RegisterAway."""
        if not self._breaker.ensure_closed():
            raise RegisterAway(f"{self.name} is down and left alone for a while")
        asked_at, request_id = clock.now(), str(uuid7())
        try:
            records = self._tried(query, request_id)
        except RegisterAway:
            self._breaker.told(fault=True)
            raise
        self._breaker.told(fault=False)
        return Answer(self.name, records, asked_at, request_id)

    def _tried(self, query: Mapping[str, Any], request_id: str) -> list[dict[str, Any]]:
        headers = {**self._headers, "X-Request-Id": request_id}
        for last in (number == _TRIES for number in range(1, _TRIES + 1)):
            try:
                with self._http.stream("POST", self._url, json=dict(query), headers=headers) as answer:
                    answer.raise_for_status()
                    return _records(json.loads(_limited(answer)))
            except httpx.HTTPStatusError as wrong:
                # What it refuses, it refuses again; what broke inside it may be whole the next time.
                if last or wrong.response.status_code < 500:
                    raise RegisterAway(f"{self.name} answered {wrong.response.status_code}") from wrong
            except httpx.TransportError as wrong:
                if last:
                    raise RegisterAway(f"{self.name} is not reached") from wrong
            except (ValueError, RecursionError) as wrong:
                raise RegisterAway(f"{self.name} answered something else") from wrong
        raise AssertionError("the last try answers or raises")


def _limited(answer: httpx.Response) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            raise ValueError("too long an answer")
    return body


def _records(said: Any) -> list[dict[str, Any]]:
    records = said.get("records") if isinstance(said, dict) else None
    if not isinstance(records, list) or len(records) > _MOST_RECORDS:
        raise ValueError("no list of records")
    if not all(isinstance(record, dict) for record in records):
        raise ValueError("a record that is none")
    return records
