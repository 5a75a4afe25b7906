"""One material: filling it in tabs with one save, viewing it, its files, its review record."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, material_forms
from shenbao_portal.client import Answer, service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.menu import work_path
from shenbao_portal.pages.reconsiderations import asked_of
from shenbao_portal.refusals import TYPED_WRONG, Refused
from shenbao_portal.texts import _, ngettext

blp = Blueprint("materials", __name__, url_prefix="/materials")


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("unit", "sub_account", may="application.fill")
def new() -> ResponseReturnValue:
    """A new material of a project."""
    project_id = request.args.get("project", type=UUID)
    if project_id is None:
        abort(404)
    project = service("applications").get(f"/v1/projects/{project_id}").body
    pack = contents.form_of(project["programme"], project["version"], project["variant"])
    if request.method == "GET":
        return _form(pack, project, {}, {})
    sections = material_forms.read(pack, request.form)
    try:
        made = service("applications").post(
            "/v1/applications",
            {"project_id": project["id"], "sections": sections, "accepted": request.form.getlist("accepted")},
            key=once(),
        )
    except Refused as refused:
        return _refused(refused, pack, project, sections)
    return _saved(made.body)


@blp.get("/<uuid:application_id>")
@signed_in_as("unit", "sub_account")
def show(application_id: Any) -> ResponseReturnValue:
    """For filling while it may be changed, for reading afterwards (S4g-16)."""
    found = _material(application_id)
    material = found.body
    pack = contents.form_of_application(material)
    if not material["editable"] or "view" in request.args:
        return _view(material, pack)
    errors = material_forms.errors_of(material["problems"]) if "check" in request.args else {}
    return _form(pack, _project(material), material["sections"], errors, material=material, etag=found.etag)


@blp.post("/<uuid:application_id>")
@signed_in_as("unit", "sub_account", may="application.fill")
def save(application_id: Any) -> ResponseReturnValue:
    """All tabs with one save (S4g-13); what was typed is never lost."""
    found = _material(application_id)
    material = found.body
    pack = contents.form_of_application(material)
    sections = material_forms.read(pack, request.form)
    try:
        saved = service("applications").put(
            f"/v1/applications/{application_id}/sections",
            {
                "sections": {**material_forms.uploaded(pack, material["sections"]), **sections},
                "confirmed": request.form.getlist("confirmed"),
            },
            etag=request.form.get("etag", ""),
        )
    except Refused as refused:
        shown = {**material["sections"], **sections}
        return _refused(refused, pack, _project(material), shown, material=material, etag=found.etag)
    return _saved(saved.body)


@blp.post("/uploads")
@signed_in_as("unit", "sub_account", "person", may="application.fill")
def upload() -> ResponseReturnValue:
    """Takes one file in; the answer is the list with the receipt that the form sends when it is saved."""
    taken = service("documents").upload("/v1/files", _sent(), purpose=request.args.get("purpose", "")).body
    value = {"receipt": taken["receipt"], "document_id": taken["id"], "name": taken["name"], "size": taken["size"]}
    name = request.args.get("name", "")
    page = "declarations/file_entry.html" if "many" in request.args else "work/file_part.html"
    sent = json.dumps({"receipt": taken["receipt"]})
    return render_template(page, name=name, file=value, value=sent, reads=request.args.get("reads"), fresh=True)


@blp.post("/<uuid:application_id>/files/<section>/<field>")
@signed_in_as("unit", "sub_account", "person", may="application.fill")
def add_file(application_id: Any, section: str, field: str) -> ResponseReturnValue:
    """Adds one attachment at once, apart from the form (S4g-15)."""
    found = _material(application_id)
    purpose = _purpose(found, section, field)
    taken = service("documents").upload("/v1/files", _sent(), purpose=purpose).body
    files = [*_files(found, section, field), {"receipt": taken["receipt"]}]
    return _changed_files(found, section, field, files)


@blp.post("/<uuid:application_id>/files/<section>/<field>/<uuid:document_id>/removal")
@signed_in_as("unit", "sub_account", "person", may="application.fill")
def remove_file(application_id: Any, section: str, field: str, document_id: Any) -> ResponseReturnValue:
    """Takes one attachment off the material."""
    found = _material(application_id)
    files = [f for f in _files(found, section, field) if f["document_id"] != str(document_id)]
    return _changed_files(found, section, field, files)


def _project(material: dict[str, Any]) -> dict[str, Any]:
    """What the form's page says of the project."""
    names = {"id": "project_id", "name": "project_name", "programme": "programme", "variant": "variant"}
    return {name: material[source] for name, source in names.items()} | {"version": material["programme_version"]}


def _purpose(found: Answer, section: str, field: str) -> str:
    """What a file is uploaded for: the material of its field, or the field itself."""
    pack = contents.pack_of_application(found)
    fields: list[dict[str, Any]] = next(
        (s["fields"] for s in contents.filled_sections(pack) if s["key"] == section), []
    )
    material = next((f.get("material") for f in fields if f["key"] == field), None)
    kind = f"material:{{}}:{material}" if material else f"attachment:{{}}:{field}"
    return kind.format(f"{found['programme']}:{found['programme_version']}")


def _sent() -> Any:
    if "file" not in request.files:
        abort(400)
    return request.files["file"]


def _material(application_id: Any) -> Answer:
    return service("applications").get(f"/v1/applications/{application_id}")


def _files(found: Answer, section: str, field: str) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = (found["sections"].get(section) or {}).get(field) or []
    return files


def _changed_files(found: Answer, section: str, field: str, files: list[dict[str, Any]]) -> ResponseReturnValue:
    body = {"sections": {section: {field: files}}}
    saved = service("applications").patch(f"/v1/applications/{found['id']}/sections", body, etag=found.etag)
    return render_template(
        "work/files_part.html",
        material=saved.body,
        section=section,
        field=field,
        files=_files(saved, section, field),
        etag=saved.etag,
    )


def _saved(material: dict[str, Any]) -> ResponseReturnValue:
    missing = len(material["problems"])
    if missing:
        text = ngettext("已保存，还有 %(num)d 处需要补充", "已保存，还有 %(num)d 处需要补充", missing)
        flash(text, "warning")
        return redirect(url_for("materials.show", application_id=material["id"], check=1), 303)
    text = (
        _("已保存，材料完整，可以上报。")
        if material["status"] != "returned"
        else _("已保存，请到上报材料页面重新上报。")
    )
    flash(text, "success")
    return redirect(url_for("materials.show", application_id=material["id"]), 303)


def _refused(
    refused: Refused,
    pack: contents.Pack,
    project: dict[str, Any],
    sections: dict[str, Any],
    *,
    material: dict[str, Any] | None = None,
    etag: str | None = None,
) -> ResponseReturnValue:
    if refused.status not in TYPED_WRONG:
        raise refused
    errors = material_forms.errors_of(refused)
    return _form(pack, project, sections, errors, material=material, etag=etag), 422


def _form(
    pack: contents.Pack,
    project: dict[str, Any],
    sections: dict[str, Any],
    errors: material_forms.Errors,
    *,
    material: dict[str, Any] | None = None,
    etag: str | None = None,
) -> str:
    log = _log(material)
    made = material_forms.tabs(pack, sections, errors, material["open_items"] if material else None)
    source = material or project
    return render_template(
        "work/form.html",
        pack=pack,
        project=project,
        material=material,
        tabs=made,
        problems=material_forms.summary(made, errors),
        errors=errors,
        etag=etag,
        log=log,
        item_names=dict(contents.items_of(pack)),
        route=service("applications").get(f"/v1/applications/{material['id']}/route").body if material else None,
        listed=_listed(log) if material and material["open_items"] is not None else [],
        home=work_path(source["programme"], source["variant"], "fill"),
    )


def _view(material: dict[str, Any], pack: contents.Pack) -> ResponseReturnValue:
    case = _case(material)
    return render_template(
        "work/view.html",
        material=material,
        sections=contents.shown(pack, material["sections"]),
        documents=material["forms"],
        case=case,
        asked=asked_of(case),
        log=_log(material),
        item_names=dict(contents.items_of(pack)),
    )


def _log(material: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The review record (S4g-21); a material that was never reported has none."""
    if material is None or not material["reported_at"]:
        return []
    found: list[dict[str, Any]] = service("review").get(f"/v1/cases/{material['id']}/log", limit=100).body["items"]
    return found


def _listed(log: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The items of the latest return with their reasons."""
    returns = [line for line in log if line["action"] == "return"]
    found: list[dict[str, str]] = returns[-1]["items"] if returns else []
    return found


def _case(material: dict[str, Any]) -> dict[str, Any] | None:
    if not material["reported_at"]:
        return None
    found: dict[str, Any] = service("review").get(f"/v1/cases/{material['id']}").body
    return found
