"""The own messages: the inbox, and by which channels one wants to hear besides."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy import select

from shenbao_common.data.paging import MAX_PAGE, Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema
from shenbao_identity.actions import messages
from shenbao_identity.api.browser import settings
from shenbao_identity.domain.messages import CHANNELS, LANGUAGES
from shenbao_identity.domain.persons import masked
from shenbao_identity.models import Account
from shenbao_identity.models.messages import Message

blp = Blueprint("messages", __name__, url_prefix="/v1/me", description="The own messages.")

_EVERYBODY = (Kind.PERSON, Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE, Kind.ADMIN)
_MOST = 99
"""More unread ones than that are not counted."""


class WordingOut(Schema):
    zh = ma.fields.String()
    en = ma.fields.String()


class MessageOut(Schema):
    """application_id, export_id: what it is about; both null: the account. read_at: null while it is new."""

    id = ma.fields.UUID()
    topic = ma.fields.String()
    programme = ma.fields.String(allow_none=True)
    application_id = ma.fields.UUID(allow_none=True)
    export_id = ma.fields.UUID(allow_none=True)
    title = ma.fields.Nested(WordingOut, attribute="content.title")
    text = ma.fields.Nested(WordingOut, attribute="content.text")
    created_at = ma.fields.AwareDateTime()
    read_at = ma.fields.AwareDateTime(allow_none=True)


class MessagesQuery(PageQuery):
    unread = ma.fields.Boolean(load_default=False)


class MessagesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(MessageOut))
    next = ma.fields.String(allow_none=True)


class UnreadOut(Schema):
    """number: up to 99; more: there are even more."""

    number = ma.fields.Integer()
    more = ma.fields.Boolean()


class ReadingIn(Schema):
    """ids: which were read; null means all."""

    ids = ma.fields.List(ma.fields.UUID(), allow_none=True, required=True, validate=validate.Length(1, MAX_PAGE))


class ChoicesIn(Schema):
    """channels: by which one is told besides the portal; warnings about the account come by SMS whatever is chosen."""

    language = ma.fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    channels = ma.fields.List(
        ma.fields.String(validate=validate.OneOf(CHANNELS)), required=True, validate=validate.Length(max=len(CHANNELS))
    )


class ChannelOut(Schema):
    """to: where it goes, masked, "" while nothing is told; available: this installation sends by it."""

    channel = ma.fields.String()
    to = ma.fields.String()
    available = ma.fields.Boolean()


class ChoicesOut(ChoicesIn):
    known = ma.fields.List(ma.fields.Nested(ChannelOut))


@blp.get("/messages")
@blp.arguments(MessagesQuery, location="query")
@blp.response(200, MessagesOut)
def index(query: dict[str, Any]) -> Page[Message]:
    """What the account was told, newest first."""
    who = actor_of(*_EVERYBODY)
    wanted = select(Message).where(Message.account_id == who.account_id)
    if query["unread"]:
        wanted = wanted.where(Message.read_at.is_(None))
    with transaction() as session:
        return page(session, wanted, by=[Message.created_at, Message.id], after=query["after"], limit=query["limit"])


@blp.get("/unread-messages")
@blp.response(200, UnreadOut)
def unread() -> dict[str, Any]:
    """How many are new."""
    who = actor_of(*_EVERYBODY)
    new = select(Message.id).where(Message.account_id == who.account_id, Message.read_at.is_(None)).limit(_MOST + 1)
    with transaction() as session:
        number = len(session.scalars(new).all())
    return {"number": min(number, _MOST), "more": number > _MOST}


@blp.post("/message-readings")
@blp.arguments(ReadingIn)
@blp.response(204)
def read(body: dict[str, Any]) -> None:
    """Mark messages as read."""
    who = actor_of(*_EVERYBODY)
    with transaction() as session:
        messages.read(session, who.account_id, body["ids"], now=clock.now())


@blp.get("/message-choices")
@blp.response(200, ChoicesOut)
def show_choices() -> dict[str, Any]:
    """By which channels the account hears, and where that goes."""
    return _choices()


@blp.put("/message-choices")
@blp.arguments(ChoicesIn)
@blp.response(200, ChoicesOut)
def choose(body: dict[str, Any]) -> dict[str, Any]:
    """Choose channels and language, for what is told from now on."""
    who = actor_of(*_EVERYBODY)
    with transaction() as session:
        messages.choose(session, who.account_id, **body)
    return _choices()


def _choices() -> dict[str, Any]:
    who = actor_of(*_EVERYBODY)
    with transaction() as session:
        account = session.get_one(Account, who.account_id)
        chosen = messages.choices_of(session, account.id)
        available = {"sms": bool(settings().sms_url), "mail": bool(settings().mail_url)}
        addresses = {"sms": ("mobile", account.personal.get("mobile", ""))}
        addresses["mail"] = ("email", account.personal.get("email", ""))
        return {
            "language": chosen.language,
            "channels": chosen.channels,
            "known": [{"channel": c, "to": masked(*addresses[c]), "available": available[c]} for c in CHANNELS],
        }
