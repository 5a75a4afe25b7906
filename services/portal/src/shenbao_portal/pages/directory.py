"""The unit directory of an office's branch."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.organisations import everything
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("directory", __name__, url_prefix="/office/directory")

_SUPERVISING = ("first_level_department", "department")


class UnitForm(Form):
    code = StringField(
        _l("单位代码"),
        [Needed(), at_most(18)],
        description=_l("9 位组织机构代码或 18 位统一社会信用代码"),
        render_kw={"autocomplete": "off"},
    )
    name = StringField(_l("单位名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "off"})
    department_id = SelectField(_l("归口部门"), [Needed()], choices=[], validate_choice=False)


@blp.get("")
@signed_in_as("office", "admin")
def listed() -> ResponseReturnValue:
    """The units of the own branch, by code."""
    args = request.args
    found = service("units").get("/v1/directory", q=args.get("q"), after=args.get("after"), limit=50).body
    names = {one["id"]: one["name"] for one in everything()}
    return render_template("office/directory.html", found=found, names=names)


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("office", "admin")
def add() -> ResponseReturnValue:
    """A unit of the own branch."""
    form = UnitForm()
    form.department_id.choices = [(one["id"], one["name"]) for one in everything() if one["level"] in _SUPERVISING]
    if form.validate_on_submit():
        body = stripped(form, "code", "name", "department_id")
        try:
            service("units").post("/v1/directory", body, key=once())
            flash(_("单位已加入单位库"), "success")
            return redirect(url_for("directory.listed"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("office/directory_new.html", form=form)


@blp.post("/<uuid:unit_id>/removal")
@signed_in_as("office", "admin")
def remove(unit_id: object) -> ResponseReturnValue:
    """Takes a unit out of the directory."""
    attempted(lambda: service("units").delete(f"/v1/directory/{unit_id}"), _("单位已移出单位库"))
    return redirect(url_for("directory.listed"), 303)
