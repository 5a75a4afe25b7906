"""The self-test of a programme: open to anybody, and nothing of it is kept (B-01)."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import self_test
from shenbao_applications.api import presenting
from shenbao_applications.api.check_schemas import ClauseOut
from shenbao_applications.api.schemas import NamedOut
from shenbao_applications.domain.pack.shapes import KEY
from shenbao_applications.queries import packs
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("self-test", __name__, url_prefix="/v1/programmes", description="Am I eligible? Without signing in.")

_MOST_ANSWERS = 100


class AnswersIn(Schema):
    """answers: place of the form, or `facts.<key>`, to value. What is left out is not decided upon."""

    answers = ma.fields.Dict(
        keys=ma.fields.String(validate=validate.Length(1, 200)),
        required=True,
        validate=validate.Length(max=_MOST_ANSWERS),
    )


class QuestionOut(NamedOut):
    """A place with what it takes: its type and, of a choice, the options."""

    place = ma.fields.String()
    type = ma.fields.String()
    options = ma.fields.List(ma.fields.Dict(), allow_none=True)
    help = ma.fields.Nested(NamedOut, allow_none=True)


class SelfTestOut(NamedOut):
    """The questions of a programme, and its clauses before anything is answered."""

    programme = ma.fields.String()
    version = ma.fields.Integer()
    questions = ma.fields.List(ma.fields.Nested(QuestionOut))
    clauses = ma.fields.List(ma.fields.Nested(ClauseOut))


class JudgedOut(Schema):
    """Every clause of the version in force for these answers."""

    programme = ma.fields.String()
    version = ma.fields.Integer()
    clauses = ma.fields.List(ma.fields.Nested(ClauseOut))


@blp.get("/<key>/self-test")
@blp.response(200, SelfTestOut)
@public
def show(key: str) -> Mapping[str, Any]:
    """What the self-test asks."""
    with transaction() as session:
        version, pack = _in_force(session, key)
    names = {name: pack.document[name] for name in ("zh", "en")}
    asked = [self_test.question(pack, place) for place in pack.document["self_test"]]
    return {**names, "questions": asked, **_judged(version, self_test.judge(pack, {}, today=office_day(now())))}


@blp.post("/<key>/self-test")
@blp.arguments(AnswersIn)
@blp.response(200, JudgedOut)
@public
def judge(body: dict[str, Any], key: str) -> Mapping[str, Any]:
    """What each clause says of these answers; nothing is stored or logged of them."""
    with transaction() as session:
        version, pack = _in_force(session, key)
    return _judged(version, self_test.judge(pack, body["answers"], today=office_day(now())))


def _in_force(session: Any, key: str) -> tuple[Any, Any]:
    version = packs.in_force(session, key) if KEY.fullmatch(key) else None
    if version is None or not version.document.get("self_test"):
        raise NotFound
    return version, packs.pack(session, version.id)


def _judged(version: Any, judgements: Any) -> dict[str, Any]:
    clauses = [presenting.clause(judgement) for judgement in judgements]
    return {"programme": version.programme, "version": version.version, "clauses": clauses}
