"""The organisation tree, for administrators."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, SelectMultipleField, StringField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, given, once, stripped
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.permission_names import LEVELS
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("organisations", __name__, url_prefix="/admin/organisations")


class OrganisationForm(Form):
    code = StringField(
        _l("机构编号"),
        [Needed(), at_most(32)],
        description=_l("英文字母、数字、连字符或下划线，不可重复"),
        render_kw={"autocomplete": "off"},
    )
    name = StringField(_l("机构名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    level = SelectField(_l("级别"), [Needed()], choices=list(LEVELS.items()))
    parent_id = SelectField(_l("上级机构"), choices=[], validate_choice=False)
    demands_letter = SelectMultipleField(_l("单位注册要求"), choices=[("yes", _l("所辖单位须先提交授权委托书"))])


@blp.get("")
@signed_in_as("admin", "office", may="organisation.manage")
def listed() -> ResponseReturnValue:
    """Organisations by code."""
    args = request.args
    found = service("units").get("/v1/organisations", level=args.get("level"), after=args.get("after"), limit=50)
    names = {item["id"]: item["name"] for item in everything()}
    return render_template("admin/organisations.html", items=found["items"], next=found["next"], names=names)


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("admin", "office", may="organisation.manage")
def add() -> ResponseReturnValue:
    """A new node of the tree."""
    form = OrganisationForm()
    form.parent_id.choices = _parents()
    if form.validate_on_submit():
        body = stripped(form, "code", "name", "level") | given({"parent_id": form.parent_id.data})
        body["demands_letter"] = bool(form.demands_letter.data)
        try:
            service("units").post("/v1/organisations", body, key=once())
            flash(_("机构已新增"), "success")
            return redirect(url_for("organisations.listed"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("admin/organisation_new.html", form=form)


@blp.post("/<uuid:organisation_id>/letter-demand")
@signed_in_as("admin", "office", may="organisation.manage")
def demand_letter(organisation_id: object) -> ResponseReturnValue:
    """Demands an authorization letter of units that come below it from now on, or no longer does."""
    body = {"demands_letter": request.form.get("demanded") == "yes"}
    said = _("今后所辖单位须先提交授权委托书") if body["demands_letter"] else _("今后所辖单位不再须提交授权委托书")
    attempted(lambda: service("units").patch(f"/v1/organisations/{organisation_id}", body), said)
    return redirect(url_for("organisations.listed"), 303)


@blp.post("/<uuid:organisation_id>/cancellation")
@signed_in_as("admin", "office", may="organisation.manage")
def cancel(organisation_id: object) -> ResponseReturnValue:
    """Takes an empty organisation out of the tree."""
    attempted(lambda: service("units").delete(f"/v1/organisations/{organisation_id}"), _("机构已撤销"))
    return redirect(url_for("organisations.listed"), 303)


def _parents() -> list[tuple[str, str]]:
    """An office adds directly below itself only."""
    who = require()
    if who.kind == "office":
        own = service("units").get(f"/v1/organisations/{who.organisation_id}").body
        return [(own["id"], own["name"])]
    return [("", _("（无，最高一级）")), *((item["id"], item["name"]) for item in everything())]


def everything() -> list[dict[str, Any]]:
    """All organisations, for choices; a few hundred at most."""
    items: list[dict[str, Any]] = []
    after = None
    while True:
        found = service("units").get("/v1/organisations", after=after, limit=100)
        items += found["items"]
        after = found["next"]
        if not after:
            return items
