"""Packages between levels: report up, receive, and what was sent and received (S4a-07)."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_review.actions import packages
from shenbao_review.actions.decisions import Verdict
from shenbao_review.domain.states import Action
from shenbao_review.models import Package
from shenbao_review.queries import packages as queries

blp = Blueprint("packages", __name__, url_prefix="/v1/packages", description="Packages between levels.")

_TIME = ma.fields.AwareDateTime(format="iso", allow_none=True)


class PackageIn(Schema):
    """Cases that wait for the caller's office: they are passed with this opinion, and sent on together."""

    title = Text(200, required=True)
    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(min=1, max=500))
    opinion = Text(2000, low=0, load_default=None, allow_none=True)


class PackagesQuery(PageQuery):
    """box: what the caller's office sent, or what it got."""

    box = ma.fields.String(load_default="received", validate=validate.OneOf(["sent", "received"]))


class PackageCaseOut(Schema):
    """reason: why it was returned and so left the package."""

    application_id = ma.fields.UUID()
    number = ma.fields.Integer()
    reference = ma.fields.String()
    returned_at = _TIME
    reason = ma.fields.String(allow_none=True)


class PackageItemOut(Schema):
    """sent: so many cases went up; received: so many were taken in; returned: so many have left it since."""

    package_id = ma.fields.UUID()
    title = ma.fields.String()
    from_id = ma.fields.UUID()
    from_name = ma.fields.String()
    to_id = ma.fields.UUID()
    to_name = ma.fields.String()
    sent_at = _TIME
    received_at = _TIME
    sent = ma.fields.Integer()
    received = ma.fields.Integer()
    returned = ma.fields.Integer()


class PackageOut(PackageItemOut):
    cases = ma.fields.List(ma.fields.Nested(PackageCaseOut))


class PackagesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(PackageItemOut))
    next = ma.fields.String(allow_none=True)


@blp.post("")
@blp.arguments(PackageIn)
@blp.response(201, PackageOut)
def report_up(body: dict[str, Any]) -> dict[str, Any]:
    """Pass the cases and send them to the office above, all or none."""
    caller = actor_of(Kind.OFFICE)
    verdict = Verdict(actor=caller, action=Action.PASS, opinion=body["opinion"], now=_now())
    with transaction() as session:
        ids = list(dict.fromkeys(body["ids"]))
        return _shown(packages.report_up(session, body["title"], ids, verdict))


@blp.get("")
@blp.arguments(PackagesQuery, location="query")
@blp.response(200, PackagesOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """Packages of the caller's office, the latest first."""
    body_id, box = _office(actor_of(Kind.OFFICE)), query.pop("box")
    with transaction() as session:
        found = queries.packages_page(session, body_id, sent=box == "sent", **query)
        return {"items": [_shown(one) for one in found.items], "next": found.next}


@blp.get("/<uuid:package_id>")
@blp.response(200, PackageOut)
def show(package_id: UUID) -> dict[str, Any]:
    """With each of its cases."""
    body_id = _office(actor_of(Kind.OFFICE))
    with transaction() as session:
        return _shown(queries.package_of(session, package_id, body_id))


@blp.post("/<uuid:package_id>/receipt")
@blp.response(200, PackageOut)
def receive(package_id: UUID) -> dict[str, Any]:
    """Take a package in; its cases wait in the queue since they were sent."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        package = queries.package_to_receive(session, package_id, _office(caller))
        packages.receive(package, caller, _now())
        return _shown(package)


def _shown(package: Package) -> dict[str, Any]:
    names = ("package_id", "title", "from_id", "from_name", "to_id", "to_name", "sent_at", "received_at", "cases")
    returned = sum(case.returned_at is not None for case in package.cases)
    return {name: getattr(package, name) for name in names} | {
        "sent": len(package.cases),
        "received": len(package.cases) if package.received_at else 0,
        "returned": returned,
    }


def _office(caller: Actor) -> UUID:
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    return caller.organisation_id


def _now() -> Any:
    return current_app.extensions["clock"]()
