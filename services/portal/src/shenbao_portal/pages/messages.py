"""What one was told, and by which channels one wants to hear besides."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField

from shenbao_portal.client import service
from shenbao_portal.forms import Form
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import LANGUAGES
from shenbao_portal.refusals import Refused, Unreachable
from shenbao_portal.signed_in import account
from shenbao_portal.texts import _, _l

blp = Blueprint("messages", __name__, url_prefix="/messages")

_SHOWN_AT = {"person": "declarations.show", "unit": "materials.show", "sub_account": "materials.show"}
"""Where each kind of account sees an application that it is told of."""
_CHANNELS = {"sms": _l("短信"), "mail": _l("电子邮件")}


class ChoicesForm(Form):
    """Ticks for what can be sent to this account."""

    channels = SelectMultipleField(_l("通知方式"), choices=list(_CHANNELS.items()))
    language = RadioField(_l("通知语言"), choices=list(LANGUAGES.items()))


@blp.app_context_processor
def news() -> dict[str, Any]:
    return {"unread_messages": _unread}


@blp.get("")
@signed_in_as()
def listed() -> ResponseReturnValue:
    """Newest first; new ones stand out."""
    only_new = request.args.get("state") == "unread"
    asked = {"unread": "true"} if only_new else {}
    found = service("identity").get("/v1/me/messages", after=request.args.get("after"), limit=20, **asked).body
    return render_template("messages/listed.html", found=found, only_new=only_new, unread=_unread())


@blp.post("/<uuid:message_id>/opening")
@signed_in_as()
def open_(message_id: object) -> ResponseReturnValue:
    """Marks it as read and goes to what it is about."""
    _mark([str(message_id)])
    if export_id := _id_of(request.form.get("export_id", "")):
        return redirect(url_for("exports.show", job_id=export_id), 303)
    if request.form.get("printed"):
        return redirect(url_for("print_jobs.index"), 303)
    about = request.form.get("application_id", "")
    shown_at = _SHOWN_AT.get(getattr(account(), "kind", ""))
    if shown_at and (application_id := _id_of(about)):
        return redirect(url_for(shown_at, application_id=application_id), 303)
    return redirect(url_for("messages.listed"), 303)


@blp.post("/readings")
@signed_in_as()
def read_all() -> ResponseReturnValue:
    """Marks everything as read."""
    _mark(None)
    flash(_("全部消息已标为已读"), "success")
    return redirect(url_for("messages.listed"), 303)


@blp.route("/choices", methods=["GET", "POST"])
@signed_in_as()
def choices() -> ResponseReturnValue:
    """By which channels, in which language."""
    told = service("identity").get("/v1/me/message-choices").body
    form = ChoicesForm(data={"channels": told["channels"], "language": told["language"]})
    if form.validate_on_submit():
        try:
            body = {"channels": form.channels.data or [], "language": form.language.data}
            service("identity").put("/v1/me/message-choices", body)
            flash(_("已保存"), "success")
            return redirect(url_for("messages.choices"), 303)
        except Refused as refused:
            form.take(refused)
    known = [(_CHANNELS[one["channel"]], one) for one in told["known"]]
    return render_template("messages/choices.html", form=form, known=known)


def _id_of(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text)
    return None


def _mark(ids: list[str] | None) -> None:
    service("identity").post("/v1/me/message-readings", {"ids": ids})


def _unread() -> dict[str, Any]:
    """How many are new; a page that is about something else does without when identity does not answer."""
    try:
        found: dict[str, Any] = service("identity").get("/v1/me/unread-messages").body
    except (Refused, Unreachable):
        return {"number": 0, "more": False}
    return found
