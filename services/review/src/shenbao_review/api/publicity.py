"""Official publicity: posted by an office, read and objected to by anybody, decided by the office."""

import base64
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service
from shenbao_review.actions import publicity
from shenbao_review.actions.decisions import Verdict
from shenbao_review.api import publicity_answers as answers
from shenbao_review.api import publicity_schemas as schemas
from shenbao_review.domain.states import Action
from shenbao_review.providers.attachments import MOST_BYTES, ensure_harmless
from shenbao_review.queries import publicity as queries
from shenbao_review.queries.issuances import of_notices

blp = Blueprint("publicity", __name__, url_prefix="/v1", description="Official publicity of an office.")
public_blp = Blueprint("public", __name__, url_prefix="/v1/public/publicities", description="What everybody may read.")

SHEET = "shenbao-publicity+jwt"


@blp.post("/publicities")
@blp.arguments(schemas.PublicityIn)
@blp.response(201, schemas.NoticeOut)
def post(body: dict[str, Any]) -> dict[str, Any]:
    """Post cases for everybody to read. sheet: the masked values, signed by applications."""
    caller = actor_of(Kind.OFFICE)
    claims = service().keys_of("applications").verify(SHEET, body["sheet"])
    if claims.get("account_id") != str(caller.account_id):
        raise RuleBroken("sheet_invalid", Problem("sheet_invalid", "sheet"))
    with transaction() as session:
        notice = publicity.post(session, body["title"], claims["rows"], actor=caller, now=_now())
        session.flush()
        return answers.notice(notice, queries.shown(session, notice), [])


@blp.get("/publicities")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.NoticesOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """The notices of the caller's office, the latest first."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        found = queries.notices(session, _body(caller), **query)
        numbered = of_notices(session, [n.publicity_id for n in found.items])
    lines = [answers.item(n) | {"issuance_id": numbered.get(n.publicity_id)} for n in found.items]
    return {"items": lines, "next": found.next}


@blp.get("/publicities/<uuid:publicity_id>")
@blp.response(200, schemas.NoticeOut)
def show(publicity_id: UUID) -> dict[str, Any]:
    """One notice with its cases and what was objected; also the evidence after it was taken down."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        notice = queries.notice(session, publicity_id, _body(caller))
        seen = answers.notice(notice, queries.shown(session, notice), queries.objections(session, notice))
        return seen | {"issuance_id": of_notices(session, [publicity_id]).get(publicity_id)}


@blp.post("/objections/<uuid:objection_id>/decision")
@blp.arguments(schemas.ObjectionDecisionIn)
@blp.response(200, schemas.ObjectionOut)
def decide(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """Uphold or dismiss an objection, with an opinion; dismissed, the case goes on."""
    caller = actor_of(Kind.OFFICE)
    verdict = Verdict(actor=caller, action=Action.PASS, opinion=body["opinion"], now=_now())
    with transaction() as session:
        objection = queries.objection_of(session, objection_id, _body(caller), held=True)
        publicity.decide(session, objection, upheld=body["upheld"], verdict=verdict)
        return answers.objection(objection)


@blp.get("/objections/<uuid:objection_id>/attachment")
@blp.response(200)
def attachment(objection_id: UUID) -> Response:
    """The file that came with an objection; a browser saves it and runs nothing of it."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        found = queries.objection_of(session, objection_id, _body(caller)).attachment
    if not found:
        raise NotFound
    response = Response(base64.b64decode(found["content"]), mimetype=found["media_type"])
    response.headers["Content-Disposition"] = f'attachment; filename="objection.{found["suffix"]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@public_blp.get("")
@public_blp.arguments(PageQuery, location="query")
@public_blp.response(200, schemas.PublicNoticesOut)
@public
def running(query: dict[str, Any]) -> dict[str, Any]:
    """What is posted now, the latest first."""
    with transaction() as session:
        found = queries.notices(session, None, **query)
    return {"items": [answers.item(n) for n in found.items], "next": found.next}


@public_blp.get("/<uuid:publicity_id>")
@public_blp.response(200, schemas.PublicNoticeOut)
@public
def read(publicity_id: UUID) -> dict[str, Any]:
    """A notice while it is posted: masked names and the values that the programme allows."""
    with transaction() as session:
        notice = queries.notice(session, publicity_id)
        return answers.public_notice(notice, queries.shown(session, notice))


@public_blp.post("/<uuid:publicity_id>/objections")
@public_blp.arguments(schemas.ObjectionIn, location="form")
@public_blp.response(201, schemas.ReceivedOut)
@public
def object_to(form: dict[str, Any], publicity_id: UUID) -> dict[str, Any]:
    """Object to a case by its number, by name or anonymously, with at most one PDF or picture (multipart form)."""
    content = {key: form[key] for key in ("text", "name", "contact") if form[key]}
    # Looked at before anything is held: reading it takes longer than the rest.
    attachment = _attachment()
    with transaction() as session:
        notice = queries.notice(session, publicity_id)
        case = queries.case_to_object(session, notice, form["number"])
        objection = publicity.object_to(session, case, content, attachment, now=_now())
        return {"objection_id": objection.objection_id, "raised_at": objection.raised_at}


def _attachment() -> dict[str, str] | None:
    sent = request.files.get("attachment")
    if sent is None or not sent.filename:
        return None
    with closing(sent) as file:
        content = file.stream.read(MOST_BYTES + 1)
    kind = ensure_harmless(content)
    return {"content": base64.b64encode(content).decode(), "media_type": kind.media_type, "suffix": kind.suffix}


def _now() -> Any:
    return current_app.extensions["clock"]()


def _body(caller: Actor) -> UUID:
    if caller.organisation_id is None:
        raise NotFound
    return caller.organisation_id
