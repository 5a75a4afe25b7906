"""Professional staff of a unit, their appointments, and the structure of its posts: for it and offices above."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, form_page, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("staffing", __name__, url_prefix="/staffing/<uuid:unit_id>")

_OFF = {"autocomplete": "off"}
_LEVELS = [("senior", _l("高级")), ("intermediate", _l("中级")), ("primary", _l("初级"))]
_QUOTA = [Optional(), NumberRange(0, 1_000_000, _l("请填写整数"))]


class StaffForm(Form):
    name = StringField(_l("姓名"), [Needed(), at_most(100)], render_kw=_OFF)
    sex = RadioField(_l("性别"), [Needed()], choices=[("male", _l("男")), ("female", _l("女"))])
    id_number = StringField(_l("公民身份号码"), [Needed(), at_most(18)], render_kw=_OFF)
    education = StringField(_l("学历"), [at_most(60)], render_kw=_OFF)
    specialty = StringField(_l("从事专业"), [at_most(100)], render_kw=_OFF)


class AppointmentForm(Form):
    level = SelectField(_l("级别"), [Needed()], choices=_LEVELS)
    title = StringField(_l("聘任职务"), [Needed(), at_most(100)], render_kw=_OFF)
    starts_on = DateField(_l("聘任日期"), [Needed()])


class StructureForm(Form):
    posts = IntegerField(_l("岗位总数"), [Needed(), NumberRange(0, 1_000_000, _l("请填写整数"))])
    senior = IntegerField(_l("高级岗位数"), _QUOTA, description=_l("不填为不限"))
    intermediate = IntegerField(_l("中级岗位数"), _QUOTA, description=_l("不填为不限"))
    primary = IntegerField(_l("初级岗位数"), _QUOTA, description=_l("不填为不限"))
    reaction = RadioField(
        _l("超出岗位数时"), [Needed()], choices=[("refuse", _l("不允许聘任")), ("flag", _l("允许聘任并标记"))]
    )


@blp.get("")
@signed_in_as("unit", "office")
def listed(unit_id: object) -> ResponseReturnValue:
    """Statistics, and the staff with the posts that they have."""
    applications, args = service("applications"), request.args
    found = applications.get(f"/v1/units/{unit_id}/staff", q=args.get("q"), after=args.get("after"), limit=50).body
    structure = applications.get(f"/v1/units/{unit_id}/structure").body
    return render_template("staffing/listed.html", unit_id=unit_id, found=found, structure=structure)


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("unit", "office")
def add(unit_id: object) -> ResponseReturnValue:
    """Somebody of the staff."""
    form = StaffForm()
    if form.validate_on_submit():
        try:
            made = service("applications").post(f"/v1/units/{unit_id}/staff", _person(form), key=once())
            flash(_("人员已新增"), "success")
            return redirect(url_for("staffing.show", unit_id=unit_id, member_id=made["id"]), 303)
        except Refused as refused:
            form.take(refused)
    return form_page(form, _("新增人员"), _above(unit_id), "name", "sex", "id_number", "education", "specialty")


@blp.route("/<uuid:member_id>", methods=["GET", "POST"])
@signed_in_as("unit", "office")
def show(unit_id: object, member_id: object) -> ResponseReturnValue:
    """Somebody's basic data and appointments."""
    found = service("applications").get(_path(unit_id, member_id))
    form = StaffForm(data=found.body)
    if form.validate_on_submit():
        try:
            service("applications").put(_path(unit_id, member_id), _person(form), etag=request.form.get("etag"))
            flash(_("人员信息已保存"), "success")
            return redirect(url_for("staffing.show", unit_id=unit_id, member_id=member_id), 303)
        except Refused as refused:
            form.take(refused)
    return _shown(unit_id, found, form, AppointmentForm(formdata=None))


@blp.post("/<uuid:member_id>/appointments")
@signed_in_as("unit", "office")
def appoint(unit_id: object, member_id: object) -> ResponseReturnValue:
    """Appoints somebody; what exceeds the quota is refused or flagged, as the department set it."""
    form = AppointmentForm()
    if form.validate_on_submit():
        body = stripped(form, "level", "title") | {"starts_on": form.starts_on.data.isoformat()}
        try:
            path = f"{_path(unit_id, member_id)}/appointments"
            over = service("applications").post(path, body, key=once())["over_quota"]
            said = _("聘任已登记，该级别已超出岗位数") if over else _("聘任已登记")
            flash(said, "warning" if over else "success")
            return redirect(url_for("staffing.show", unit_id=unit_id, member_id=member_id), 303)
        except Refused as refused:
            form.take(refused)
    found = service("applications").get(_path(unit_id, member_id))
    return _shown(unit_id, found, StaffForm(formdata=None, data=found.body), form)


@blp.post("/<uuid:member_id>/release")
@signed_in_as("unit", "office")
def release(unit_id: object, member_id: object) -> ResponseReturnValue:
    """Ends the post that somebody has."""
    body = {"ends_on": request.form.get("ends_on", "")}
    attempted(
        lambda: service("applications").post(f"{_path(unit_id, member_id)}/release", body, key=once()),
        _("聘任已结束"),
    )
    return redirect(url_for("staffing.show", unit_id=unit_id, member_id=member_id), 303)


@blp.post("/<uuid:member_id>/removal")
@signed_in_as("unit", "office")
def remove(unit_id: object, member_id: object) -> ResponseReturnValue:
    """Takes somebody out who has no post."""
    path, etag = _path(unit_id, member_id), request.form.get("etag")
    gone = attempted(lambda: service("applications").delete(path, etag=etag), _("人员已移出"))
    where = url_for("staffing.listed", unit_id=unit_id)
    return redirect(where if gone else url_for("staffing.show", unit_id=unit_id, member_id=member_id), 303)


@blp.route("/structure", methods=["GET", "POST"])
@signed_in_as("office", may="review.decide")
def structure(unit_id: object) -> ResponseReturnValue:
    """Posts, quotas, and what happens to one more."""
    present = service("applications").get(f"/v1/units/{unit_id}/structure").body
    quotas = {one["level"]: one["quota"] for one in present["levels"]}
    form = StructureForm(data=present | quotas)
    if form.validate_on_submit():
        given = {level: form[level].data for level, _name in _LEVELS}
        body = {
            "posts": form.posts.data,
            "quotas": {level: number for level, number in given.items() if number is not None},
            "reaction": form.reaction.data,
        }
        try:
            service("applications").put(f"/v1/units/{unit_id}/structure", body)
            flash(_("岗位结构已保存"), "success")
            return redirect(url_for("staffing.listed", unit_id=unit_id), 303)
        except Refused as refused:
            form.take(refused, {"quotas": "posts"})
    return form_page(form, _("设置岗位结构"), _above(unit_id), "posts", "senior", "intermediate", "primary", "reaction")


def _shown(unit_id: object, found: Any, form: StaffForm, appointing: AppointmentForm) -> ResponseReturnValue:
    return render_template(
        "staffing/member.html",
        unit_id=unit_id,
        member=found.body,
        etag=found.etag,
        form=form,
        appointing=appointing,
        levels=dict(_LEVELS),
    )


def _person(form: StaffForm) -> dict[str, str]:
    return stripped(form, "name", "sex", "id_number", "education", "specialty")


def _path(unit_id: object, member_id: object) -> str:
    return f"/v1/units/{unit_id}/staff/{member_id}"


def _above(unit_id: object) -> tuple[str, str]:
    return _("专业技术人员"), url_for("staffing.listed", unit_id=unit_id)
