"""The unit's own data: basic information (S4g-31) and supervising department (S4g-32)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TelField

from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField
from shenbao_portal.forms import Form, Needed, at_most, stripped
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("unit", __name__, url_prefix="/unit")


class ProfileForm(Form):
    contact_name = StringField(_l("联系人"), [at_most(100)], render_kw={"autocomplete": "name"})
    contact_phone = TelField(_l("联系电话"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = StringField(_l("单位地址"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    etag = HiddenField()


class OwnNameForm(Form):
    display_name = StringField(_l("账号名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "name"})
    etag = HiddenField()


class DepartmentForm(Form):
    department_id = DepartmentField(_l("新的归口部门"), [Needed(_l("请选择归口部门"))])
    confirmed_count = HiddenField()
    etag = HiddenField()


@blp.route("/profile", methods=["GET", "POST"])
@signed_in_as("unit", "sub_account")
def profile() -> ResponseReturnValue:
    """The unit's basic information; a sub-account sees it and changes its own name."""
    if require().kind == "sub_account":
        return _own_name()
    answer = service("units").get("/v1/units/mine")
    form = ProfileForm(data=answer.body | {"etag": answer.etag})
    if form.validate_on_submit():
        try:
            body = stripped(form, "contact_name", "contact_phone", "address")
            service("units").patch("/v1/units/mine", body, etag=form.etag.data)
            flash(_("基本信息已保存"), "success")
            return redirect(url_for("unit.profile"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("unit/profile.html", form=form, unit=answer.body)


def _own_name() -> ResponseReturnValue:
    answer = service("units").get("/v1/sub-accounts/mine")
    form = OwnNameForm(data=answer.body | {"etag": answer.etag})
    if form.validate_on_submit():
        try:
            service("units").patch("/v1/sub-accounts/mine", stripped(form, "display_name"), etag=form.etag.data)
            flash(_("基本信息已保存"), "success")
            return redirect(url_for("unit.profile"), 303)
        except Refused as refused:
            form.take(refused)
    unit = service("units").get("/v1/units/mine").body
    return render_template("unit/own_name.html", form=form, unit=unit, mine=answer.body)


@blp.route("/department", methods=["GET", "POST"])
@signed_in_as("unit", may="unit.manage")
def department() -> ResponseReturnValue:
    """Two steps: choose, then confirm the warning with the number of materials that come back."""
    now = service("units").get("/v1/units/mine/supervising-department")
    form = DepartmentForm()
    form.department_id.find(request.values.get("department_search", ""), present=now["department"]["id"])
    confirming = False
    if request.method == "POST" and "search" not in request.form and form.validate_on_submit():
        if request.form.get("confirmed"):
            if answer := _changed(form):
                return answer
            now = service("units").get("/v1/units/mine/supervising-department")
        confirming = not form.troubles or now["reported_count"] != int(form.confirmed_count.data or 0)
    form.confirmed_count.data, form.etag.data = now["reported_count"], now.etag
    page = "unit/department_confirm.html" if confirming else "unit/department.html"
    chosen = dict(form.department_id.choices).get(form.department_id.data, "")
    return render_template(page, form=form, now=now.body, chosen=chosen)


@blp.get("/department/choices")
@signed_in_as("unit", may="unit.manage")
def department_choices() -> ResponseReturnValue:
    """The part that lists departments by name, while one types."""
    form = DepartmentForm(formdata=None)
    now = service("units").get("/v1/units/mine/supervising-department")
    form.department_id.find(request.args.get("department_search", ""), present=now["department"]["id"])
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


def _changed(form: DepartmentForm) -> ResponseReturnValue | None:
    body = {"department_id": form.department_id.data, "confirmed_count": int(form.confirmed_count.data or 0)}
    try:
        service("units").put("/v1/units/mine/supervising-department", body, etag=form.etag.data)
    except Refused as refused:
        for trouble in refused:
            form.say(words(trouble.code, trouble.params))
        return None
    flash(_("归口部门已修改"), "success")
    return redirect(url_for("unit.department"), 303)
