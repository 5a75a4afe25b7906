"""Idempotency keys: the same key gives the same answer and one effect, also when sent at the same time (B-20)."""

import base64
import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask import Response, g, request
from sqlalchemy.dialects.postgresql import insert

from shenbao_common.data.last_words import say_last
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web import edge, preferring

metadata = sa.MetaData()

request_key = sa.Table(
    "request_key",
    metadata,
    sa.Column("account_id", sa.Uuid, primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer),
    # An answer may hold a one-time password or personal data, so it is sealed like any such row.
    sa.Column("answer", SealedJson),
    sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
)

_TAKE = insert(request_key).on_conflict_do_nothing().returning(request_key.c.key)
_ASKED = (request_key.c.account_id == sa.bindparam("by")) & (request_key.c.key == sa.bindparam("known_as"))
_KEEP = sa.update(request_key).where(_ASKED)
_NOBODY = UUID(int=0)
_KEPT_HEADERS = (
    "Content-Type",
    "ETag",
    "Location",
    "Shenbao-Version",
    "Content-Disposition",
    "Preference-Applied",
)


@dataclass(frozen=True)
class Claim:
    """A key taken by this request, or the answer that an earlier request with it got."""

    account_id: UUID
    key: str
    answer: Response | None = None


def claim() -> Claim | None:
    """Takes the request's key; waits for a simultaneous request with the same key to end."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 8 <= len(key) <= 100:
        raise RuleBroken("invalid", Problem("wrong_length", "Idempotency-Key", {"limit": "8-100"}))
    account_id = actor.account_id if (actor := g.get("actor")) else _NOBODY
    fingerprint = _fingerprint()
    with edge.transaction() as session:
        # A second insert of the same key blocks here until the first request's transaction has ended.
        asked = {"account_id": account_id, "key": key, "fingerprint": fingerprint}
        taken = session.connection().execute(_TAKE, asked).first()
        if taken:
            return Claim(account_id, key)
        earlier = session.execute(
            sa.select(request_key).where(request_key.c.account_id == account_id, request_key.c.key == key)
        ).one()
    # The version before this one kept answers without what was asked for.
    if earlier.fingerprint != fingerprint or earlier.answer.get("asked", _asked_for()) != _asked_for():
        raise RuleBroken("idempotency_key_reused")
    return Claim(account_id, key, _answer(earlier.status, earlier.answer))


def remember(claimed: Claim, response: Response) -> None:
    """Stores the answer in the request's transaction."""
    preferring.say(response).direct_passthrough = False
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = base64.b64encode(response.get_data()).decode()
    with edge.transaction() as session:
        kept = {
            "status": response.status_code,
            "answer": {"headers": headers, "body": body, "asked": _asked_for()},
        }
        say_last(session, _KEEP, {"by": claimed.account_id, "known_as": claimed.key, **kept})


def _answer(status: int, answer: dict[str, object]) -> Response:
    body = base64.b64decode(str(answer["body"]))
    response = Response(body, status=status, headers=dict(answer["headers"]))  # type: ignore[call-overload]
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _asked_for() -> list[str]:
    """What else makes the answer: the query, and how much of what was changed it is to hold."""
    return [request.query_string.decode("latin-1"), preferring.asked("return")]


def _fingerprint() -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if g.get("actor") is None:
        # Nobody is known by a token, so who shows another secret, or none, is somebody else.
        digest.update(request.headers.get("Authorization", "").encode())
    if request.mimetype == "multipart/form-data":
        # The boundary changes with every sending, so the fields and files are compared instead of the body.
        digest.update(json.dumps(sorted(request.form.items(multi=True))).encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
            digest.update(name.encode() + hashlib.file_digest(file.stream, "sha256").digest())  # type: ignore[arg-type]
            file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.digest()
