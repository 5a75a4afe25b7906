"""Programmes: publish a pack, check one, read what is published."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import programmes, rehearsal
from shenbao_applications.domain.pack import check, samples
from shenbao_applications.domain.pack.shapes import KEY
from shenbao_applications.domain.pack.source import MOST_CHARACTERS
from shenbao_applications.models import ProgrammeVersion
from shenbao_applications.queries import packs
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import NotFound, ensure
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("programmes", __name__, url_prefix="/v1/programmes", description="Programmes as data.")

_MOST_VERSIONS = 2**31 - 1


class PackIn(Schema):
    """programme: the text of programme.yaml. samples: that of samples.yaml. templates: file name to typst text."""

    programme = ma.fields.String(required=True, validate=validate.Length(1, MOST_CHARACTERS))
    samples = ma.fields.String(load_default="", validate=validate.Length(0, MOST_CHARACTERS))
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
    withdrawn_at = ma.fields.AwareDateTime(allow_none=True)


class ProgrammeOut(VersionOut):
    """What menus need of a programme's newest version.

    unit_step: what a unit examines in it is called so, or null. documents: the kinds of papers that it knows.
    """

    zh = ma.fields.String(attribute="document.zh")
    en = ma.fields.String(attribute="document.en")
    variants = ma.fields.Raw(attribute="document.variants")
    fill = ma.fields.Raw(attribute="document.submission.fill")
    report = ma.fields.Raw(attribute="document.submission.report")
    save_mode = ma.fields.String(attribute="document.save_mode")
    self_test = ma.fields.Raw(attribute="document.self_test")
    unit_step = ma.fields.Function(lambda version: _unit_step(version.document["route"]))
    documents = ma.fields.Function(lambda version: [one["kind"] for one in version.document["documents"]])


def _unit_step(route: list[dict[str, Any]]) -> dict[str, str] | None:
    steps = (step for entry in route for step in entry.get("parallel", [entry]))
    found = next((s for s in steps if s["decider"] == "unit" and s["actions"] != ["report"]), None)
    return {"zh": found["zh"], "en": found["en"]} if found else None


class ProgrammeList(Schema):
    """Every programme, by key."""

    items = ma.fields.List(ma.fields.Nested(ProgrammeOut))
    next = ma.fields.String(allow_none=True)


class PackChangeOut(Schema):
    """concerns: the word of the pack; what: added, removed, changed or moved."""

    path = ma.fields.String()
    concerns = ma.fields.String()
    what = ma.fields.String()
    old = ma.fields.Raw(allow_none=True)
    new = ma.fields.Raw(allow_none=True)


class PackComparisonOut(Schema):
    """version: in force, null when there is none. open_drafts: not touched; counted up to a bound of 2,500."""

    programme = ma.fields.String()
    version = ma.fields.Integer(allow_none=True)
    changes = ma.fields.List(ma.fields.Nested(PackChangeOut))
    open_drafts = ma.fields.Integer()


class CodesQuery(Schema):
    """codes: a version of the code dictionaries, as an application names the one that it was made with."""

    codes = ma.fields.Integer(load_default=None, validate=validate.Range(1, _MOST_VERSIONS))


class ProgrammePackOut(VersionOut):
    """One version with its whole document (docs: the service's README, "The pack")."""

    pack = ma.fields.Raw(attribute="document")


@blp.post("")
@blp.arguments(PackIn)
@blp.response(201, VersionOut)
def publish(body: dict[str, Any]) -> ProgrammeVersion:
    """Publish a pack as the programme's next version; the same content again answers the same version."""
    who = actor_with("programme.publish")
    document = check.document(body["programme"], body["templates"])
    wrong = [p for outcome in rehearsal.rehearse(_coded(document), body["samples"]) for p in outcome.problems]
    ensure(wrong, "samples_differ")
    with transaction() as session:
        return programmes.publish(session, document, source=body["programme"], actor=who, now=now())


@blp.post("/check")
@blp.arguments(PackIn)
def check_pack(body: dict[str, Any]) -> ResponseReturnValue:
    """Every objection to a pack at once, with file, path and line, and its dry run; nothing is stored."""
    actor_with("programme.publish")
    problems = [check.finding(p, "programme.yaml") for p in check.problems(body["programme"], body["templates"])]
    problems += [check.finding(p, "samples.yaml") for p in samples.objections(body["samples"])]
    if problems:
        return jsonify(problems=problems, samples=[])
    ran = rehearsal.rehearse(_coded(check.document(body["programme"], body["templates"])), body["samples"])
    return jsonify(problems=[check.finding(p, "samples.yaml") for o in ran for p in o.problems], samples=_run(ran))


@blp.post("/comparison")
@blp.arguments(PackIn)
@blp.response(200, PackComparisonOut)
def compare(body: dict[str, Any]) -> programmes.Difference:
    """What a pack would change of the version in force; open drafts keep theirs (B-29)."""
    actor_with("programme.publish")
    document = check.document(body["programme"], body["templates"])
    with transaction() as session:
        return programmes.compare(session, document)


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
@blp.arguments(CodesQuery, location="query")
@blp.response(200, ProgrammePackOut)
def show_version(query: dict[str, Any], key: str, number: int) -> Mapping[str, Any]:
    """One version; it never changes. Options from dictionaries are those of `codes`, else those in force today."""
    actor()
    with transaction() as session:
        found = packs.version(session, _known(key), min(number, _MOST_VERSIONS))
        return {**vars(found), "document": packs.shown(session, found.document, query["codes"], office_day(now()))}


@blp.post("/<key>/versions/<int:number>/withdrawal")
@blp.response(200, VersionOut)
def withdraw(key: str, number: int) -> ProgrammeVersion:
    """Takes a version out of force; projects and applications that have it go on."""
    actor_with("programme.publish")
    with transaction() as session:
        version = packs.version(session, _known(key), min(number, _MOST_VERSIONS))
        return programmes.withdraw(session, version, now=now())


def _coded(document: dict[str, Any]) -> dict[str, Any]:
    """With the codes of today, by which samples are judged."""
    with transaction() as session:
        return packs.shown(session, document, None, office_day(now()))


def _run(outcomes: list[rehearsal.Outcome]) -> list[dict[str, Any]]:
    return [{"name": o.name, "line": o.line, "passed": not o.problems} for o in outcomes]


def _known(key: str) -> str:
    # What cannot be a key is not asked of the database, which would not take every character.
    if not KEY.fullmatch(key):
        raise NotFound
    return key
