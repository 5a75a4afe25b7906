"""Persons and their units: a person looks for a unit and asks it, the unit says yes or no (S3-05 to S3-09)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, TextAreaField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("bindings", __name__)


def ask_unit(form: Form) -> None:
    """Asks the unit that the form names, with its note, in the name of the person who is signed in."""
    slip = service("identity").post("/v1/me/person-slips")["slip"]
    body = {**stripped(form, "unit_id", "note"), "person": slip}
    service("units").post("/v1/bindings", body, key=once())
    flash(_("申请已提交，等待单位确认"), "success")


class AskForm(Form):
    unit_id = RadioField(_l("工作单位"), [Needed(_l("请搜索并选择单位"))], choices=[], validate_choice=False)
    note = TextAreaField(_l("申请说明"), [Needed(), at_most(500)], render_kw={"rows": 3})
    q = HiddenField()


@blp.route("/person/unit", methods=["GET", "POST"])
@signed_in_as("person")
def own() -> ResponseReturnValue:
    """The unit one belongs to, the one asked for, and the way to another."""
    units = service("units")
    q = (request.values.get("q") or "").strip()
    form = AskForm(data={"q": q})
    found = units.get("/v1/units", q=q[:50], limit=20).body["items"] if q else []
    form.unit_id.choices = [(hit["id"], f"{hit['name']} · {hit['department_name']}") for hit in found]
    if form.validate_on_submit():
        try:
            ask_unit(form)
            return redirect(url_for("bindings.own"), 303)
        except Refused as refused:
            form.take(refused)
    mine = units.get("/v1/bindings/mine").body
    past = units.get("/v1/bindings/mine/history", after=request.args.get("after"), limit=20).body
    return render_template("bindings/own.html", form=form, q=q, mine=mine, past=past["items"], next=past["next"])


@blp.post("/person/unit/<uuid:binding_id>/withdrawal")
@signed_in_as("person")
def withdraw(binding_id: object) -> ResponseReturnValue:
    """No longer asks."""
    etag = f'"{request.form.get("version", "")}"'
    path = f"/v1/bindings/{binding_id}/withdrawal"
    attempted(lambda: service("units").put(path, {}, etag=etag), _("申请已撤回"))
    return redirect(url_for("bindings.own"), 303)


@blp.get("/unit/people")
@signed_in_as("unit", may="unit.manage")
def people() -> ResponseReturnValue:
    """Who asks to belong to the unit, or does."""
    state = "active" if request.args.get("state") == "active" else "pending"
    found = service("units").get("/v1/bindings", state=state, after=request.args.get("after"), limit=20).body
    return render_template("bindings/people.html", state=state, people=found["items"], next=found["next"])


@blp.post("/unit/people/<uuid:binding_id>/decision")
@signed_in_as("unit", may="unit.manage")
def decide(binding_id: object) -> ResponseReturnValue:
    """Yes, or no with a reason."""
    form = request.form
    state = "active" if form.get("state") == "active" else "rejected"
    body = {"state": state, "reason": form.get("reason", "").strip()}
    etag = f'"{form.get("version", "")}"'
    said = _("已同意绑定") if state == "active" else _("已拒绝绑定，理由已告知本人")
    attempted(lambda: service("units").put(f"/v1/bindings/{binding_id}/decision", body, etag=etag), said)
    return redirect(url_for("bindings.people"), 303)
