"""The own performance archive: records by category, handed in to the unit, corrected, and improved."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import archive_words, material_forms
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text
from shenbao_portal.messages import words
from shenbao_portal.refusals import TYPED_WRONG, Refused
from shenbao_portal.texts import _

blp = Blueprint("own_archive", __name__, url_prefix="/archive")

_PURPOSE = "archive_proof"


@blp.get("")
@signed_in_as("person")
def first() -> ResponseReturnValue:
    return redirect(url_for("own_archive.listed", category=archive_words.categories()[0]["key"]), 303)


@blp.get("/<category>")
@signed_in_as("person")
def listed(category: str) -> ResponseReturnValue:
    """The own records of a category, in every state."""
    chosen = _category(category)
    found = (
        service("applications")
        .get("/v1/archive/records", category=category, tab="all", after=request.args.get("after"))
        .body
    )
    return render_template(
        "archive/own.html",
        categories=archive_words.categories(),
        category=chosen,
        columns=archive_words.column_names(chosen),
        records=[archive_words.shown(chosen, record) for record in found["items"]],
        next=found["next"],
    )


@blp.route("/<category>/new", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def new(category: str) -> ResponseReturnValue:
    """A new record: kept as a draft, or handed in at once."""
    chosen = _category(category)
    if request.method == "GET":
        return _form(chosen, None, {}, {})
    values = _read(chosen)
    try:
        slip = service("identity").post("/v1/me/profile-slips", {})["slip"]
        body = {"category": category, "profile": slip, "values": values}
        made = service("applications").post("/v1/archive/records", body, key=once()).body
    except Refused as refused:
        return _again(refused, chosen, None, values)
    return _handed_in(chosen, made)


@blp.route("/records/<uuid:record_id>", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def edit(record_id: Any) -> ResponseReturnValue:
    """A record that may be changed now; saving one that was passed hands in its next version."""
    found = service("applications").get(f"/v1/archive/records/{record_id}")
    chosen = _category(found["category"])
    record = found.body | {"etag": found.etag}
    if request.method == "GET":
        return _form(chosen, record, found["values"], {})
    values = _read(chosen)
    try:
        path = f"/v1/archive/records/{record_id}"
        saved = service("applications").put(path, {"values": values}, etag=request.form.get("etag", "")).body
    except Refused as refused:
        return _again(refused, chosen, record, values)
    return _handed_in(chosen, saved)


@blp.post("/records/<uuid:record_id>/removal")
@signed_in_as("person", may="application.fill")
def remove(record_id: Any) -> ResponseReturnValue:
    """A draft that was never handed in."""
    found = service("applications").get(f"/v1/archive/records/{record_id}")
    path = f"/v1/archive/records/{record_id}"
    attempted(lambda: service("applications").delete(path, etag=found.etag), _("已删除"))
    return redirect(url_for("own_archive.listed", category=found["category"]), 303)


@blp.post("/uploads")
@signed_in_as("person", may="application.fill")
def upload() -> ResponseReturnValue:
    """Takes one file in; the answer is its line with what the form sends when it is saved."""
    if "file" not in request.files:
        abort(400)
    taken = service("documents").upload("/v1/files", request.files["file"], purpose=_PURPOSE).body
    return render_template(
        "work/file_part.html", name="files", file=taken, value=json.dumps({"receipt": taken["receipt"]})
    )


def _handed_in(category: Mapping[str, Any], record: Mapping[str, Any]) -> ResponseReturnValue:
    """Hands in what was saved when the person asked for that; else it stays where it is."""
    here = redirect(url_for("own_archive.listed", category=category["key"]), 303)
    if record["state"] == "pending":
        flash(_("已提交，等待单位审核。"), "success")
        return here
    if request.form.get("then") != "submit":
        flash(_("已保存，尚未提交单位审核。"), "success")
        return here
    try:
        # A key of its own: the form's was used up when the record was made.
        service("applications").post(f"/v1/archive/records/{record['id']}/submission", key=f"{once()}-submission")
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        flash(_("已保存，但没有提交：%(why)s", why=_("；").join(_objections(category, refused))), "warning")
        return redirect(url_for("own_archive.edit", record_id=record["id"]), 303)
    flash(_("已提交，等待单位审核。"), "success")
    return here


def _objections(category: Mapping[str, Any], refused: Refused) -> Iterator[str]:
    """Why a record cannot be handed in, with the name of the field where it is one's."""
    labels = {field["key"]: named_text(field) for field in category["fields"]}
    for trouble in refused:
        text = words(trouble.code, trouble.params)
        label = labels.get(trouble.path.rpartition(".")[2])
        yield _("%(label)s：%(text)s", label=label, text=text) if label else text


def _read(category: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in category["fields"]:
        if field["type"] == "files":
            value: Any = [json.loads(text) for text in request.form.getlist(field["key"]) if text.startswith("{")]
        else:
            value = request.form.get(f"record-{field['key']}", "").strip()
        if value:
            found[field["key"]] = value
    return found


def _again(
    refused: Refused, category: Mapping[str, Any], record: Any, values: Mapping[str, Any]
) -> ResponseReturnValue:
    """What was typed, with what is wrong about it."""
    if refused.status not in TYPED_WRONG:
        raise refused
    errors = {name.removeprefix("values-"): texts for name, texts in material_forms.errors_of(refused).items()}
    return _form(category, record, values, errors, said=words(refused.code, refused.params)), 422


def _form(
    category: Mapping[str, Any], record: Any, values: Mapping[str, Any], errors: Mapping[str, list[str]], said: str = ""
) -> str:
    return render_template(
        "archive/edit.html",
        category=category,
        record=record,
        values=values,
        controls=material_forms.plain_controls("record", category["fields"], values, errors),
        errors=errors,
        said=said,
    )


def _category(key: str) -> dict[str, Any]:
    found = next((c for c in archive_words.categories() if c["key"] == key), None)
    if found is None:
        abort(404)
    return found
