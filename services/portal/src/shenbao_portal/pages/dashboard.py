"""The work of an office, or the cases of a unit, at a glance; each number leads to the list that it counts (B-31)."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import workbooks
from shenbao_portal.client import service
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.cases import materials_of, project_choices
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("dashboard", __name__, url_prefix="/dashboard")

PERIODS = (14, 30, 90)
TABS = ("open", "returned", "passed", "failed", "all")
_MOST_ROWS = 2000
_COLUMNS = ("reference", "person", "unit", "project", "variant", "level", "step", "office", "status", "reported_at")


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
    ids: list[str] = []
    after = None
    while len(ids) <= _MOST_ROWS:
        page = service("review").get("/v1/cases", tab=tab, after=after, limit=100, **filters).body
        ids += [item["application_id"] for item in page["items"]]
        after = page["next"]
        if not after:
            break
    try:
        return _workbook(ids)
    except Refused as refused:
        if refused.status != 422:
            raise
        for trouble in refused:
            flash(words(trouble.code, trouble.params), "danger")
        return redirect(url_for("dashboard.show"), 303)


def _workbook(ids: list[str]) -> Response:
    body: dict[str, Any] = {"columns": _COLUMNS, "title": _("审核材料名单"), "ids": ids}
    sheet = service("applications").post("/v1/applications/table-sheet", body)["sheet"]
    return workbooks.of_sheet(sheet)


def _filters() -> tuple[str, dict[str, Any]]:
    """What the list on screen is filtered by."""
    args = request.args
    filters: dict[str, Any] = {name: args.get(name, "").strip() for name in ("q", "project_id", "claimed")}
    tab = args.get("tab", "open")
    return tab if tab in (*TABS, "watched") else "open", filters | {"overdue": "true" if args.get("overdue") else ""}
