"""The personal centre: the own details, the bound mobile, what is still missing after a first sign-in."""

from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Optional

from shenbao_common.kernel.identifiers import Sex
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, given, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.bindings import ask_unit
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
_FREE |= {"signing.another_image", "language.switch", "persons.agreement", "filings.units"}
_MOST_UNITS = 20


class DetailsForm(Form):
    name = StringField(_l("姓名"), [at_most(50)], render_kw={"autocomplete": "name"})
    id_type = SelectField(_l("证件类型"), choices=ID_TYPES)
    id_number = StringField(_l("证件号码"), [at_most(30)], render_kw=_OFF)
    sex = SelectField(_l("性别"), choices=_SEXES)
    birth_date = DateField(_l("出生日期"), [Optional()])
    email = EmailField(_l("电子邮箱"), [at_most(100)], render_kw={"autocomplete": "email"})
    phone = TelField(_l("联系电话"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = StringField(_l("通讯地址"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    work_unit = StringField(_l("工作单位"), [at_most(100)], render_kw={"autocomplete": "organization"})
    etag = HiddenField()


class RegistrationForm(DetailsForm):
    """The details, and whether a unit is asked at the same time."""

    register_unit = RadioField(_l("是否同步注册单位"), [Needed()], choices=[("yes", _l("是")), ("no", _l("否"))])
    unit_id = RadioField(_l("选择单位"), choices=[], validate_choice=False)
    note = TextAreaField(_l("申请说明"), [at_most(500)], render_kw={"rows": 3})

    def find(self, q: str) -> None:
        """Offers the registered units whose name holds the text."""
        found = service("units").get("/v1/units", q=q[:50], limit=_MOST_UNITS).body["items"] if q else []
        self.unit_id.choices = [(hit["id"], f"{hit['name']} · {hit['department_name']}") for hit in found]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever says yes chooses a unit and says why (S3-04, S3-05)."""
        fine = super().validate(extra_validators)
        if "register_unit" not in self or self.register_unit.data != "yes":
            return bool(fine)
        if not self.unit_id.data:
            self.say(_("请搜索并选择单位"), "unit_id")
        if not (self.note.data or "").strip():
            self.say(_("此项必填"), "note")
        return not self.errors


_Details = TypeVar("_Details", bound=DetailsForm)


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
    told, form = _details(DetailsForm)
    if form.validate_on_submit():
        try:
            _save(form)
            return redirect(url_for("person.centre"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("person/centre.html", form=form, told=told, sexes=dict(_SEXES))


@blp.route("/complete", methods=["GET", "POST"])
@signed_in_as("person")
def complete() -> ResponseReturnValue:
    """The registration: what has to be told before anything else, and with it, or later, the own unit (S3-04)."""
    told, form = _details(RegistrationForm)
    q = (request.form.get("q") or "").strip()
    if service("units").get("/v1/bindings/mine")["state"] == "none":
        form.find(q)
    else:
        for name in ("register_unit", "unit_id", "note"):
            del form[name]
    if "search" not in request.form and form.validate_on_submit():
        try:
            _save(form)
            if "register_unit" in form and form.register_unit.data == "yes":
                ask_unit(form)
            return redirect(url_for("home.own"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("person/complete.html", form=form, told=told, q=q)


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


def _details(of: type[_Details]) -> tuple[dict[str, Any], _Details]:
    """What is known, and a form of it without what is fixed."""
    answer = service("identity").get("/v1/me/profile")
    told: dict[str, Any] = answer.body
    form = of(data={k: v for k, v in told.items() if k != "birth_date"} | {"etag": answer.etag})
    for name in (*told["fixed"], *(["id_type"] if "id_number" in told["fixed"] else [])):
        if name in form:
            del form[name]
    return told, form


def _save(form: DetailsForm) -> None:
    body = given(stripped(form, *(name for name in _TEXTS if name in form)))
    if "birth_date" in form and form.birth_date.data:
        body["birth_date"] = form.birth_date.data.isoformat()
    if "id_number" in body:
        body["id_type"] = form.id_type.data
    saved = service("identity").patch("/v1/me/profile", body, etag=form.etag.data)
    form.etag.data = saved.etag  # The same page may be sent again, when its unit was refused.
    session["missing"] = bool(saved["missing"])
    flash(_("已保存"), "success")
