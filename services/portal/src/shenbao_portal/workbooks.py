"""Workbooks that documents writes of a sheet, handed through."""

from typing import Any

from flask import Response

from shenbao_portal.client import service


def of_sheet(sheet: Any) -> Response:
    """The workbook of a slip that applications signed."""
    made = service("documents").post("/v1/exports", {"sheet": sheet})
    headers = {k: made.headers[k] for k in ("Content-Type", "Content-Disposition") if k in made.headers}
    return Response(made.body, headers=headers)
