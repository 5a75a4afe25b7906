"""Signing in and out. Identity holds the state of a sign-in (the challenge); the portal shows its pages."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField

from shenbao_portal import signed_in, signin
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, same_as
from shenbao_portal.guards import local_path
from shenbao_portal.messages import known, words
from shenbao_portal.refusals import Refused, SignedOut, Unreachable
from shenbao_portal.signed_in import SIGN_IN_AGAIN
from shenbao_portal.texts import _, _l

blp = Blueprint("signing", __name__)


ENTRIES = {"person": _l("个人登录"), "unit": _l("单位登录"), "office": _l("部门登录")}
"""The portals (登录入口), each for its kinds of account (S4d-01)."""
_PROVIDERS_OF = {"person": "person", "unit": "legal"}


class SignInForm(Form):
    username = StringField(_l("用户名"), [Needed()], render_kw={"autocomplete": "username", "autocapitalize": "none"})
    password = PasswordField(_l("密码"), [Needed()], render_kw={"autocomplete": "current-password"})
    image_code = StringField(_l("验证码"), [Needed()], render_kw={"autocomplete": "off", "maxlength": 8})
    image_code_id = HiddenField()


class NewPasswordForm(Form):
    new_password = PasswordField(
        _l("新密码"),
        [Needed()],
        description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再次输入新密码"), [Needed(), same_as("new_password")], render_kw={"autocomplete": "new-password"}
    )


@blp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Without a challenge the way leads over identity, which sends the browser back with one."""
    challenge, entry = request.args.get("challenge", ""), _entry()
    if not challenge:
        if _reason() and "go" not in request.args:
            return _explained()
        return redirect(signin.begin(_back(), again=_again()), 303)
    form, right_entry = SignInForm(), ""
    if form.validate_on_submit():
        try:
            return _go_on(challenge, entry, form)
        except Refused as refused:
            if refused.status not in {403, 409, 422, 429}:
                raise
            form.take(refused)
            right_entry = str(refused.params.get("entry", ""))
    elif request.method == "GET" and (over := _over(challenge)):
        return over
    form.password.data = form.image_code.data = ""
    if entry == "person":
        form.username.label.text = _("手机号或证件号码")
    return render_template(
        "signing/sign_in.html",
        form=form,
        image=image_code(),
        providers=[p for p in _providers() if p.get("kind", "person") == _PROVIDERS_OF.get(entry)],
        challenge=challenge,
        entry=entry,
        entries=ENTRIES,
        right_entry=right_entry,
        error=_error(),
    )


@blp.route("/sign-in/password", methods=["GET", "POST"])
def new_password() -> ResponseReturnValue:
    """The change that an initial password demands before it lets in."""
    challenge = request.args.get("challenge", "")
    if not challenge:
        raise SignedOut("challenge_over")
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            body = {"new_password": form.new_password.data}
            answer = service("identity").post(f"/v1/sign-ins/{quote(challenge, safe='')}/password", body)
            return _after(answer.body, challenge)
        except Refused as refused:
            form.take(refused)
    return render_template("signing/new_password.html", form=form)


@blp.get("/sign-in/providers/<key>")
def by_provider(key: str) -> ResponseReturnValue:
    """On to a provincial sign-in service, by way of identity."""
    challenge = quote(request.args.get("challenge", ""), safe="")
    issuer = current_app.extensions["portal"].issuer
    return redirect(f"{issuer}/v1/sign-ins/{challenge}/providers/{quote(key, safe='')}", 303)


@blp.get("/signed-in")
def signed_in_() -> ResponseReturnValue:
    """Where identity sends the browser with the code."""
    return redirect(local_path(signin.finish(request.args)), 303)


@blp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    return redirect(signin.end(), 303)


@blp.post("/image-code")
def another_image() -> ResponseReturnValue:
    """A new picture in place of one that cannot be read."""
    return render_template("signing/image_part.html", image=image_code())


def image_code() -> dict[str, Any]:
    """{id, image}: a picture whose letters are good for one try."""
    found: dict[str, Any] = service("identity").post("/v1/image-codes").body
    return found


def _entry() -> str:
    """The entry that is open: the one that was chosen last in this browser, else that of units."""
    if (chosen := request.args.get("entry")) in ENTRIES:
        session["entry"] = chosen
    entry: str = session.get("entry", "unit")
    return entry


def _error() -> str:
    """Why a provincial sign-in came to nothing, in words."""
    code = request.args.get("error", "")
    return words(code) if known(code) else ""


def _go_on(challenge: str, entry: str, form: SignInForm) -> ResponseReturnValue:
    body = {
        "username": (form.username.data or "").strip(),
        "entry": entry,
        "password": form.password.data,
        "image_code_id": form.image_code_id.data,
        "image_code": (form.image_code.data or "").strip(),
    }
    answer = service("identity").post(f"/v1/sign-ins/{quote(challenge, safe='')}", body).body
    return _after(answer, challenge)


def _after(answer: dict[str, Any], challenge: str) -> ResponseReturnValue:
    """The next step of a sign-in, or the way back with its result."""
    if answer.get("password_change_required"):
        return redirect(url_for("signing.new_password", challenge=challenge), 303)
    if answer.get("second_factor_required"):
        return redirect(url_for("factor.enter", challenge=challenge), 303)
    return redirect(answer["redirect_to"], 303)


def _over(challenge: str) -> ResponseReturnValue | None:
    """Where a challenge is over (a bookmarked sign-in page), a new one is begun."""
    try:
        state = service("identity").get(f"/v1/sign-ins/{quote(challenge, safe='')}").body.get("state")
    except Refused:
        return redirect(signin.begin("/home"), 303)
    if state in {"password_change", "second_factor"}:
        return _after({f"{state}_required": True}, challenge)
    return None


def _providers() -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = service("identity").get("/v1/providers").body["items"]
    except (Refused, Unreachable):
        return []
    return found


def _reason() -> str:
    why = request.args.get("why", "")
    return "" if why in {"", "token_missing"} else words(why)


def _explained() -> ResponseReturnValue:
    if not _again():
        signed_in.forget()
    return render_template("signing/over.html", reason=_reason(), back=_back(), why=request.args["why"])


def _again() -> bool:
    """Whether somebody who is signed in has to prove anew who that is."""
    return request.args.get("why") == SIGN_IN_AGAIN


def _back() -> str:
    return local_path(request.args.get("back") or "/home")
