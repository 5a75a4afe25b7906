"""Face authentication, and what is read after it."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy import select

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound, Unauthenticated
from shenbao_common.web.auth import actor_of, actor_with
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.errors import Unavailable
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service
from shenbao_identity.actions import face, shared_data
from shenbao_identity.api.browser import settings
from shenbao_identity.api.face_schemas import (
    ConfirmationIn,
    FaceIn,
    FaceOut,
    FaceSlipIn,
    FaceSlipOut,
    NewFaceOut,
    ReadsOut,
    SharedDataIn,
    SharedDataOut,
)
from shenbao_identity.api.me import session_id
from shenbao_identity.domain.face import seconds_left, state_of
from shenbao_identity.models import Account, FaceSession, SharedDataRead
from shenbao_identity.providers.shared_data import SharedData
from shenbao_identity.providers.upstream import ProviderFault

FACE = "shenbao-face+jwt"

blp = Blueprint("face", __name__, url_prefix="/v1", description="Face authentication and shared data.")


@blp.post("/me/face-sessions")
@blp.arguments(FaceIn)
@blp.response(201, NewFaceOut)
def begin(body: dict[str, Any]) -> dict[str, Any]:
    """A code to be scanned within 179 seconds; after that a new one is to be asked for (S2-05)."""
    who, sid = _person()
    with transaction() as session:
        row, code = face.begin(session, who.account_id, sid=sid, purpose=body["purpose"], now=clock.now())
    return _shown(row) | {"code": code}


@blp.get("/me/face-sessions/<uuid:face_id>")
@blp.response(200, FaceOut)
def show(face_id: UUID) -> dict[str, Any]:
    """How far it has come: created, passed, failed, used, expired."""
    who, sid = _person()
    with transaction() as session:
        return _shown(face.own(session, face_id, account_id=who.account_id, sid=sid))


@blp.post("/me/face-slips")
@blp.arguments(FaceSlipIn)
@blp.response(201, FaceSlipOut)
def slip(body: dict[str, Any]) -> dict[str, Any]:
    """Who was in front of the camera, for one act of this purpose in another service; uses the authentication up.

    It ends when the authentication would have, so that no act rests on an older one.
    """
    (who, sid), now = _person(), clock.now()
    with transaction() as session:
        row = face.use(session, who.account_id, sid=sid, purpose=body["purpose"], now=now)
        told = session.get_one(Account, who.account_id).personal
    said = {"account_id": str(who.account_id), "face_id": str(row.id), "purpose": row.purpose}
    said |= {name: told.get(name, "") for name in ("name", "id_number")}
    return {"slip": service().signer.sign(FACE, said, seconds=seconds_left(row.created_at, row.passed_at, now))}


@blp.post("/face-confirmations")
@blp.arguments(ConfirmationIn)
@blp.response(204)
def confirm(body: dict[str, Any]) -> None:
    """The authentication app says who was in front of the camera."""
    actor_with("face.confirm")
    with transaction() as session:
        face.confirm(session, now=clock.now(), **body)


@blp.post("/me/shared-data")
@blp.arguments(SharedDataIn)
@blp.response(200, SharedDataOut)
def read(body: dict[str, Any]) -> dict[str, Any]:
    """Read the own data from the government's platform; takes a face authentication (S2-06)."""
    who, sid = _person()
    if not settings().shared_data_url:
        raise NotFound
    now, fields = clock.now(), sorted(set(body["wanted"]))
    with own_transaction() as session:
        # Used up whatever the platform answers, and recorded before it is asked.
        face.use(session, who.account_id, sid=sid, purpose="shared_data", now=now)
        row = shared_data.record(
            session, who.account_id, purpose=body["purpose"], fields=fields, outcome="asked", now=now
        )
        told = session.get_one(Account, who.account_id).personal
    platform = SharedData(url=settings().shared_data_url, token=settings().shared_data_token)
    try:
        records = platform.read(
            name=told.get("name", ""), id_number=told.get("id_number", ""), fields=fields, purpose=body["purpose"]
        )
    except ProviderFault as fault:
        _close(row.id, "failed")
        raise Unavailable("shared_data_unavailable") from fault
    _close(row.id, "read")
    return {"records": records}


@blp.get("/me/shared-data-reads")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ReadsOut)
def reads(query: dict[str, Any]) -> Page[SharedDataRead]:
    """Which of the own data were read, what for and when."""
    who = actor_of(Kind.PERSON)
    own = select(SharedDataRead).where(SharedDataRead.account_id == who.account_id)
    with transaction() as session:
        return page(session, own, by=[SharedDataRead.id], **query)


def _close(row_id: UUID, outcome: str) -> None:
    with own_transaction() as session:
        session.get_one(SharedDataRead, row_id).outcome = outcome


def _person() -> tuple[Actor, UUID]:
    who, sid = actor_of(Kind.PERSON), session_id()
    if sid is None:
        raise Unauthenticated("token_invalid")
    return who, sid


def _shown(row: FaceSession) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": row.id,
        "purpose": row.purpose,
        "state": state_of(row.state, row.created_at, row.passed_at, now),
        "seconds_left": seconds_left(row.created_at, row.passed_at, now),
    }
