"""Records of a repeated section, each saved on its own: add, edit, delete, move up and down (S3-25); and the check."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, material_forms, sectioned
from shenbao_portal.acts import attempted
from shenbao_portal.client import Answer, service
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.refusals import TYPED_WRONG, Refused
from shenbao_portal.texts import _

blp = Blueprint("records", __name__, url_prefix="/declarations/<uuid:application_id>")

_ROW = "row"
"""What the controls of a record are called after; conditions of its columns name it so, too."""


@blp.route("/records/<section>/<int:number>", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def edit(application_id: Any, section: str, number: int) -> ResponseReturnValue:
    """One record; the number after the last one is a new one."""
    found, pack, rows, values = _place(application_id, section)
    if number > len(values):
        abort(404)
    if request.method == "GET":
        value = values[number] if number < len(values) else {}
        errors = _errors(found["problems"], section, rows, number) if "check" in request.args else {}
        return _form(found, pack, section, rows, value, errors)
    given = material_forms.read(_form_of(rows), request.form).get(_ROW, {})
    if rows.get("files_follow") and number < len(values):
        given |= {c["key"]: values[number][c["key"]] for c in _files_of(rows) if c["key"] in values[number]}
    changed = [*values[:number], given, *values[number + 1 :]]
    try:
        saved = _put(found, section, rows, changed, request.form.get("etag", ""))
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        errors = _errors(refused, section, rows, number) or {"": [words(refused.code, refused.params)]}
        return _form(found, pack, section, rows, given, errors), 422
    place = f"sections.{section}.{rows['key']}.{number}."
    missing = any(p["path"].startswith(place) for p in saved["problems"])
    if missing and not rows.get("files_follow"):
        flash(_("已保存，还有内容需要补充"), "warning")
        return redirect(
            url_for("records.edit", application_id=application_id, section=section, number=number, check=1), 303
        )
    flash(_("已保存"), "success")
    return _list(application_id, section)


@blp.post("/records/<section>/<int:number>/<any(up, down, deletion):act>")
@signed_in_as("person", may="application.fill")
def act(application_id: Any, section: str, number: int, act: str) -> ResponseReturnValue:
    """Moves a record by one place, or takes it out."""
    found, _pack, rows, values = _place(application_id, section)
    if number >= len(values):
        abort(404)
    moved = values.pop(number)
    if act != "deletion":
        values.insert(max(0, number - 1) if act == "up" else number + 1, moved)
    try:
        _put(found, section, rows, values, str(found.etag))
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        flash(words(refused.code, refused.params), "danger")
    return _list(application_id, section)


@blp.post("/records/<section>/<int:number>/file")
@signed_in_as("person", may="application.fill")
def attach(application_id: Any, section: str, number: int) -> ResponseReturnValue:
    """The second step of a material: its file, in the place of what was there (S4d-05)."""
    found, pack, rows, values = _place(application_id, section)
    if number >= len(values) or not rows.get("files_follow"):
        abort(404)
    column = _files_of(rows)[0]
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            return _without(found, pack, section, rows, number, _("请先选择文件"))
        purpose = f"attachment:{found['programme']}:{found['programme_version']}:{column['key']}"
        taken = service("documents").upload("/v1/files", sent, purpose=purpose).body
        values[number] = {**values[number], column["key"]: {"receipt": taken["receipt"]}}
        _put(found, section, rows, values, str(found.etag))
    except Refused as refused:
        if refused.status not in TYPED_WRONG | {413, 415}:
            raise
        told = [words(t.code, t.params) for t in refused] or [words(refused.code, refused.params)]
        return _without(found, pack, section, rows, number, *told)
    flash(_("上传完成"), "success")
    return _list(application_id, section)


def _without(
    found: Answer, pack: contents.Pack, section: str, rows: Mapping[str, Any], number: int, *told: str
) -> ResponseReturnValue:
    """The list as it was, with what is wrong with the file at its record."""
    words_of = next(s for s in contents.filled_sections(pack) if s["key"] == section)
    return sectioned.records(found, pack, words_of, rows, {str(number): list(told)}), 422


def _files_of(rows: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [column for column in rows["fields"] if column["type"] == "file"]


@blp.post("/check")
@signed_in_as("person", may="application.fill")
def check(application_id: Any) -> ResponseReturnValue:
    """Judges all sections; only what is met throughout may be submitted (S3-36)."""
    service("applications").post(f"/v1/applications/{application_id}/check")
    where = {"application_id": application_id, "step": "confirmation"}
    return redirect(url_for("declarations.show", checked=1, **where), 303)


@blp.post("/deletion")
@signed_in_as("person", may="application.fill")
def delete(application_id: Any) -> ResponseReturnValue:
    """A declaration under the wrong plan, never submitted, is deleted (S3-37)."""
    found = service("applications").get(f"/v1/applications/{application_id}")
    path = f"/v1/applications/{application_id}"
    attempted(lambda: service("applications").delete(path, etag=found.etag), _("已删除，可以重新申报。"))
    return redirect(url_for("declarations.listed"), 303)


def _place(application_id: Any, section: str) -> tuple[Answer, contents.Pack, Mapping[str, Any], list[Any]]:
    """The application, its pack, the repeated field of the section, and the records in it."""
    found = service("applications").get(f"/v1/applications/{application_id}")
    pack = contents.pack_of_application(found)
    words_of = next((s for s in contents.filled_sections(pack) if s["key"] == section), None)
    rows = sectioned.rows_of(words_of) if words_of else None
    if rows is None:
        abort(404)
    return found, pack, rows, list((found["sections"].get(section) or {}).get(rows["key"]) or [])


def _put(found: Answer, section: str, rows: Mapping[str, Any], values: list[Any], etag: str) -> Answer:
    body = {"sections": {section: {rows["key"]: values}}}
    return service("applications").patch(f"/v1/applications/{found['id']}/sections", body, etag=etag)


def _form_of(rows: Mapping[str, Any]) -> contents.Pack:
    """A record as a form of its own; without its file, where that follows."""
    fields = [c for c in rows["fields"] if not rows.get("files_follow") or c not in _files_of(rows)]
    return {"sections": [{"key": _ROW, "zh": rows["zh"], "en": rows["en"], "fields": fields}]}


def _errors(troubles: Any, section: str, rows: Mapping[str, Any], number: int) -> dict[str, list[str]]:
    """Objections to this record, by the names of its controls; to files, by their control as a whole."""
    place = f"{section}-{rows['key']}-{number}-"
    found: dict[str, list[str]] = {}
    for name, texts in material_forms.errors_of(troubles).items():
        if name.startswith(place):
            found.setdefault(f"{_ROW}-{name.removeprefix(place).split('-')[0]}", []).extend(texts)
    return found


def _form(
    found: Answer,
    pack: contents.Pack,
    section: str,
    rows: Mapping[str, Any],
    value: Mapping[str, Any],
    errors: material_forms.Errors,
) -> str:
    made = material_forms.tabs(_form_of(rows), {_ROW: value}, errors)
    for control in made[0]["controls"]:
        control["kind"] = "proofs" if control["kind"] == "files" else control["kind"]
    return render_template(
        "declarations/record.html",
        tab=made[0],
        section=next(s for s in contents.filled_sections(pack) if s["key"] == section),
        file_follows=rows.get("files_follow"),
        errors=errors,
        problems=material_forms.summary(made, errors),
        **sectioned.around(found, pack, section),
    )


def _list(application_id: Any, section: str) -> ResponseReturnValue:
    return redirect(url_for("declarations.show", application_id=application_id, step=section), 303)
