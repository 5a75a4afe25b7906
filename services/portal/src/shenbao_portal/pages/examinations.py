"""A unit examines what its people declare (资格审查): the list with its exports, the preview, the decision."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, programmes, workbooks
from shenbao_portal.client import Answer, service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("examinations", __name__, url_prefix="/unit/examinations/<programme>")

TABS = ("open", "passed", "failed", "returned", "all")
_FILTERS = ("year", "project_id", "publisher_id", "q")
_DONE = {
    "pass": lambda: _("审查意见已提交：审查通过。"),
    "fail": lambda: _("审查意见已提交：审查不通过。"),
    "return": lambda: _("已退回，申报人修改后可以重新提交。"),
}


@blp.get("")
@signed_in_as("unit")
def listed(programme: str) -> ResponseReturnValue:
    """What the unit's people declared, under each tab, with the numbers of the same filters."""
    found = _examined(programme)
    tab = request.args.get("tab", "open")
    tab = tab if tab in TABS else "open"
    wanted = {name: request.args.get(name, "").strip() for name in _FILTERS}
    asked = {name: value for name, value in wanted.items() if value} | {"programme": programme}
    applications = service("applications")
    lines = applications.get("/v1/examinations", tab=tab, after=request.args.get("after"), **asked).body
    plans = applications.get("/v1/examinations/plans", programme=programme).body["items"]
    return render_template(
        "examinations/listed.html",
        programme=found,
        key=programme,
        tab=tab,
        tabs=TABS,
        counts=applications.get("/v1/examinations/counts", **asked).body,
        lines=lines["items"],
        next=lines["next"],
        wanted=wanted,
        offered=_offered(plans),
        by_department=_by_department(found),
    )


@blp.get("/sheet/<any(roster, publicity_table):kind>")
@signed_in_as("unit")
def sheet(programme: str, kind: str) -> ResponseReturnValue:
    """The roster, or the table for posting inside the unit, of exactly what the list shows (S1-40, S1-41)."""
    asked = {name: request.args[name] for name in (*_FILTERS, "tab") if request.args.get(name)}
    return workbooks.of_list(kind, {"programme": programme, "tab": "all"} | asked)


@blp.get("/<uuid:application_id>")
@signed_in_as("unit")
def preview(programme: str, application_id: Any) -> ResponseReturnValue:
    """Everything that was declared, in numbered sections, with the buttons of the decision while it is open."""
    return _preview(programme, application_id)


@blp.get("/<uuid:application_id>/log")
@signed_in_as("unit")
def log(programme: str, application_id: Any) -> ResponseReturnValue:
    """What was done to an application, by whom, when."""
    material = service("applications").get(f"/v1/applications/{application_id}").body
    lines = service("review").get(f"/v1/cases/{application_id}/log", limit=100).body["items"]
    return render_template(
        "examinations/log.html", programme=_examined(programme), key=programme, material=material, log=lines
    )


@blp.post("/<uuid:application_id>/decision")
@signed_in_as("unit")
def decide(programme: str, application_id: Any) -> ResponseReturnValue:
    """Passes, fails or returns; what was typed is shown again with what is wrong."""
    form = request.form
    body = {
        "step_id": form.get("step_id"),
        "action": form.get("action"),
        "opinion": form.get("opinion", "").strip(),
    }
    try:
        service("review").post(f"/v1/cases/{application_id}/decisions", body, key=once(), etag=form.get("etag", ""))
    except Refused as refused:
        if refused.status not in {409, 412, 422}:
            raise
        unsaid = "opinion_required" in {t.code for t in refused}
        others = [words(t.code, t.params) for t in refused if t.code != "opinion_required"]
        if others:
            flash(together(others), "danger")
        return _preview(programme, application_id, typed=body, unsaid=unsaid), 422
    flash(_DONE.get(str(body["action"]), _DONE["pass"])(), "success")
    return redirect(url_for("examinations.listed", programme=programme), 303)


def _preview(
    programme: str, application_id: Any, *, typed: Mapping[str, Any] | None = None, unsaid: bool = False
) -> str:
    """typed: a decision that was refused; unsaid: it lacked its opinion."""
    material = service("applications").get(f"/v1/applications/{application_id}").body
    found = _examined(programme)
    if material["programme"] != programme:
        abort(404)
    pack = contents.pack_of_application(material)
    case = _case(application_id)
    return render_template(
        "examinations/preview.html",
        programme=found,
        key=programme,
        material=material,
        parts=contents.shown(pack, material["sections"]),
        case=case.body if case else None,
        typed=typed or {},
        unsaid=unsaid,
        etag=case.etag if case else "",
        state=_state(material),
        by_department=_by_department(found),
        publisher=service("applications").get(f"/v1/projects/{material['project_id']}").body["publisher_name"],
        documents=[d for d in pack["documents"] if d["kind"] == material["form_kind"]],
    )


def _case(application_id: Any) -> Answer | None:
    """None while review has not heard of it."""
    try:
        return service("review").get(f"/v1/cases/{application_id}")
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


def _state(material: dict[str, Any]) -> str:
    """The outcome of the unit's own step, of its latest round."""
    own = [s for s in material["steps"] if s["organisation_id"] == material["unit_id"]]
    return str(own[-1]["state"]) if own else "open"


def _examined(programme: str) -> dict[str, Any]:
    found = programmes.find(programme)
    if found is None or not found.get("unit_step"):
        abort(404)
    return found


def _by_department(programme: dict[str, Any]) -> bool:
    """Is it declared to one of several departments, so that the list says which, instead of to a plan (S1-38)."""
    return all(v["publisher"] == "first_level_department" for v in programme.get("variants", ()))


def _offered(plans: list[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers; "" for everything."""
    years = sorted({str(p["year"]) for p in plans}, reverse=True)
    departments = {p["publisher_id"]: p["publisher_name"] for p in plans}
    return {
        "year": [("", _("全部")), *((year, year) for year in years)],
        "project_id": [("", _("全部")), *((p["id"], p["name"]) for p in plans)],
        "publisher_id": [("", _("全部")), *departments.items()],
    }
