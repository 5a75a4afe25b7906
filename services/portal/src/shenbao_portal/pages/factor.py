"""The second step of a sign-in: a one-time password, a security key, or making the first one."""

import json
from typing import Any
from urllib.parse import quote

import segno
from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most
from shenbao_portal.refusals import Refused, SignedOut
from shenbao_portal.texts import _l

blp = Blueprint("factor", __name__, url_prefix="/sign-in/factor")


class CodeForm(Form):
    code = StringField(
        _l("动态口令"),
        [Needed(), at_most(10)],
        description=_l("验证器应用中显示的 6 位数字"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    slip = HiddenField()
    secret = HiddenField()
    uri = HiddenField()


@blp.route("", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Asks for a second factor, or shows what an authenticator app scans to make one."""
    path = _path()
    due = service("identity").get(f"{path}/factor").body
    form = CodeForm()
    if form.validate_on_submit():
        body = {"code": form.code.data or ""}
        try:
            if due["enrol"]:
                done = service("identity").put(f"{path}/totp-enrolment", body | {"slip": form.slip.data})
            else:
                done = service("identity").post(f"{path}/totp", body)
            return redirect(done["redirect_to"], 303)
        except Refused as refused:
            form.take(refused)
    if due["enrol"] and not form.slip.data:
        begin(form, service("identity").post(f"{path}/totp-enrolment").body)
    return render_template("signing/factor.html", form=form, due=due, qr=qr(form.uri.data), here=request.full_path)


@blp.post("/key-options")
def key_options() -> Response:
    """What the security key has to sign."""
    options: Response = jsonify(service("identity").post(f"{_path()}/security-key-options")["options"])
    return options


@blp.post("/key")
def with_key() -> ResponseReturnValue:
    """The security key's answer."""
    done = service("identity").post(f"{_path()}/security-key", {"credential": credential()})
    return redirect(done["redirect_to"], 303)


def begin(form: CodeForm, made: dict[str, str]) -> None:
    """Keeps what was made for the app in the form, until the first code comes."""
    for name in ("slip", "secret", "uri"):
        form[name].data = made[name]


def qr(uri: str | None) -> str:
    """A picture of the address, as a data address."""
    return segno.make(uri).svg_data_uri(scale=4) if uri else ""


def credential() -> dict[str, Any]:
    """What the page's script put into the form."""
    try:
        found = json.loads(request.form.get("credential", ""))
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _path() -> str:
    challenge = request.args.get("challenge", "")
    if not challenge:
        raise SignedOut("challenge_over")  # A bookmarked page: there is no sign-in that it could go on with.
    return f"/v1/sign-ins/{quote(challenge, safe='')}"
