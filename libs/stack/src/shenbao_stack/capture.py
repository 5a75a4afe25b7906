"""What the services told since a moment, read from their feeds; a test waits for the fact, never for a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shenbao_stack.services import SERVICES
from shenbao_stack.waiting import TooLate, until

_PREFIX = "cn.shenbao."
_PAGE = 1000
Told = Mapping[str, Any]


@dataclass
class _Feed:
    service: str
    position: int


class Capture:
    """`capture.wait_for("review.step_passed.v1", subject=application)`: works on every backend, with or without a
    broker, because a publisher's feed holds whatever it told."""

    def __init__(self, url: Callable[[str], str], client_secret: str) -> None:
        """url: of a service by name; client_secret: of the OAuth client `identity`, which may read feeds."""
        self._url = url
        self._auth = ("identity", client_secret)
        self._http = httpx.Client(timeout=10)
        self._token = self._new_token()
        self._all: list[Told] = []
        self._feeds = [_Feed(s, self._watermark(s)) for s in SERVICES]

    def close(self) -> None:
        self._http.close()

    def told(self, event_type: str = "", *, subject: str = "", **data: object) -> list[Told]:
        """What was told since the beginning, each publisher's in its order: of this type, with these data."""
        self._read_on()
        return [event for event in self._all if _matches(event, event_type, subject, data)]

    def wait_for(
        self,
        event_type: str,
        where: Callable[[Told], bool] = lambda _event: True,
        *,
        seconds: float = 10.0,
        subject: str = "",
        **data: object,
    ) -> Told:
        """The first that matches; TooLate names what was told instead."""

        def look() -> Told | None:
            return next(filter(where, self.told(event_type, subject=subject, **data)), None)

        try:
            return until(lambda: look() or {}, seconds=seconds, what=event_type)
        except TooLate as late:
            seen = [f"{_short(event)} of {event['subject']}" for event in self._all]
            raise TooLate(f"{late}; told were {', '.join(seen) or 'none'}") from None

    def _read_on(self) -> None:
        for feed in self._feeds:
            while events := self._page(feed):
                self._all += events
                if len(events) < _PAGE:
                    break

    def _page(self, feed: _Feed) -> list[Told]:
        page = self._ask(feed.service, after=feed.position, limit=_PAGE)
        feed.position = page["next"]
        return list(page["events"])

    def _watermark(self, service: str) -> int:
        return int(self._ask(service, after=0, limit=1)["watermark"])

    def _ask(self, service: str, **query: int) -> Any:
        url = f"{self._url(service)}/v1/events"
        answer = self._http.get(url, params=query, headers={"Authorization": f"Bearer {self._token}"})
        if answer.status_code == 401:  # or the clock was moved
            self._token = self._new_token()
            answer = self._http.get(url, params=query, headers={"Authorization": f"Bearer {self._token}"})
        return answer.raise_for_status().json()

    def _new_token(self) -> str:
        form = {"grant_type": "client_credentials"}
        answer = self._http.post(f"{self._url('identity')}/token", data=form, auth=self._auth)
        return str(answer.raise_for_status().json()["access_token"])


def _matches(event: Told, event_type: str, subject: str, data: Mapping[str, object]) -> bool:
    if event_type and _short(event) != event_type:
        return False
    if subject and event["subject"] != subject:
        return False
    return all(event["data"].get(name) == value for name, value in data.items())


def _short(event: Told) -> str:
    return str(event["type"]).removeprefix(_PREFIX)
