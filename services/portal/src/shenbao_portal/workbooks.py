"""Tables that documents writes of a sheet, handed through; longer lists are begun and fetched later (`exports`)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.texts import _

SUMMARY, RECEIVED = "summary", "received"
ASKED = ("programme", "variant", "project_id", "tab", "q", "sort", "columns")
"""What a list is filtered by, sorted by and shows; several keys are separated by commas."""


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
    applications = service("applications")
    part: Mapping[str, Any]
    if kind == SUMMARY:
        part = applications.get("/v1/applications/summary-parts", after=after, **given).body
        return part
    keys = {name: given.pop(name, "").split(",") for name in ("sort", "columns")}
    body: dict[str, Any] = {name: [key for key in found if key] for name, found in keys.items()}
    body |= given | {"after": after or None, "title": _("申报材料名单")}
    part = applications.post("/v1/applications/table-parts", body).body
    return part
