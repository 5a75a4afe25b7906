"""The operators' APIs of all services, asked with the user's own token and put together: where events are (B-23)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shenbao_portal.client import service
from shenbao_portal.permission_names import SERVICES
from shenbao_portal.refusals import Refused, Unreachable

_TRACE = re.compile(r"(00-)?[0-9a-f]{32}(-[0-9a-f]{16}-[0-9a-f]{2})?")
_PAGE = 100
MOST = 1000
"""Lines of one service in a timeline at most; what has more is a matter for the command line."""


@dataclass(frozen=True, order=True)
class Entry:
    """One line of a timeline; those of one moment by position. state: told, confirmed, that of the
    inbox, or of a delivery to another system."""

    at: str
    service: str
    position: int
    state: str
    step: Mapping[str, Any] = field(compare=False)


@dataclass
class Bus:
    """away: services that did not answer; the page shows what the others said."""

    away: list[str] = field(default_factory=list)

    def depths(self) -> dict[str, Mapping[str, Any]]:
        """Of each service, with how far it is `behind` each publisher."""
        found = {s: d for s in SERVICES if (d := self._asked(s, "/v1/bus/depths"))}
        heads = {name: depth["position"] for name, depth in found.items()}
        return {name: {**depth, "behind": _behind(depth["followed"], heads)} for name, depth in found.items()}

    def timeline(self, wanted: str) -> list[Entry] | None:
        """What every service told and heard, oldest first; None for a reference that no application bears."""
        query = self._about(wanted)
        if query is None:
            return None
        steps = [(name, step) for name in SERVICES for step in self._steps(name, "/v1/bus/timeline", query)]
        found = [entry for name, step in steps for entry in _entries(name, step)]
        return sorted([*found, *self._deliveries([step for _, step in steps])])

    def _deliveries(self, steps: list[Mapping[str, Any]]) -> Iterator[Entry]:
        """What other systems were sent of these events."""
        events = {step["event_id"] for step in steps}
        for subject in {step["subject"] for step in steps if step["subject"]}:
            for sent in self._steps("subscriptions", "/v1/deliveries", {"subject": subject}):
                if sent["event_id"] in events:
                    yield _delivery(sent)

    def _about(self, wanted: str) -> dict[str, str] | None:
        if _TRACE.fullmatch(wanted):
            return {"trace": wanted}
        try:
            return {"subject": str(UUID(wanted))}
        except ValueError:
            return self._of_reference(wanted)

    def _of_reference(self, wanted: str) -> dict[str, str] | None:
        try:
            found = service("applications").get(f"/v1/references/{wanted}") if "/" not in wanted else None
        except Refused as refused:
            if refused.code != "not_found":
                raise
            return None
        return {"subject": found["application_id"]} if found else None

    def _steps(self, name: str, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        steps: list[Mapping[str, Any]] = []
        after = None
        while len(steps) < MOST and (page := self._asked(name, path, limit=_PAGE, after=after, **query)):
            steps += page["items"]
            if not (after := page["next"]):
                break
        return steps

    def _asked(self, name: str, path: str, **query: Any) -> Mapping[str, Any] | None:
        if name in self.away:
            return None
        try:
            body: Mapping[str, Any] = service(name).get(path, **query).body
        except Unreachable:
            self.away.append(name)
            return None
        return body


def _behind(followed: Mapping[str, int], heads: Mapping[str, int]) -> dict[str, int]:
    return {s: heads[s] - reached for s, reached in followed.items() if heads.get(s, 0) > reached}


def _entries(name: str, step: Mapping[str, Any]) -> Iterator[Entry]:
    position = step["position"] or 0
    if step["way"] == "heard":
        yield Entry(step["at"], name, position, step["state"], step)
        return
    yield Entry(step["at"], name, position, "told", step)
    if step["published_at"]:
        yield Entry(step["published_at"], name, position, "confirmed", step)


def _delivery(sent: Mapping[str, Any]) -> Entry:
    """Of one event to one subscriber: where it stands now."""
    step = {**sent, "way": "delivery", "replayed": sent["replay_id"] is not None}
    return Entry(sent["delivered_at"] or sent["made_at"], "subscriptions", sent["position"], sent["state"], step)
