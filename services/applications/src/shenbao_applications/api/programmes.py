"""Programmes: publish a pack, check one, read what is published."""

from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import programmes
from shenbao_applications.domain.pack import check
from shenbao_applications.domain.pack.shapes import KEY
from shenbao_applications.domain.pack.source import MOST_CHARACTERS
from shenbao_applications.models import ProgrammeVersion
from shenbao_applications.queries import packs
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.errors import NotFound, Problem
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("programmes", __name__, url_prefix="/v1/programmes", description="Programmes as data.")

_MOST_VERSIONS = 2**31 - 1


class PackIn(Schema):
    """programme: the text of programme.yaml. templates: file name to typst text."""

    programme = ma.fields.String(required=True, validate=validate.Length(1, MOST_CHARACTERS))
    templates = ma.fields.Dict(
        keys=ma.fields.String(validate=validate.Length(1, 100)),
        values=ma.fields.String(),
        load_default=dict,
        validate=validate.Length(max=50),
    )


class VersionOut(Schema):
    """The version that holds the content."""

    programme = ma.fields.String()
    version = ma.fields.Integer()
    published_at = ma.fields.AwareDateTime()


class ProgrammeOut(VersionOut):
    """What menus need of a programme's newest version."""

    zh = ma.fields.String(attribute="document.zh")
    en = ma.fields.String(attribute="document.en")
    variants = ma.fields.Raw(attribute="document.variants")


class ProgrammeList(Schema):
    """Every programme, by key."""

    items = ma.fields.List(ma.fields.Nested(ProgrammeOut))
    next = ma.fields.String(allow_none=True)


class ProgrammePackOut(VersionOut):
    """One version with its whole document (docs: the service's README, "The pack")."""

    pack = ma.fields.Raw(attribute="document")


@blp.post("")
@blp.arguments(PackIn)
@blp.response(201, VersionOut)
def publish(body: dict[str, Any]) -> ProgrammeVersion:
    """Publish a pack as the programme's next version; the same content again answers the same version."""
    who = actor_with("programme.publish")
    with transaction() as session:
        return programmes.publish(session, body["programme"], body["templates"], actor=who, now=now())


@blp.post("/check")
@blp.arguments(PackIn)
def check_pack(body: dict[str, Any]) -> ResponseReturnValue:
    """Every objection to a pack at once, with path and line; nothing is stored."""
    actor_with("programme.publish")
    found = check.problems(body["programme"], body["templates"])
    return jsonify(problems=[_as_finding(p) for p in found])


@blp.get("")
@blp.response(200, ProgrammeList)
def list_all() -> dict[str, Any]:
    """The newest version of every programme."""
    with transaction() as session:
        return {"items": packs.newest_of_all(session), "next": None}


@blp.get("/<key>")
@blp.response(200, ProgrammePackOut)
def show(key: str) -> ProgrammeVersion:
    """A programme's newest version."""
    actor()
    with transaction() as session:
        found = packs.latest(session, _known(key))
    if found is None:
        raise NotFound
    return found


@blp.get("/<key>/versions/<int:number>")
@blp.response(200, ProgrammePackOut)
def show_version(key: str, number: int) -> ProgrammeVersion:
    """One version; it never changes."""
    actor()
    with transaction() as session:
        return packs.version(session, _known(key), min(number, _MOST_VERSIONS))


def _known(key: str) -> str:
    # What cannot be a key is not asked of the database, which would not take every character.
    if not KEY.fullmatch(key):
        raise NotFound
    return key


def _as_finding(problem: Problem) -> dict[str, Any]:
    line = problem.params["line"]
    rest = {name: value for name, value in problem.params.items() if name != "line"}
    details = "; ".join(f"{name}: {value}" for name, value in rest.items())
    message = problem.code.replace("_", " ") + (f" ({details})" if details else "")
    return {"code": problem.code, "path": problem.path, "line": line, "message": message, "params": rest}
