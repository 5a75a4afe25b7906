"""The work of an office, or the cases of a unit, at a glance; each number leads to the list that it counts (B-31)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import workbooks
from shenbao_portal.client import service
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.cases import materials_of, project_choices
from shenbao_portal.refusals import Refused

blp = Blueprint("dashboard", __name__, url_prefix="/dashboard")

PERIODS = (14, 30, 90)
TABS = ("open", "returned", "passed", "failed", "all")


@blp.get("")
@signed_in_as("office", "unit")
def show() -> ResponseReturnValue:
    """Numbers, what came and was decided by day, and how long steps were open."""
    project_id = request.args.get("project_id", "")
    period = request.args.get("days", PERIODS[0], type=int)
    period = period if period in PERIODS else PERIODS[0]
    review = service("review")
    return render_template(
        "dashboard/show.html",
        counts=review.get("/v1/cases/counts", project_id=project_id).body,
        trend=review.get("/v1/cases/trend", project_id=project_id, days=period).body,
        lists="cases.queue" if require().kind == "office" else "dashboard.listed",
        projects=project_choices(),
        project_id=project_id,
        period=period,
        periods=PERIODS,
    )


@blp.get("/cases")
@signed_in_as("unit")
def listed() -> ResponseReturnValue:
    """The cases of the own unit under each tab, wherever they wait."""
    tab, filters = _filters()
    review = service("review")
    found = review.get("/v1/cases", tab=tab, after=request.args.get("after"), **filters).body
    return render_template(
        "dashboard/cases.html",
        tab=tab,
        tabs=TABS,
        found=found,
        filters=filters,
        counts=review.get("/v1/cases/counts", project_id=filters["project_id"]).body,
        materials=materials_of(found["items"]),
        projects=project_choices(),
    )


@blp.get("/export")
@signed_in_as("office", "unit", may="application.export")
def export() -> ResponseReturnValue:
    """The workbook of the filtered list, in its order."""
    tab, filters = _filters()
    try:
        return workbooks.of_list(workbooks.CASES, {"tab": tab, **filters})
    except Refused as refused:
        if refused.status != 422:
            raise
        for trouble in refused:
            flash(words(trouble.code, trouble.params), "danger")
        return redirect(url_for("dashboard.show"), 303)


def _filters() -> tuple[str, dict[str, Any]]:
    """What the list on screen is filtered by."""
    args = request.args
    filters: dict[str, Any] = {name: args.get(name, "").strip() for name in ("q", "project_id", "claimed")}
    tab = args.get("tab", "open")
    return tab if tab in (*TABS, "watched") else "open", filters | {"overdue": "true" if args.get("overdue") else ""}
