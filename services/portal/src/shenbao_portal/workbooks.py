"""Tables that documents writes of a sheet, handed through; longer lists are begun and fetched later (`exports`)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.texts import _

SUMMARY, RECEIVED, CASES, PLAN = "summary", "received", "cases", "plan"
EXAMINED = ("roster", "publicity_table")
ASKED = (
    *("programme", "variant", "project_id", "tab", "q", "sort", "columns"),
    *("year", "publisher_id", "claimed", "overdue"),
)
"""What a list is filtered by, sorted by and shows; several keys are separated by commas."""

_MOST_ROWS = 2000
_CASE_COLUMNS = (
    "reference",
    "person",
    "unit",
    "project",
    "variant",
    "level",
    "step",
    "office",
    "status",
    "reported_at",
)


def of_sheet(sheet: Any, form: str = "xlsx") -> Response:
    """The workbook, or the comma-separated values, of a slip that applications signed."""
    made = service("documents").post("/v1/exports", {"sheet": sheet, "format": form})
    headers = {k: made.headers[k] for k in ("Content-Type", "Content-Disposition") if k in made.headers}
    return Response(made.body, headers=headers)


def of_list(kind: str, asked: Mapping[str, str], form: str = "xlsx") -> ResponseReturnValue:
    """The workbook of a whole list; of one that is longer than a sheet, the page that begins it."""
    part = part_of(kind, asked)
    if part["next"]:
        return render_template("exports/new.html", kind=kind, asked=asked, form=form)
    return of_sheet(part["sheet"], form)


def part_of(kind: str, asked: Mapping[str, str], after: str = "") -> Mapping[str, Any]:
    """The next sheet of a list, and where it goes on."""
    given = {name: value for name in ASKED if (value := asked.get(name))}
    return PARTS[kind](given, after)


def _summary(given: dict[str, str], after: str) -> Mapping[str, Any]:
    part: Mapping[str, Any] = service("applications").get("/v1/applications/summary-parts", after=after, **given).body
    return part


def _received(given: dict[str, str], after: str) -> Mapping[str, Any]:
    keys = {name: given.pop(name, "").split(",") for name in ("sort", "columns")}
    body: dict[str, Any] = {name: [key for key in found if key] for name, found in keys.items()}
    body |= given | {"after": after or None, "title": _("申报材料名单")}
    part: Mapping[str, Any] = service("applications").post("/v1/applications/table-parts", body).body
    return part


def _cases(given: dict[str, str], after: str) -> Mapping[str, Any]:
    """Review knows which cases and in what order, applications what is in them."""
    ids: list[str] = []
    goes_on: str | None = after
    while goes_on is not None and len(ids) < _MOST_ROWS:
        page = service("review").get("/v1/cases", after=goes_on, limit=100, **given).body
        ids += [item["application_id"] for item in page["items"]]
        goes_on = page["next"]
    body = {"columns": _CASE_COLUMNS, "title": _("审核材料名单"), "ids": ids}
    return {"sheet": service("applications").post("/v1/applications/table-sheet", body)["sheet"], "next": goes_on}


def _plan(given: dict[str, str], after: str) -> Mapping[str, Any]:
    path = f"/v1/projects/{given['project_id']}/roster-parts"
    part: Mapping[str, Any] = service("applications").get(path, after=after).body
    return part


def _examined(kind: str) -> "_Part":
    def part(given: dict[str, str], after: str) -> Mapping[str, Any]:
        answer = service("applications").get("/v1/examinations/sheet-parts", kind=kind, after=after, **given)
        found: Mapping[str, Any] = answer.body
        return found

    return part


_Part = Callable[[dict[str, str], str], Mapping[str, Any]]
PARTS: Mapping[str, _Part] = {
    SUMMARY: _summary,
    RECEIVED: _received,
    CASES: _cases,
    PLAN: _plan,
    **{kind: _examined(kind) for kind in EXAMINED},
}
