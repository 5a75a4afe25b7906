"""Persons who have no account yet, or have forgotten the password: both prove their mobile by an SMS code."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField, TelField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, same_as, stripped
from shenbao_portal.messages import words
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("persons", __name__)

ID_TYPES = (
    ("201", _l("居民身份证")),
    ("237", _l("港澳居民居住证")),
    ("238", _l("台湾居民居住证")),
    ("210", _l("港澳居民来往内地通行证")),
    ("213", _l("台湾居民来往大陆通行证")),
    ("233", _l("外国人永久居留身份证")),
    ("227", _l("中国护照")),
    ("208", _l("外国护照")),
)
AGREEMENTS = {"user_agreement": _l("用户协议"), "privacy_policy": _l("隐私政策")}
_OFF = {"autocomplete": "off"}
_NEW = {"autocomplete": "new-password"}


class MobileForm(Form):
    """What a mobile is proved with."""

    mobile = TelField(
        _l("手机号"), [Needed(), at_most(11)], render_kw={"autocomplete": "tel-national", "inputmode": "numeric"}
    )
    image_code = StringField(_l("验证码"), render_kw=_OFF | {"maxlength": 8})
    sms_code = StringField(
        _l("短信验证码"), [Needed(), at_most(10)], render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"}
    )
    sms_code_id = HiddenField()

    @property
    def proof(self) -> dict[str, str]:
        # An id that was never given out stands for a code that was never asked for.
        found = stripped(self, "mobile", "sms_code") | {"sms_code_id": self.sms_code_id.data or ""}
        return found if found["sms_code_id"] else found | {"sms_code_id": "00000000-0000-0000-0000-000000000000"}


class RegisterForm(MobileForm):
    name = StringField(_l("姓名"), [Needed(), at_most(50)], render_kw={"autocomplete": "name"})
    id_type = SelectField(_l("证件类型"), choices=ID_TYPES)
    id_number = StringField(_l("证件号码"), [Needed(), at_most(30)], render_kw=_OFF)
    password = PasswordField(
        _l("密码"), [Needed()], description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"), render_kw=_NEW
    )
    password_again = PasswordField(_l("再次输入密码"), [Needed(), same_as("password")], render_kw=_NEW)
    user_agreement = BooleanField(_l("用户协议"))
    privacy_policy = BooleanField(_l("隐私政策"))


class RecoverForm(MobileForm):
    new_password = PasswordField(
        _l("新密码"), [Needed()], description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"), render_kw=_NEW
    )
    again = PasswordField(_l("再次输入新密码"), [Needed(), same_as("new_password")], render_kw=_NEW)


@blp.route("/register/person", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """A person's registration (S4d-02); its next page, which asks for the unit, is for who has signed in (S3-04)."""
    form = RegisterForm()
    versions = {a["agreement"]: a["version"] for a in service("identity").get("/v1/agreements").body["items"]}
    if form.validate_on_submit():
        body: dict[str, object] = {**stripped(form, "name", "id_type", "id_number")}
        body |= {"password": form.password.data, "password_again": form.password_again.data, **form.proof}
        body["consents"] = {name: version for name, version in versions.items() if form[name].data}
        try:
            service("identity").post("/v1/person-registrations", body, key=once())
            flash(_("注册成功，请登录"), "success")
            return redirect(url_for("signing.sign_in", go=1, entry="person", back=url_for("person.complete")), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("persons/register.html", form=form, image=image_code(), agreements=AGREEMENTS)


@blp.route("/recover", methods=["GET", "POST"])
def recover() -> ResponseReturnValue:
    """A new password for who proves the mobile (S4c-03)."""
    form = RecoverForm()
    if form.validate_on_submit():
        try:
            body = form.proof | {"new_password": form.new_password.data}
            service("identity").post("/v1/password-recoveries", body)
            flash(_("密码已重新设置，请登录"), "success")
            return redirect(url_for("signing.sign_in", go=1, entry="person"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("persons/recover.html", form=form, image=image_code())


@blp.post("/sms-code")
def send_code() -> ResponseReturnValue:
    """Sends a code to the mobile of the form; answers the part of it that says so, with a new picture."""
    body = {name: request.form.get(name, "").strip() for name in ("mobile", "image_code", "image_code_id")}
    sent, troubles = "", []
    try:
        sent = service("identity").post("/v1/sms-codes", body)["id"]
    except Refused as refused:
        troubles = [words(trouble.code, trouble.params) for trouble in refused]
    return render_template("persons/sms_part.html", image=image_code(), sent=sent, troubles=troubles)


@blp.get("/agreements/<any(user_agreement, privacy_policy):agreement>")
def agreement(agreement: str) -> ResponseReturnValue:
    """What one agrees to."""
    items = service("identity").get("/v1/agreements").body["items"]
    version = next((item["version"] for item in items if item["agreement"] == agreement), "")
    return render_template(f"persons/{agreement}.html", title=AGREEMENTS[agreement], version=version)
