"""Reconciliation across services (B-24): submitted = routed = decided, approved = ready to be certified.

Each service is asked what it knows of every application that was ever reported; the answers come in one order and are
compared application by application, so their number does not matter. What lies between two steps for a moment only is
on its way, and no gap: gaps are looked at a second time.
"""

import heapq
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from shenbao_stack.operators import Bus

ASKED = ("applications", "review", "units", "documents")
_UNDER_REVIEW = {"in_review", "in_publicity"}
_APPROVED = {"approved", "certified"}
_REVIEWED = {*_UNDER_REVIEW, *_APPROVED, "returned", "rejected"}
_DECIDED = {"returned", "passed", "failed"}
"""States of a case at which its application is no longer in review."""

_REPAIR_SECONDS = 30.0

Known = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, order=True)
class Gap:
    """service lacks `step` of the application, which `source` has told it; source "": nobody has."""

    application_id: str
    reference: str
    step: str
    service: str
    source: str


def gaps(bus: Bus, *, grace: float) -> list[Gap]:
    """What is missing, and still is after `grace` seconds."""
    first = set(_gaps(bus))
    if first:
        time.sleep(grace)
        first &= set(_gaps(bus))
    return sorted(first)


def repair(bus: Bus, found: list[Gap]) -> None:
    """Has each service that lacks something read the application's events again, and try again what it parked."""
    for gap in found:
        if not gap.source:
            continue
        parked = [
            step["event_id"]
            for step in bus.pages(gap.service, "/v1/bus/timeline", subject=gap.application_id)
            if step["state"] == "parked"
        ]
        if parked:
            bus.ask(gap.service, "POST", "/v1/bus/send-backs", json={"event_ids": parked})
        bus.replay(gap.service, seconds=_REPAIR_SECONDS, source=gap.source, subject=gap.application_id)


def missing(application_id: str, known: Known) -> Iterator[Gap]:
    """The steps that are missing of one application, from what the services know of it; a rule without side effects."""
    application, case = known.get("applications"), known.get("review")
    reference = next((k["reference"] for k in known.values() if "reference" in k), "")

    def lacks(service: str, step: str, source: str = "applications") -> Gap:
        return Gap(application_id, reference, step, service, source)

    if application is None:
        yield lacks("applications", "submitted", "")
        return
    status, reported = application["status"], application["status"] in _REVIEWED
    if reported and (case is None or case["round"] < application["round"]):
        yield lacks("review", "routed")
    elif reported and case and not case["routed"]:
        yield lacks("review", "routed", "")  # it waits for a fact about somebody else: an office, a unit, a programme
    elif status in _UNDER_REVIEW and case and case["state"] in _DECIDED and case["round"] == application["round"]:
        yield lacks("applications", "decided", "review")
    elif status == "ready_to_report" and case and _is_open_though_recalled(case, application):
        yield lacks("review", "recalled")
    yield from (lacks(service, step) for service, step in _unknown_to_others(application, known))


def _is_open_though_recalled(case: Mapping[str, Any], application: Mapping[str, Any]) -> bool:
    return bool(case["state"] != "recalled" and case["revision"] < application["revision"])


def _unknown_to_others(application: Mapping[str, Any], known: Known) -> Iterator[tuple[str, str]]:
    """(service, step): units counts what is under review, documents certifies what is approved."""
    unit, party = known.get("units"), known.get("documents")
    if application["status"] in _UNDER_REVIEW and (unit is None or not unit["reported"]):
        yield "units", "submitted"
    if application["status"] in _REVIEWED and party is None:
        yield "documents", "submitted"
    elif application["status"] in _APPROVED and party and not party["approved"]:
        yield "documents", "approved"


def _gaps(bus: Bus) -> Iterator[Gap]:
    answers = heapq.merge(*(_known(bus, service) for service in ASKED), key=lambda answer: answer[0])
    for application_id, same in groupby(answers, key=lambda answer: answer[0]):
        known = {service: row for _, service, row in same}
        yield from (gap for gap in missing(application_id, known) if gap.service not in bus.away)


def _known(bus: Bus, service: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    return ((row["application_id"], service, row) for row in bus.pages(service, "/v1/reconciliation"))
