"""What is missing of an application, by what the services know of it."""

from typing import Any

import pytest

from shenbao_stack.reconciliation import missing

A = {"reference": "2026-000001", "status": "in_review", "round": 2, "revision": 7}
R = {"reference": "2026-000001", "state": "in_review", "round": 2, "revision": 7, "routed": True}
U = {"reported": True, "round": 2, "failed_round": 0}
D = {"reference": "2026-000001", "approved": False}
WHOLE = {"applications": A, "review": R, "units": U, "documents": D}


def changed(service: str, **values: Any) -> dict[str, Any]:
    return WHOLE | {service: WHOLE[service] | values}


def without(service: str) -> dict[str, Any]:
    return {name: row for name, row in WHOLE.items() if name != service}


def decided(state: str, status: str) -> dict[str, Any]:
    return changed("review", state=state) | {"applications": A | {"status": status}}


def recalled(**case: Any) -> dict[str, Any]:
    return changed("applications", status="ready_to_report", revision=8) | {"review": R | case}


@pytest.mark.parametrize(
    "known",
    [
        WHOLE,
        decided("returned", "returned"),
        decided("passed", "approved") | {"documents": D | {"approved": True}},
        decided("failed", "rejected"),
        recalled(state="recalled"),
        without("review") | {"applications": A | {"status": "ready_to_report"}},
        decided("returned", "returned") | {"units": U | {"reported": False}},
    ],
)
def test_nothing_is_missing_of_an_application_that_all_know_alike(known: dict[str, Any]) -> None:
    assert list(missing("a", known)) == []


@pytest.mark.parametrize(
    ("known", "gap"),
    [
        (without("review"), ("review", "routed", "applications")),
        (changed("review", round=1), ("review", "routed", "applications")),
        (changed("review", routed=False), ("review", "routed", "")),
        (changed("review", state="returned"), ("applications", "decided", "review")),
        (changed("review", state="passed"), ("applications", "decided", "review")),
        (changed("review", state="failed"), ("applications", "decided", "review")),
        (recalled(), ("review", "recalled", "applications")),
        (without("units"), ("units", "submitted", "applications")),
        (changed("units", reported=False), ("units", "submitted", "applications")),
        (without("documents"), ("documents", "submitted", "applications")),
        (decided("passed", "approved"), ("documents", "approved", "applications")),
        (without("applications"), ("applications", "submitted", "")),
    ],
)
def test_a_missing_step_is_named_with_who_lacks_it_and_who_told_it(
    known: dict[str, Any], gap: tuple[str, str, str]
) -> None:
    (found,) = missing("a", known)
    assert (found.reference, found.service, found.step, found.source) == ("2026-000001", *gap)
