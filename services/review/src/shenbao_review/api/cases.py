"""Cases: the queue of a body, the cases of a unit, one case, its log."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import tagged
from shenbao_common.web.schema import PageQuery
from shenbao_review.api import answers
from shenbao_review.api.schemas import CaseOut, CasesOut, CasesQuery, CountsOut, CountsQuery, LogOut
from shenbao_review.domain.states import LOCAL_STATUS, CaseState
from shenbao_review.models import Case
from shenbao_review.queries import bounds, publicity, queues, reconsiderations
from shenbao_review.queries import cases as case_queries
from shenbao_review.queries.officers import marks
from shenbao_review.queries.wanted import Wanted

blp = Blueprint("cases", __name__, url_prefix="/v1/cases", description="Cases under review.")


@blp.get("")
@blp.arguments(CasesQuery, location="query")
@blp.response(200, CasesOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """An office: its queue. A unit or sub-account: its own cases. An administrator: all."""
    caller = actor()
    with transaction() as session:
        if caller.kind == Kind.OFFICE:
            entries = queues.queue_page(session, _body(caller), _wanted(query, caller))
            known = marks(session, caller, [e.application_id for e in entries.items])
            lines = [answers.item(e.case, caller, e.since, known.get(e.application_id)) for e in entries.items]
            return {"items": lines, "next": entries.next}
        cases = case_queries.cases_page(session, caller, _wanted(query, caller))
        return {"items": [answers.item(c, caller, c.moved_at) for c in cases.items], "next": cases.next}


@blp.get("/counts")
@blp.arguments(CountsQuery, location="query")
@blp.response(200, CountsOut)
def counts(query: dict[str, Any]) -> dict[str, Any]:
    """How many cases stand under each tab of the caller's list."""
    caller = actor()
    with transaction() as session:
        if caller.kind == Kind.OFFICE:
            found = queues.queue_counts(session, _body(caller), query["project_id"])
        else:
            found = case_queries.case_counts(session, caller, query["project_id"])
    own = sum(found[tab] for tab in queues.OWN_TABS)
    return found | {"all": min(own, bounds.BOUND), "bound": bounds.BOUND}


@blp.get("/<uuid:application_id>")
@blp.response(200, CaseOut)
def show(application_id: UUID) -> dict[str, Any]:
    """Where a case is, and how it got there."""
    caller = actor()
    with transaction() as session:
        return whole(session, case_queries.case_of(session, application_id, caller))


@blp.get("/<uuid:application_id>/log")
@blp.arguments(PageQuery, location="query")
@blp.response(200, LogOut)
def log(query: dict[str, Any], application_id: UUID) -> dict[str, Any]:
    """What was done to a case, oldest first."""
    caller = actor()
    with transaction() as session:
        case = case_queries.case_of(session, application_id, caller)
        lines = case_queries.log_page(session, case, **query)
        return {"items": [answers.entry(line, caller) for line in lines.items], "next": lines.next}


def whole(session: Session, case: Case) -> dict[str, Any]:
    """One case as the caller sees it, with its ETag."""
    caller = actor()
    version = case_queries.version_of(session, tagged(case))
    label = case_queries.label(version, LOCAL_STATUS[CaseState(case.state)])
    mark = marks(session, caller, [case.application_id]).get(case.application_id)
    found = answers.whole(case, caller, label, mark)
    if found["current"]:
        found["current"]["default_opinion"] = case_queries.default_opinions(version).get(found["current"]["step_key"])
    found["reconsideration"] = reconsiderations.standing(session, case)
    found["publicity"] = answers.posted(publicity.running_of(session, case.application_id))
    return found


def _wanted(query: dict[str, Any], caller: Actor) -> Wanted:
    claimed = query.pop("claimed")
    mine = caller.account_id if claimed == "mine" else None
    return Wanted(**query, claimed_by=mine, unclaimed=claimed == "nobody")


def _body(caller: Actor) -> UUID:
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    return caller.organisation_id
