"""The mail address of a unit's account: recovery of the password by a code sent there, and a change of it (S4e-01)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, HiddenField, PasswordField, StringField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, same_as, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("mail_recovery", __name__)

_NEW = {"autocomplete": "new-password"}
_NEVER_GIVEN_OUT = "00000000-0000-0000-0000-000000000000"


class AddressForm(Form):
    """An address, and the code that was sent there."""

    email = EmailField(_l("电子邮箱"), [Needed(), at_most(100)], render_kw={"autocomplete": "email"})
    mail_code = StringField(
        _l("邮箱验证码"), [Needed(), at_most(10)], render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"}
    )
    mail_code_id = HiddenField()

    @property
    def proof(self) -> dict[str, str]:
        # An id that was never given out stands for a code that was never asked for.
        return stripped(self, "email", "mail_code") | {"mail_code_id": self.mail_code_id.data or _NEVER_GIVEN_OUT}


class RecoveryForm(AddressForm):
    username = StringField(
        _l("用户名"), [Needed(), at_most(40)], render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    image_code = StringField(_l("验证码"), render_kw={"autocomplete": "off", "maxlength": 8})
    new_password = PasswordField(
        _l("新密码"), [Needed()], description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"), render_kw=_NEW
    )
    again = PasswordField(_l("再次输入新密码"), [Needed(), same_as("new_password")], render_kw=_NEW)


@blp.route("/recover/unit/mail", methods=["GET", "POST"])
def recover() -> ResponseReturnValue:
    """A new password for the unit whose address receives the code."""
    form = RecoveryForm()
    if form.validate_on_submit():
        try:
            body = form.proof | stripped(form, "username") | {"new_password": form.new_password.data}
            service("identity").post("/v1/mail-recoveries", body)
            flash(_("密码已重新设置，请登录"), "success")
            return redirect(url_for("signing.sign_in", go=1, entry="unit"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("staff/recover_by_mail.html", form=form, image=image_code())


@blp.post("/recover/unit/mail/code")
def send_code() -> ResponseReturnValue:
    """Sends a code; answers the part of the form that says so, the same whatever account there is."""
    return _sent("/v1/mail-recovery-codes", ("username", "email", "image_code", "image_code_id"), picture=True)


@blp.route("/account/email", methods=["GET", "POST"])
@signed_in_as("unit")
def address() -> ResponseReturnValue:
    """Another address for the recovery of the password."""
    service("identity").get("/v1/me/recent-sign-in")  # Before anybody fills in what would be refused.
    form = AddressForm()
    if form.validate_on_submit():
        try:
            service("identity").put("/v1/me/email", form.proof)
            flash(_("找回密码邮箱已保存"), "success")
            return redirect(url_for("security.show"), 303)
        except Refused as refused:
            form.take(refused)
    shown = service("identity").get("/v1/me/profile").body.get("email", "")
    return render_template("accounts/email.html", form=form, shown=shown)


@blp.post("/account/email/code")
@signed_in_as("unit")
def send_address_code() -> ResponseReturnValue:
    """The same for the address that is to be had."""
    return _sent("/v1/me/email-codes", ("email",), picture=False)


def _sent(path: str, names: tuple[str, ...], *, picture: bool) -> ResponseReturnValue:
    sent, troubles = "", []
    try:
        sent = service("identity").post(path, {name: request.form.get(name, "").strip() for name in names})["id"]
    except Refused as refused:
        troubles = [words(trouble.code, trouble.params) for trouble in refused]
    image = image_code() if picture else None
    return render_template("staff/mail_code_part.html", image=image, sent=sent, troubles=troubles)
