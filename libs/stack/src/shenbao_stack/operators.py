"""The operators' APIs of all services as one bus: asked in turn, merged in order of time."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID, uuid4

import httpx

from shenbao_stack.services import SERVICES, prefix

_PAGE = 100
_TRACE = re.compile(r"(00-)?[0-9a-f]{32}(-[0-9a-f]{16}-[0-9a-f]{2})?")
_LOOK_EVERY = 0.5


class Refused(Exception):
    """A service refused; the text says which, what and why."""


@dataclass(frozen=True, order=True)
class Entry:
    """One line of a timeline; those of one moment by position. service: where it happened; state: told, confirmed, that
    of the inbox, or of a delivery to another system."""

    at: str
    service: str
    position: int
    state: str
    step: Mapping[str, Any] = field(compare=False)


class Bus:
    """Used in a `with`. away: services that did not answer; what the others said is shown all the same."""

    def __init__(self, origin: str, token: str, renewed: Callable[[], str] | None = None) -> None:
        """renewed: another token when this one is over, where the caller can get one without a person."""
        self._origin = origin.rstrip("/")
        self._token = token
        self._renewed = renewed
        self._http = httpx.Client(timeout=30)
        self.away: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def about(self, wanted: str) -> dict[str, str]:
        """The query of a timeline, from a trace, an id, or an application's reference."""
        if _TRACE.fullmatch(wanted):
            return {"trace": wanted}
        try:
            return {"subject": str(UUID(wanted))}
        except ValueError:
            found = self.ask("applications", "GET", f"/v1/references/{wanted}")
            return {"subject": found["application_id"]}

    def timeline(self, wanted: str) -> list[Entry]:
        """What every service told and heard of it, oldest first."""
        query = self.about(wanted)
        steps = [(s, step) for s in SERVICES for step in self.pages(s, "/v1/bus/timeline", **query)]
        found = [entry for service, step in steps for entry in entries(service, step)]
        return sorted([*found, *self._deliveries([step for _, step in steps])])

    def _deliveries(self, steps: list[Mapping[str, Any]]) -> Iterator[Entry]:
        """What other systems were sent of these events."""
        events = {step["event_id"] for step in steps}
        for subject in {step["subject"] for step in steps if step["subject"]}:
            for sent in self.pages("subscriptions", "/v1/deliveries", subject=subject):
                if sent["event_id"] in events:
                    yield delivery(sent)

    def parked(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(service, event), the oldest of each service first."""
        return [(service, event) for service in SERVICES for event in self.pages(service, "/v1/bus/parked")]

    def send_back(self, event_ids: list[str] | None = None) -> dict[str, int]:
        """How many each service sent back: all, or these, wherever they are parked."""
        body = {"all": True} if event_ids is None else {"event_ids": event_ids}
        answers = {s: self._tried(s, "POST", "/v1/bus/send-backs", json=body) for s in SERVICES}
        return {service: answer["sent_back"] for service, answer in answers.items() if answer and answer["sent_back"]}

    def replay(self, service: str, *, seconds: float, **wanted: Any) -> Mapping[str, Any]:
        """Asks for a replay and waits for its end, at most so long; answers how far it is."""
        asked = self.ask(service, "POST", "/v1/bus/replays", json=wanted)
        deadline = time.monotonic() + seconds
        while True:
            found = self.ask(service, "GET", f"/v1/bus/replays/{asked['id']}")
            if found["finished_at"] or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_EVERY)

    def depths(self) -> dict[str, Mapping[str, Any]]:
        answers = {service: self._tried(service, "GET", "/v1/bus/depths") for service in SERVICES}
        return {service: answer for service, answer in answers.items() if answer}

    def pages(self, service: str, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """Every row of a list, page by page; none, when the service is away."""
        after: dict[str, str] = {}
        while page := self._tried(service, "GET", path, params={"limit": str(_PAGE)} | query | after):
            yield from page["items"]
            if not page["next"]:
                return
            after = {"after": page["next"]}

    def ask(self, service: str, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        """The body of one answer. Raises Refused, and httpx's errors when the service is away."""
        headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        url = f"{self._origin}{prefix(service)}{path}"
        answer = self._http.request(method, url, headers=self._with_token(headers), **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._renewed:
            self._token = self._renewed()
            answer = self._http.request(method, url, headers=self._with_token(headers), **options)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            answer.raise_for_status()
        body: Mapping[str, Any] = answer.json()
        if answer.is_error:
            said = ", ".join(f"{e['path']}: {e['code']}" for e in body.get("errors", ()))
            raise Refused(f"{service}: {body.get('code')} {said}".strip())
        return body

    def _with_token(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, "Authorization": f"Bearer {self._token}"}

    def _tried(self, service: str, method: str, path: str, **options: Any) -> Mapping[str, Any] | None:
        if service in self.away:
            return None
        try:
            return self.ask(service, method, path, **options)
        except httpx.HTTPError:
            self.away.append(service)
            return None


def entries(service: str, step: Mapping[str, Any]) -> Iterator[Entry]:
    """An event told is one line, its confirmation by the broker another."""
    position = step["position"] or 0
    if step["way"] == "heard":
        yield Entry(step["at"], service, position, step["state"], step)
        return
    yield Entry(step["at"], service, position, "told", step)
    if step["published_at"]:
        yield Entry(step["published_at"], service, position, "confirmed", step)


def delivery(sent: Mapping[str, Any]) -> Entry:
    """Of one event to one subscriber: where it stands now."""
    step = {**sent, "way": "delivery", "trace": "", "replayed": sent["replay_id"] is not None}
    return Entry(sent["delivered_at"] or sent["made_at"], "subscriptions", sent["position"], sent["state"], step)
