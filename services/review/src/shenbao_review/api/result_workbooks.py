"""The results of a committee that sits elsewhere, as the workbook in which it hands them in (S4a-08)."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint
from flask_smorest.fields import Upload
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, Problem, RuleBroken, ensure
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema
from shenbao_review.actions import results
from shenbao_review.api.committee_schemas import ResultsTakenOut
from shenbao_review.domain.decision import ASSIGN, PERMISSION
from shenbao_review.domain.states import Action
from shenbao_review.models import Committee
from shenbao_review.providers import workbooks
from shenbao_review.queries import committees

blp = Blueprint("result_workbooks", __name__, url_prefix="/v1/committees", description="Results as workbooks.")

_MOST_ROWS, _LONGEST = 1000, 2000


class WorkbookIn(Schema):
    """The first sheet has heads 编号, 评审结果 (通过 or 不通过) and, if wanted, 评审意见."""

    file = Upload(required=True)


@blp.post("/<uuid:committee_id>/results-workbook")
@blp.arguments(WorkbookIn, location="files")
@blp.response(200, ResultsTakenOut)
def take_in(sent: dict[str, Any], committee_id: UUID) -> dict[str, int]:
    """All rows count, or none: every bad one is named by its number in the workbook."""
    caller = actor_of(Kind.OFFICE)
    for tick in (ASSIGN, PERMISSION[Action.PASS]):
        caller.require(tick)
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    lines = _lines(sent["file"].stream.read(workbooks.MOST_BYTES + 1))
    with transaction() as session:
        committee = committees.committee_of(session, committee_id, caller.organisation_id)
        return _taken(session, committee, lines, caller)


def _taken(session: Session, committee: Committee, lines: list[workbooks.Line], caller: Actor) -> dict[str, int]:
    """Malformed rows are named together with those that no case waits for."""
    malformed = {line.number: found for line in lines if (found := _problems(line))}
    sound = [line for line in lines if line.number not in malformed]
    rows = [{"reference": line.reference, "result": line.result, "opinion": line.opinion} for line in sound]
    problems, passed = [problem for found in malformed.values() for problem in found], 0
    try:
        passed = results.take_in(session, committee, rows, actor=caller, now=current_app.extensions["clock"]())
    except RuleBroken as refused:
        problems += [_of_line(problem, sound) for problem in refused.problems]
    ensure(sorted(problems, key=lambda problem: int(problem.path.split(".")[1])))
    return {"passed": passed, "failed": len(rows) - passed}


def _lines(content: bytes) -> list[workbooks.Line]:
    try:
        lines = workbooks.lines(content)
    except workbooks.BadWorkbook as bad:
        raise RuleBroken("invalid", Problem(bad.code, "file", {"limit_bytes": workbooks.MOST_BYTES})) from bad
    if not lines or len(lines) > _MOST_ROWS:
        raise RuleBroken("invalid", Problem("wrong_number_of_rows", "file", {"most": _MOST_ROWS}))
    return lines


def _problems(line: workbooks.Line) -> list[Problem]:
    found = []
    if not line.reference:
        found.append(Problem("required", f"rows.{line.number}.reference"))
    if line.result not in {"passed", "failed"}:
        found.append(Problem("unknown_choice", f"rows.{line.number}.result"))
    if len(line.opinion) > _LONGEST:
        found.append(Problem("too_long", f"rows.{line.number}.opinion", {"limit": _LONGEST}))
    return found


def _of_line(problem: Problem, lines: list[workbooks.Line]) -> Problem:
    """A place among the rows handed over becomes the row of the workbook."""
    rows, index, field = problem.path.split(".")
    return Problem(problem.code, f"{rows}.{lines[int(index)].number}.{field}", problem.params)
