"""The safety of the own account: second factors, and where it is signed in."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import signed_in
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.factor import CodeForm, begin, credential, qr
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("security", __name__, url_prefix="/account/security")

_SLIP = "key_slip"


@blp.get("")
@signed_in_as()
def show() -> ResponseReturnValue:
    """Second factors and sessions."""
    factors = service("identity").get("/v1/me/factors").body
    sessions = service("identity").get("/v1/me/sessions").body["items"]
    email = service("identity").get("/v1/me/profile").body.get("email", "")
    shown = {"factors": factors, "sessions": sessions, "email": email}
    return render_template("accounts/security.html", **shown, recent=_is_recent())


@blp.route("/totp", methods=["GET", "POST"])
@signed_in_as()
def totp() -> ResponseReturnValue:
    """Another authenticator app, or the first."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            service("identity").put("/v1/me/totp", {"code": form.code.data or "", "slip": form.slip.data})
            flash(_("动态口令已启用"), "success")
            return redirect(url_for("security.show"), 303)
        except Refused as refused:
            form.take(refused)
    if not form.slip.data:
        begin(form, service("identity").post("/v1/me/totp").body)
    return render_template("accounts/totp.html", form=form, qr=qr(form.uri.data))


@blp.post("/totp/remove")
@signed_in_as()
def remove_totp() -> ResponseReturnValue:
    return _done(lambda: service("identity").delete("/v1/me/totp"), _("动态口令已停用"))


@blp.post("/key-options")
@signed_in_as()
def key_options() -> Response:
    """For the browser's call that makes a key."""
    begun = service("identity").post("/v1/me/security-key-options").body
    session[_SLIP] = begun["slip"]
    options: Response = jsonify(begun["options"])
    return options


@blp.post("/keys")
@signed_in_as()
def add_key() -> ResponseReturnValue:
    """A new security key under the name that its owner gave it."""
    name = request.form.get("name", "").strip() or _("安全密钥")
    body = {"name": name, "credential": credential(), "slip": session.pop(_SLIP, "") or "-"}
    return _done(lambda: service("identity").post("/v1/me/security-keys", body), _("安全密钥已添加"))


@blp.post("/keys/<key_id>/remove")
@signed_in_as()
def remove_key(key_id: str) -> ResponseReturnValue:
    return _done(lambda: service("identity").delete(f"/v1/me/security-keys/{key_id}"), _("安全密钥已移除"))


@blp.post("/sessions/<uuid:session_id>/end")
@signed_in_as()
def end(session_id: object) -> ResponseReturnValue:
    """Sign out elsewhere."""
    answer = _done(lambda: service("identity").delete(f"/v1/me/sessions/{session_id}"), _("已在该处退出登录"))
    signed_in.refresh()
    return answer


def _is_recent() -> bool:
    """Whether the way in may be changed now; else the page leads to another sign-in instead of offering it."""
    try:
        service("identity").get("/v1/me/recent-sign-in")
    except Refused as refused:
        if refused.code != signed_in.SIGN_IN_AGAIN:
            raise
        return False
    return True


def _done(act: Callable[[], object], said: str) -> ResponseReturnValue:
    attempted(act, said)
    return redirect(url_for("security.show"), 303)
