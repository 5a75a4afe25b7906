"""Code dictionaries: read by everybody, kept by the central office."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.actions import dictionaries
from shenbao_applications.domain.dictionaries import DICTIONARIES, KEY, is_central
from shenbao_applications.models import Code, CodeVersion
from shenbao_applications.queries import dictionaries as queries
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("dictionaries", __name__, url_prefix="/v1", description="Code dictionaries of all programmes.")

_MOST_VERSIONS = 2**31 - 1


class NamesIn(Schema):
    """What a code is called."""

    zh = Text(200, required=True)
    en = Text(200, required=True)


class CodeIn(NamesIn):
    """A code; its key never changes."""

    key = ma.fields.String(required=True, validate=validate.Regexp(rf"{KEY.pattern}\Z"))


class CodeOut(Schema):
    """A code with its names."""

    key = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class CodesQuery(PageQuery):
    """q: the beginning of a key, or a piece of a name."""

    q = Text(100, low=0, load_default=None)


class CodeList(Schema):
    """One page of what is prepared, by key."""

    items = ma.fields.List(ma.fields.Nested(CodeOut))
    next = ma.fields.String(allow_none=True)


class CodeVersionIn(Schema):
    """effective_on: the day in China from which new applications are made with it."""

    name = Text(60, required=True)
    effective_on = ma.fields.Date(required=True)


class CodeVersionLineOut(Schema):
    """A published version."""

    number = ma.fields.Integer()
    name = ma.fields.String()
    effective_on = ma.fields.Date()
    published_at = ma.fields.AwareDateTime()


class CodeVersionOut(CodeVersionLineOut):
    """With all its codes, by dictionary."""

    codes = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.Nested(CodeOut)))


class CodeVersionList(Schema):
    """One page, newest first."""

    items = ma.fields.List(ma.fields.Nested(CodeVersionLineOut))
    next = ma.fields.String(allow_none=True)


class DictionaryOut(CodeOut):
    """A dictionary."""


class DictionariesOut(Schema):
    """in_force: the version with which applications are begun today, null before the first.

    changeable: whether whoever asks keeps them.
    """

    items = ma.fields.List(ma.fields.Nested(DictionaryOut))
    changeable = ma.fields.Boolean()
    in_force = ma.fields.Nested(CodeVersionLineOut, allow_none=True)


@blp.get("/dictionaries")
@blp.response(200, DictionariesOut)
def list_all() -> Mapping[str, Any]:
    """Every dictionary, and which version is in force (S4a-02)."""
    who = actor()
    with transaction() as session:
        return {
            "items": [{"key": key, **names} for key, names in DICTIONARIES.items()],
            "changeable": is_central(who, queries.level_of(session, who.organisation_id)),
            "in_force": queries.in_force(session, office_day(now())),
        }


@blp.get("/dictionaries/<dictionary>/codes")
@blp.arguments(CodesQuery, location="query")
@blp.response(200, CodeList)
def list_codes(query: dict[str, Any], dictionary: str) -> Mapping[str, Any]:
    """What the next version will hold of a dictionary."""
    actor()
    with transaction() as session:
        found = queries.codes_page(session, _known(dictionary), **query)
        return {"items": found.items, "next": found.next}


@blp.post("/dictionaries/<dictionary>/codes")
@blp.arguments(CodeIn)
@blp.response(201, CodeOut)
def add(body: dict[str, Any], dictionary: str) -> Code:
    """Prepare a code for the next version; central office only (S4a-02)."""
    with transaction() as session:
        return dictionaries.add(session, _known(dictionary), body, actor=actor(), now=now())


@blp.put("/dictionaries/<dictionary>/codes/<key>")
@blp.arguments(NamesIn)
@blp.response(200, CodeOut)
def rename(body: dict[str, Any], dictionary: str, key: str) -> Code:
    """Rename a code from the next version on."""
    with transaction() as session:
        return dictionaries.rename(session, _known(dictionary), _key(key), body, actor=actor(), now=now())


@blp.delete("/dictionaries/<dictionary>/codes/<key>")
@blp.response(204)
def drop(dictionary: str, key: str) -> None:
    """Leave a code out of the next version."""
    with transaction() as session:
        dictionaries.drop(session, _known(dictionary), _key(key), actor=actor())


@blp.get("/code-versions")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CodeVersionList)
def list_versions(query: dict[str, Any]) -> Mapping[str, Any]:
    """What was published."""
    actor()
    with transaction() as session:
        found = queries.versions_page(session, **query)
        return {"items": found.items, "next": found.next}


@blp.post("/code-versions")
@blp.arguments(CodeVersionIn)
@blp.response(201, CodeVersionOut)
def publish(body: dict[str, Any]) -> CodeVersion:
    """Publish what is prepared; applications that were begun before its day keep theirs (S4a-03)."""
    with transaction() as session:
        return dictionaries.publish(session, **body, actor=actor(), now=now())


@blp.get("/code-versions/<int:number>")
@blp.response(200, CodeVersionOut)
def show_version(number: int) -> CodeVersion:
    """A published version with its codes."""
    actor()
    with transaction() as session:
        return queries.version(session, min(number, _MOST_VERSIONS))


def _known(dictionary: str) -> str:
    if dictionary not in DICTIONARIES:
        raise NotFound
    return dictionary


def _key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise NotFound
    return key
