"""What a person declares alone: begin, fill in step by step, confirm, submit, follow."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, filings, material_forms, programmes, sectioned
from shenbao_portal.client import Answer, service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages import submission_faces
from shenbao_portal.pages.reconsiderations import asked_of
from shenbao_portal.refusals import TYPED_WRONG, Refused
from shenbao_portal.texts import _, ngettext

blp = Blueprint("declarations", __name__, url_prefix="/declarations")

_CONFIRM = "confirmation"
_DONE = {
    "withdrawal": lambda: _("已撤回，可以重新申报。"),
    "redeclaration": lambda: _("已恢复为草稿，原填写内容全部保留。"),
}


@blp.get("")
@blp.get("/programmes/<programme>")
@signed_in_as("person")
def listed(programme: str | None = None) -> ResponseReturnValue:
    """The own applications, and the projects that one may declare in; of one programme on its own page (S3-10)."""
    applications, wanted = service("applications"), programme
    found = applications.get("/v1/applications", after=request.args.get("after"), programme=wanted).body
    own = {programmes.programme_key(p): p for p in programmes.filled_by("person")}
    if wanted:
        own = {key: p for key, p in own.items() if key == wanted} or abort(404)
    published = applications.get("/v1/projects", limit=100, programme=wanted).body["items"]
    return render_template(
        "declarations/listed.html",
        found=found,
        projects=[p for p in published if p["programme"] in own],
        tested=[p for p in own.values() if p.get("self_test")],
        programme=own[wanted] if wanted else None,
        variants={(key, v["key"]): v for key, p in own.items() for v in p.get("variants", ())},
        pretested=[p for p in own.values() if p.get("articles") and p.get("analysis")],
    )


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def new() -> ResponseReturnValue:
    """The details of a project, and what has to be agreed to before anything begins (S2-04)."""
    project_id = request.args.get("project", type=UUID)
    if project_id is None:
        abort(404)
    project = service("applications").get(f"/v1/projects/{project_id}").body
    pack = contents.pack_of(project["programme"], project["version"])
    if filings.is_of(pack):
        return redirect(url_for("filings.listed", programme=project["programme"]), 303)
    errors: list[str] = []
    if request.method == "POST":
        body = {"project_id": project["id"], "accepted": request.form.getlist("accepted")}
        try:
            body |= begun_with(pack, request.args)
            made = service("applications").post("/v1/applications", body, key=once())
        except Refused as refused:
            if refused.status not in TYPED_WRONG:
                raise
            errors = [words(refused.code, refused.params)]
        else:
            # A form that is filled in at any place begins at its first: the registration information (S4h-03).
            first = None if made["step"] or sectioned.is_of(pack) else contents.filled_sections(pack)[0]["key"]
            return redirect(url_for("declarations.show", application_id=made["id"], step=first), 303)
    page = render_template("declarations/new.html", project=project, pack=pack, errors=errors)
    return page, 422 if errors else 200


@blp.route("/<uuid:application_id>/anew", methods=["GET", "POST"])
@signed_in_as("person", may="application.report")
def anew(application_id: Any) -> ResponseReturnValue:
    """Another condition, from an empty draft; the earlier case stays readable (S2-37)."""
    material = _application(application_id)
    project = service("applications").get(f"/v1/projects/{material['project_id']}").body
    pack = contents.pack_of(project["programme"], project["version"])
    errors: list[str] = []
    if request.method == "POST":
        body = {"accepted": request.form.getlist("accepted")}
        try:
            body |= profile_for(pack)
            made = service("applications").post(f"/v1/applications/{application_id}/successors", body, key=once())
        except Refused as refused:
            if refused.status not in TYPED_WRONG:
                raise
            errors = [words(refused.code, refused.params)]
        else:
            return redirect(url_for("declarations.show", application_id=made["id"]), 303)
    page = render_template("declarations/new.html", project=project, pack=pack, errors=errors, replaced=material.body)
    return page, 422 if errors else 200


@blp.get("/<uuid:application_id>")
@signed_in_as("person")
def show(application_id: Any) -> ResponseReturnValue:
    """The step that is asked for, or the first that is open; the confirmation after the last; for reading once sent."""
    found = _application(application_id)
    material = found.body
    pack = contents.form_of_application(material)
    if filings.is_of(pack):
        return redirect(filings.address(material, pack), 303)
    if not material["editable"]:
        return _view(material, pack)
    if sectioned.is_of(pack):
        return sectioned.page(found, pack, request.args)
    step = request.args.get("step") or material["step"] or _CONFIRM
    if step == _CONFIRM and material["step"] is None:
        return _confirmation(material, pack)
    section = _section(pack, material, step)
    if rows := sectioned.in_two_steps(section):
        return sectioned.records(found, pack, section, rows)
    errors = material_forms.errors_of(material["problems"]) if "check" in request.args else {}
    return _step(found, pack, section["key"], material["sections"], errors)


@blp.post("/<uuid:application_id>")
@signed_in_as("person", may="application.fill")
def save(application_id: Any) -> ResponseReturnValue:
    """One step; what was typed is never lost."""
    found = _application(application_id)
    pack = contents.form_of_application(found)
    section = _section(pack, found.body, request.args.get("step", ""))
    key = section["key"]
    given = material_forms.read(pack, request.form).get(key, {})
    emptied = {f["key"]: None for f in section["fields"] if f["key"] not in given and f["type"] != "files"}
    try:
        saved = service("applications").patch(
            f"/v1/applications/{application_id}/sections",
            {"sections": {key: emptied | given}, "confirmed": request.form.getlist("confirmed")},
            etag=request.form.get("etag", ""),
        )
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        shown = {**found["sections"], key: given}
        if sectioned.is_of(pack):
            return sectioned.form(found, pack, key, shown, material_forms.errors_of(refused)), 422
        return _step(found, pack, key, shown, material_forms.errors_of(refused)), 422
    return sectioned.saved(saved.body, pack, key) if sectioned.is_of(pack) else _after_save(saved.body, pack, key)


@blp.post("/<uuid:application_id>/submission")
@signed_in_as("person", may="application.report")
def submit(application_id: Any) -> ResponseReturnValue:
    """Freezes the application and sends it on its route."""
    here = redirect(url_for("declarations.show", application_id=application_id), 303)
    try:
        body = submission_faces.shown(application_id)
        service("applications").post(f"/v1/applications/{application_id}/report", body, key=once())
    except Refused as refused:
        if refused.code == "face_auth_required":
            return submission_faces.begin(application_id)
        if refused.status not in TYPED_WRONG:
            raise
        flash(words(refused.code, refused.params), "danger")
        return here
    flash(_("已提交，回执如下。"), "success")
    return here


@blp.post("/<uuid:application_id>/<any(withdrawal, redeclaration):act>")
@signed_in_as("person", may="application.report")
def take_back(application_id: Any, act: str) -> ResponseReturnValue:
    """Withdraws what is not accepted yet, or makes a draft again of what came to nothing."""
    try:
        service("applications").post(f"/v1/applications/{application_id}/{act}", {}, key=once())
    except Refused as refused:
        if refused.status != 409:
            raise
        flash(words(refused.code, refused.params), "danger")
    else:
        flash(_DONE[act](), "success")
    return redirect(url_for("declarations.show", application_id=application_id), 303)


def profile_for(pack: contents.Pack) -> dict[str, Any]:
    """What identity says of the person, where the programme begins with it."""
    return {"profile": service("identity").post("/v1/me/profile-slips")["slip"]} if pack.get("prefill") else {}


def begun_with(pack: contents.Pack, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The profile, and what was chosen on the page of the conditions."""
    found: dict[str, Any] = profile_for(pack)
    if pack.get("conditions") and chosen.get("condition"):
        section, key = pack["conditions"]["place"].split(".")
        found["sections"] = {section: {key: chosen["condition"]}}
    if chosen.get("analysis"):
        found["analysis"] = chosen["analysis"]
    return found


def _application(application_id: Any) -> Answer:
    return service("applications").get(f"/v1/applications/{application_id}")


def _section(pack: contents.Pack, material: dict[str, Any], step: str) -> Any:
    """A step that may be opened: any before the open one, and that itself."""
    sections = contents.filled_sections(pack)
    keys = [s["key"] for s in sections]
    last = keys.index(material["step"]) if material["step"] in keys else len(keys) - 1
    if step not in keys[: last + 1]:
        abort(404)
    return sections[keys.index(step)]


def _after_save(material: dict[str, Any], pack: contents.Pack, key: str) -> ResponseReturnValue:
    missing = [p for p in material["problems"] if p["path"].startswith(f"sections.{key}.")]
    if missing:
        text = ngettext("已保存，还有 %(num)d 处需要补充", "已保存，还有 %(num)d 处需要补充", len(missing))
        flash(text, "warning")
        return redirect(url_for("declarations.show", application_id=material["id"], step=key, check=1), 303)
    flash(_("已保存"), "success")
    # A form that is saved step by step tells by itself which is open.
    step = contents.following(pack, key) if material["problems"] and pack["save_mode"] == "all_tabs" else None
    return redirect(url_for("declarations.show", application_id=material["id"], step=step), 303)


def _step(found: Answer, pack: contents.Pack, key: str, sections: dict[str, Any], errors: material_forms.Errors) -> str:
    made = material_forms.alone(
        material_forms.tabs(pack, sections, errors, found["open_items"]), key, found["sections"]
    )
    own = {name: texts for name, texts in errors.items() if name == key or name.startswith(f"{key}-")}
    project = {"programme": found["programme"], "version": found["programme_version"], "name": found["project_name"]}
    return render_template(
        "declarations/step.html",
        material=found.body,
        project=project,
        tab=made,
        steps=_steps(pack, found.body, key),
        errors=own,
        problems=material_forms.summary([made], own),
        etag=found.etag,
    )


def _steps(pack: contents.Pack, material: dict[str, Any], current: str) -> list[dict[str, Any]]:
    """Every step with whether it may be opened; the confirmation is the last."""
    sections = contents.filled_sections(pack)
    keys = [s["key"] for s in sections]
    reached = keys.index(material["step"]) if material["step"] in keys else len(keys)
    ends = [s for s in pack["sections"] if s.get("source") == _CONFIRM]
    return [
        {"section": s, "key": s["key"], "open": i <= reached, "current": s["key"] == current}
        for i, s in enumerate([*sections, *ends])
    ]


def _confirmation(material: dict[str, Any], pack: contents.Pack) -> str:
    check = service("applications").get(f"/v1/applications/{material['id']}/check").body
    return render_template(
        "declarations/confirmation.html",
        material=material,
        sections=sectioned.parts_of(material, pack),
        steps=_steps(pack, material, _CONFIRM),
        check=check,
        reports="person" in contents.reporters(pack, material["variant"]),
        problems=[
            (place, sectioned.told(p, place[1])) for p in check["problems"] for place in (_place(pack, p["path"]),)
        ],
    )


def _place(pack: contents.Pack, path: str) -> tuple[str, Any]:
    """(step, field) of an objection, for a link to the place."""
    _sections, key, name = path.split(".")[:3]
    section = next(s for s in pack["sections"] if s["key"] == key)
    return key, next(f for f in section["fields"] if f["key"] == name)


def _view(material: dict[str, Any], pack: contents.Pack) -> str:
    review, log, case = service("review"), [], None
    receipt = None
    if material["reported_at"]:
        receipt = service("applications").get(f"/v1/applications/{material['id']}/receipt").body
        try:
            case = review.get(f"/v1/cases/{material['id']}").body
            log = review.get(f"/v1/cases/{material['id']}/log", limit=100).body["items"]
        except Refused as refused:
            if refused.status != 404:  # Review has not heard of it yet.
                raise
    return render_template(
        "declarations/view.html",
        material=material,
        sections=sectioned.parts_of(material, pack),
        case=case,
        asked=asked_of(case),
        log=log,
        receipt=receipt,
    )
