"""A unit's staff (工作人员), and the way back to its forgotten password by one of them (S4b-05 to S4b-07)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, SelectField, StringField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, same_as, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("staff", __name__)

_SESSION = "recovering_unit"
_OFF = {"autocomplete": "off"}


class LookupForm(Form):
    id_number = StringField(_l("身份证号码"), [Needed(), at_most(18)], render_kw=_OFF)


class UnitForm(Form):
    unit_name = StringField(_l("单位名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "organization"})
    credit_code = StringField(_l("统一社会信用代码"), [Needed(), at_most(18)], render_kw=_OFF)
    image_code = StringField(_l("验证码"), [Needed()], render_kw=_OFF | {"maxlength": 8})
    image_code_id = HiddenField()


class RecoveryForm(Form):
    staff_id = SelectField(_l("工作人员"), [Needed()], validate_choice=False)
    id_number = StringField(_l("该工作人员的身份证号码"), [Needed(), at_most(18)], render_kw=_OFF)
    new_password = PasswordField(
        _l("新密码"),
        [Needed()],
        description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再次输入新密码"), [Needed(), same_as("new_password")], render_kw={"autocomplete": "new-password"}
    )


@blp.route("/unit/staff", methods=["GET", "POST"])
@signed_in_as("unit", may="unit.manage")
def own() -> ResponseReturnValue:
    """The staff, and the search for a registered person by number."""
    form, found = LookupForm(), None
    if form.validate_on_submit():
        try:
            found = service("identity").post("/v1/staff-lookups", stripped(form, "id_number")).body
        except Refused as refused:
            if refused.code == "person_not_registered":
                form.say(words(refused.code), "id_number")
            else:
                form.take(refused)
    listed = service("units").get("/v1/staff").body
    return render_template("staff/own.html", form=form, found=found, listed=listed)


@blp.post("/unit/staff/add")
@signed_in_as("unit", may="unit.manage")
def add() -> ResponseReturnValue:
    """Links the person who was found."""
    body = {"person": request.form.get("person", "")}
    attempted(lambda: service("units").post("/v1/staff", body), _("已添加工作人员"))
    return redirect(url_for("staff.own"), 303)


@blp.post("/unit/staff/<uuid:link_id>")
@signed_in_as("unit", may="unit.manage")
def turn(link_id: object) -> ResponseReturnValue:
    """Enables, disables, or after the warning removes."""
    etag, act = f'"{request.form.get("version", "")}"', request.form.get("act", "")
    path, units = f"/v1/staff/{link_id}", service("units")
    if act == "remove":
        attempted(lambda: units.delete(f"{path}?confirmed=true", etag=etag), _("已删除工作人员"))
    else:
        state = "enabled" if act == "enable" else "disabled"
        said = _("已启用工作人员") if act == "enable" else _("已停用工作人员")
        attempted(lambda: units.put(f"{path}/state", {"state": state}, etag=etag), said)
    return redirect(url_for("staff.own"), 303)


@blp.route("/recover/unit", methods=["GET", "POST"])
def recover() -> ResponseReturnValue:
    """First the unit by name and code."""
    form = UnitForm()
    if form.validate_on_submit():
        named = stripped(form, "unit_name", "credit_code")
        body = named | {name: form[name].data for name in ("image_code", "image_code_id")}
        try:
            staff = service("identity").post("/v1/unit-recoveries/staff", body)["items"]
            session[_SESSION] = {"named": named, "staff": [(one["id"], one["name"]) for one in staff]}
            return redirect(url_for("staff.choose"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("staff/recover.html", form=form, image=image_code())


@blp.route("/recover/unit/staff", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Then one of its staff, that person's number, and the new password."""
    begun: dict[str, Any] | None = session.get(_SESSION)
    if begun is None:
        return redirect(url_for("staff.recover"), 303)
    form = RecoveryForm()
    form.staff_id.choices = begun["staff"]
    if form.validate_on_submit():
        body = begun["named"] | stripped(form, "staff_id", "id_number") | {"new_password": form.new_password.data}
        try:
            username = service("identity").post("/v1/unit-recoveries", body)["username"]
            session.pop(_SESSION)
            flash(_("密码已重新设置，用户名为 %(username)s，请登录", username=username), "success")
            return redirect(url_for("signing.sign_in", go=1, entry="unit"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("staff/choose.html", form=form, unit_name=begun["named"]["unit_name"])
