"""Every cell of the table of statuses and moves, legal and illegal."""

import itertools

import pytest

from shenbao_applications.domain import lifecycle, tabs
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_common.kernel.errors import Conflict

LEGAL = {
    ("draft", "save_incomplete"): "draft",
    ("draft", "save_complete"): "ready_to_report",
    ("draft", "save_information"): "materials_pending",
    ("draft", "delete"): "deleted",
    ("materials_pending", "save_information"): "materials_pending",
    ("materials_pending", "save_materials"): "ready_to_report",
    ("materials_pending", "delete"): "deleted",
    ("ready_to_report", "save_information"): "materials_pending",
    ("ready_to_report", "save_materials"): "ready_to_report",
    ("ready_to_report", "save_incomplete"): "draft",
    ("ready_to_report", "save_complete"): "ready_to_report",
    ("ready_to_report", "delete"): "deleted",
    ("ready_to_report", "report"): "in_review",
    ("in_review", "step_passed"): "in_review",
    ("in_review", "return"): "returned",
    ("in_review", "fail"): "rejected",
    ("in_review", "withdraw"): "withdrawn",
    ("in_review", "refuse"): "not_accepted",
    ("in_review", "return_case"): "case_returned",
    ("in_review", "post"): "in_publicity",
    ("in_review", "approve"): "approved",
    ("in_review", "recall"): "ready_to_report",
    ("in_publicity", "step_passed"): "in_review",
    ("in_publicity", "approve"): "approved",
    ("in_publicity", "fail"): "rejected",
    ("in_publicity", "return_case"): "case_returned",
    ("in_publicity", "recall"): "ready_to_report",
    ("approved", "certify"): "certified",
    ("returned", "save_incomplete"): "returned",
    ("returned", "save_complete"): "returned",
    ("returned", "save_information"): "returned",
    ("returned", "save_materials"): "returned",
    ("returned", "report"): "in_review",
    ("returned", "recall"): "ready_to_report",
    ("withdrawn", "redeclare"): "draft",
    ("not_accepted", "redeclare"): "draft",
    ("case_returned", "redeclare"): "draft",
    ("withdrawn", "supersede"): "superseded",
    ("not_accepted", "supersede"): "superseded",
    ("case_returned", "supersede"): "superseded",
}
"""C2.2 of the requirements: T02 to T24, and the pass of a publicity that is not the last step."""


@pytest.mark.parametrize(("status", "move"), list(itertools.product(Status, Move)))
def test_every_cell_of_the_table(status: Status, move: Move) -> None:
    expected = LEGAL.get((status.value, move.value))
    assert lifecycle.allows(status, move) is (expected is not None)
    if expected:
        assert lifecycle.after(status, move) == expected
        return
    with pytest.raises(Conflict) as refused:
        lifecycle.after(status, move)
    assert refused.value.code == "status_forbids"
    assert refused.value.params == {"status": status.value, "move": move.value}


def test_an_application_begins_as_a_draft() -> None:
    assert lifecycle.START is Status.DRAFT


@pytest.mark.parametrize("status", list(Status))
def test_what_was_ever_reported_is_not_deleted_in_any_status(status: Status) -> None:
    with pytest.raises(Conflict) as refused:
        lifecycle.ensure_deletable(status, round=1)
    assert refused.value.code == "already_reported"


def test_the_tab_of_all_counts_every_status_once_and_nothing_deleted() -> None:
    by_status = {status.value: (n + 1) ** 2 for n, status in enumerate(Status)}
    counted = tabs.counts(by_status)
    assert counted["all"] == sum(by_status.values()) - by_status["deleted"] <= tabs.COUNT_BOUND
    assert tabs.counts({"approved": tabs.COUNT_BOUND, "certified": 5})["approved"] == tabs.COUNT_BOUND
    assert counted["to_report"] == sum(by_status[s] for s in ("draft", "materials_pending", "ready_to_report"))
    again = sum(by_status[status] for status in ("withdrawn", "not_accepted", "case_returned", "superseded"))
    assert counted["tracked"] == counted["reported"] + counted["returned"] + again
