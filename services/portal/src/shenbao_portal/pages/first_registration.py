"""The first sign-in of a legal person whose unit is not registered yet: that comes before everything else (S0-05)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField, TelField

from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField
from shenbao_portal.forms import Form, Needed, at_most, given, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.signed_in import account
from shenbao_portal.texts import _, _l

blp = Blueprint("first_registration", __name__, url_prefix="/register/own")

_FREE = {
    "first_registration.register",
    "first_registration.departments",
    "guides.unit_registration",
    "static",
    "favicon",
}
_FREE |= {"signing.sign_out", "signing.signed_in_", "signing.sign_in", "language.switch"}
_TEXTS = ("legal_representative", "unit_name", "department_id", "contact_name", "contact_phone", "address")


class OwnUnitForm(Form):
    legal_representative = StringField(_l("法定代表人"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    unit_name = StringField(
        _l("单位名称"),
        [at_most(200)],
        description=_l("能自动识别的不必填写"),
        render_kw={"autocomplete": "organization"},
    )
    certificate = FileField(
        _l("机构代码证扫描件"),
        description=_l("未能自动识别单位名称时须上传；PDF、JPG 或 PNG，不超过 10 MB"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )
    contact_name = StringField(_l("联系人"), [at_most(100)], render_kw={"autocomplete": "name"})
    contact_phone = TelField(_l("联系电话"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = StringField(_l("单位地址"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    department_id = DepartmentField(_l("主管部门"), [Needed(_l("请选择主管部门"))])


@blp.before_app_request
def first_register() -> ResponseReturnValue | None:
    """Whoever signs in for a unit that is not registered sees the registration, and no other page."""
    who = account()
    if who is None or who.kind != "unit" or who.unit_id is not None or request.endpoint in _FREE:
        return None
    return redirect(url_for("first_registration.register"), 303)


@blp.route("", methods=["GET", "POST"])
@signed_in_as("unit")
def register() -> ResponseReturnValue:
    """The unit of the credit code that the provider vouches for, under the department that is chosen."""
    who = account()
    if who and who.unit_id is not None:
        return redirect(url_for("home.own"), 303)
    form = OwnUnitForm()
    form.department_id.find(request.form.get("department_search", ""))
    reserved = service("identity").post("/v1/me/registration-ticket").body
    if request.method == "POST" and form.validate_on_submit():
        try:
            _register(form, reserved)
        except Refused as refused:
            form.take(refused, {"certificate_receipt": "certificate"})
        else:
            flash(_("登记成功，立即可以使用。"), "success")
            return redirect(url_for("home.own"), 303)
    page = render_template("registration/own.html", form=form, code=reserved["username"])
    return page, 422 if form.troubles else 200


@blp.get("/departments")
@signed_in_as("unit")
def departments() -> ResponseReturnValue:
    """The part of the page that lists departments by name, while one types."""
    form = OwnUnitForm(formdata=None)
    form.department_id.find(request.args.get("department_search", ""))
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


def _register(form: OwnUnitForm, reserved: dict[str, Any]) -> None:
    body: dict[str, Any] = given(stripped(form, *_TEXTS)) | {"code": reserved["username"], "ticket": reserved["ticket"]}
    if form.certificate.data:
        taken = service("documents").upload("/v1/files", form.certificate.data, purpose="code_certificate").body
        body["certificate_receipt"] = taken["receipt"]
    service("units").post("/v1/registrations", body, key=once())
    # Identity hears of the unit, and the token that does not know it is renewed.
    service("identity").get("/v1/me")
