"""The list of received applications: sorted by several keys, with columns of one's own choice, to print and export."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, workbooks
from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text
from shenbao_portal.messages import words
from shenbao_portal.pages.cases import project_choices
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _l

blp = Blueprint("received", __name__, url_prefix="/office/received")

TABS = {"all": _l("全部"), "in_review": _l("审核中"), "approved": _l("已通过"), "rejected": _l("不通过")}
_USUAL = ("reference", "person", "unit", "level", "status")
_KEYS = ("sort1", "sort2")


@blp.get("")
@signed_in_as("office", may="application.export")
def listed() -> ResponseReturnValue:
    """The list as it is to be printed or exported (S4a-06)."""
    known = service("applications").get("/v1/applications/table-columns").body
    names = {one["key"]: named_text(one) for one in known["items"]}
    filters, sort, columns = _asked(names)
    found = service("applications").get(
        "/v1/applications", sort=",".join(sort), after=request.args.get("after"), limit=100, **filters
    )
    return render_template(
        "office/received.html",
        found=found.body,
        filters=filters,
        tabs=TABS,
        names=names,
        sorts=[(key, names[key]) for key in known["sorts"]],
        sort=sort,
        sorted_newest=_bound_met(filters) if sort else None,
        columns=columns,
        projects=project_choices(),
        printed=_forms_of(filters["project_id"]),
        asked={**filters, "sort": ",".join(sort)},
    )


@blp.get("/export")
@signed_in_as("office", may="application.export")
def export() -> ResponseReturnValue:
    """The whole filtered list in its order and with its columns, for people or for other systems (S4a-06, S4a-10)."""
    known = service("applications").get("/v1/applications/table-columns").body
    filters, sort, columns = _asked({one["key"]: "" for one in known["items"]})
    asked = {**filters, "sort": ",".join(sort), "columns": ",".join(columns)}
    form = "csv" if request.args.get("format") == "csv" else "xlsx"
    try:
        return workbooks.of_list(workbooks.RECEIVED, asked, form)
    except Refused as refused:
        if refused.status != 422:
            raise
        for trouble in refused:
            flash(words(trouble.code, trouble.params), "danger")
        return redirect(url_for("received.listed"), 303)


def _bound_met(filters: dict[str, str]) -> int | None:
    """So many, the newest, are what a sort brings in order where there are too many to count; None where all are."""
    counts = service("applications").get("/v1/applications/counts", **filters).body
    return counts.get("sorted", counts["bound"]) if counts[filters["tab"]] == counts["bound"] else None


def _forms_of(project_id: str) -> list[tuple[str, str]]:
    """What is printed of the applications of the project that the list is filtered by; none while it shows several."""
    if not project_id:
        return []
    project = service("applications").get(f"/v1/projects/{project_id}").body
    return contents.forms_of(contents.pack_of(project["programme"], project["version"]), project["variant"])


def _asked(names: dict[str, str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Filters, sort keys in turn, and columns in the order of the choice."""
    args = request.args
    filters = {name: args.get(name, "").strip() for name in ("q", "project_id")}
    filters["tab"] = args["tab"] if args.get("tab") in TABS else "all"
    sort = [key for name in _KEYS if (key := args.get(name, "")) in names]
    columns = [key for key in names if key in args.getlist("columns")]
    return filters, list(dict.fromkeys(sort)), columns or list(_USUAL)
