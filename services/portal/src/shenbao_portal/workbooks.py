"""Tables that documents writes of a sheet, handed through."""

from typing import Any

from flask import Response

from shenbao_portal.client import service


def of_sheet(sheet: Any, form: str = "xlsx") -> Response:
    """The workbook, or the comma-separated values, of a slip that applications signed."""
    made = service("documents").post("/v1/exports", {"sheet": sheet, "format": form})
    headers = {k: made.headers[k] for k in ("Content-Type", "Content-Disposition") if k in made.headers}
    return Response(made.body, headers=headers)
