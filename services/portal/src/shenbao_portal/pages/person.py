"""The personal centre: the own details, the bound mobile, what is still missing after a first sign-in."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, DateField, EmailField, HiddenField, SelectField, StringField, TelField
from wtforms.validators import Optional

from shenbao_common.kernel.identifiers import Sex
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, given, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.persons import ID_TYPES, MobileForm
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.signed_in import account, forget
from shenbao_portal.texts import _, _l

blp = Blueprint("person", __name__, url_prefix="/person")

_OFF = {"autocomplete": "off"}
_SEXES = [("", _l("（请选择）")), (Sex.MALE.value, _l("男")), (Sex.FEMALE.value, _l("女"))]
_TEXTS = ("name", "id_number", "sex", "email", "phone", "address", "work_unit")
_FREE = {"person.complete", "person.mobile", "signing.sign_out", "signing.signed_in_", "persons.send_code", "static"}
_FREE |= {"favicon", "signing.sign_in"}
_FREE |= {"signing.another_image", "language.switch", "persons.agreement"}


class DetailsForm(Form):
    name = StringField(_l("姓名"), [at_most(50)], render_kw={"autocomplete": "name"})
    id_type = SelectField(_l("证件类型"), choices=ID_TYPES)
    id_number = StringField(_l("证件号码"), [at_most(30)], render_kw=_OFF)
    sex = SelectField(
        _l("性别"), choices=[("", _l("（请选择）")), (Sex.MALE.value, _l("男")), (Sex.FEMALE.value, _l("女"))]
    )
    birth_date = DateField(_l("出生日期"), [Optional()])
    email = EmailField(_l("电子邮箱"), [at_most(100)], render_kw={"autocomplete": "email"})
    phone = TelField(_l("联系电话"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = StringField(_l("通讯地址"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    work_unit = StringField(_l("工作单位"), [at_most(100)], render_kw={"autocomplete": "organization"})
    etag = HiddenField()


class DeletionForm(Form):
    sure = BooleanField(_l("我确认删除账号"), [Needed()])


@blp.before_app_request
def first_tell() -> ResponseReturnValue | None:
    """Whoever has not told what is demanded sees the page that asks for it, and no other (S3-03)."""
    if session.get("missing") and request.endpoint not in _FREE and account() is not None:
        return redirect(url_for("person.complete"), 303)
    return None


@blp.route("", methods=["GET", "POST"])
@signed_in_as("person")
def centre() -> ResponseReturnValue:
    """Who is signed in, and the details (S3-38)."""
    return _details("person/centre.html", done="person.centre")


@blp.route("/complete", methods=["GET", "POST"])
@signed_in_as("person")
def complete() -> ResponseReturnValue:
    """What has to be told before anything else."""
    return _details("person/complete.html", done="home.own")


@blp.route("/mobile", methods=["GET", "POST"])
@signed_in_as()
def mobile() -> ResponseReturnValue:
    """Bind another mobile (S1-16)."""
    service("identity").get("/v1/me/recent-sign-in")  # Before anybody fills in what would be refused.
    form = MobileForm()
    if form.validate_on_submit():
        try:
            answer = service("identity").put("/v1/me/mobile", form.proof)
            session["missing"] = bool(answer["missing"])
            flash(_("手机号已绑定"), "success")
            return redirect(url_for("person.mobile"), 303)
        except Refused as refused:
            form.take(refused)
    shown = service("identity").get("/v1/me/profile").body.get("mobile", "")
    return render_template("person/mobile.html", form=form, image=image_code(), shown=shown)


@blp.route("/deletion", methods=["GET", "POST"])
@signed_in_as("person")
def deletion() -> ResponseReturnValue:
    """Ends the own account, as long as nothing was reported (S4h-10)."""
    form = DeletionForm()
    if form.validate_on_submit():
        try:
            service("identity").delete("/v1/me")
        except Refused as refused:
            form.take(refused)
        else:
            forget()
            flash(_("账号已删除"), "success")
            return redirect(url_for("home.front"), 303)
    return render_template("person/deletion.html", form=form)


def _details(page: str, *, done: str) -> ResponseReturnValue:
    answer = service("identity").get("/v1/me/profile")
    told = answer.body
    form = DetailsForm(data={k: v for k, v in told.items() if k != "birth_date"} | {"etag": answer.etag})
    for name in (*told["fixed"], *(["id_type"] if "id_number" in told["fixed"] else [])):
        if name in form:
            del form[name]
    if form.validate_on_submit():
        body = given(stripped(form, *(name for name in _TEXTS if name in form)))
        if "birth_date" in form and form.birth_date.data:
            body["birth_date"] = form.birth_date.data.isoformat()
        if "id_number" in body:
            body["id_type"] = form.id_type.data
        try:
            saved = service("identity").patch("/v1/me/profile", body, etag=form.etag.data)
            session["missing"] = bool(saved["missing"])
            flash(_("已保存"), "success")
            return redirect(url_for(done), 303)
        except Refused as refused:
            form.take(refused)
    return render_template(page, form=form, told=told)
