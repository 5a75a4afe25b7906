"""The materials of a filing: a fixed list, each uploaded or fetched by itself, then saved together (S0-24 to S0-30)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import filings, material_forms, programmes
from shenbao_portal.acts import attempted
from shenbao_portal.client import Answer, service
from shenbao_portal.contents import Pack
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("filing_materials", __name__, url_prefix="/filings/<uuid:application_id>/materials")

_REFUSED = frozenset({409, 412, 413, 415, 422, 503})


@blp.get("")
@signed_in_as("person", may="application.fill")
def show(application_id: Any) -> ResponseReturnValue:
    """Every material with its condition and state (S0-24)."""
    found, pack = filings.found(application_id)
    if not found["editable"]:
        return redirect(url_for("filings.view", application_id=application_id), 303)
    return _page(found, pack, {})


@blp.post("")
@signed_in_as("person", may="application.fill")
def save(application_id: Any) -> ResponseReturnValue:
    """Saves the materials: the unit may report from now on (S0-30)."""
    found, pack = filings.found(application_id)
    try:
        saved = service("applications").put(f"/v1/applications/{application_id}/materials", {}, etag=found.etag)
    except Refused as refused:
        if refused.status not in _REFUSED:
            raise
        return _page(found, pack, material_forms.errors_of(refused)), 422
    flash(_("材料已保存。请联系所属企业进行提交。"), "success")
    return redirect(url_for("filings.listed", programme=saved["programme"]), 303)


@blp.post("/<field>")
@signed_in_as("person", may="application.fill")
def upload(application_id: Any, field: str) -> ResponseReturnValue:
    """One file, in the place of what was there."""
    found, pack, section, known = _place(application_id, field)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(found, pack, {f"{section}-{field}": [_("请先选择文件")]}), 422
    return _kept(
        found,
        pack,
        section,
        known,
        lambda: service("documents").upload("/v1/files", sent, purpose=_purpose(found, known)),
    )


@blp.post("/<field>/retrieval")
@signed_in_as("person", may="application.fill")
def retrieve(application_id: Any, field: str) -> ResponseReturnValue:
    """Fetched from who holds it; when that fails it is uploaded by hand (S0-27)."""
    found, pack, section, known = _place(application_id, field)
    profile = service("identity").post("/v1/me/profile-slips")["slip"]
    body = {"purpose": _purpose(found, known), "profile": profile}
    return _kept(found, pack, section, known, lambda: service("documents").post("/v1/retrievals", body, key=once()))


@blp.post("/<field>/deletion")
@signed_in_as("person", may="application.fill")
def delete(application_id: Any, field: str) -> ResponseReturnValue:
    """Takes the file off."""
    found, _pack, section, _known = _place(application_id, field)
    attempted(lambda: _patch(found, section, field, None), _("已删除"))
    return redirect(url_for("filing_materials.show", application_id=application_id), 303)


def _place(application_id: Any, field: str) -> tuple[Answer, Pack, str, Any]:
    """The filing, its pack, and the section and field of one material."""
    found, pack = filings.found(application_id)
    section, known = next(((s, f) for s, f in filings.papers(pack) if f["key"] == field), (None, None))
    if section is None:
        abort(404)
    return found, pack, section["key"], known


def _purpose(found: Answer, field: Any) -> str:
    return f"material:{found['programme']}:{found['programme_version']}:{field['material']}"


def _kept(found: Answer, pack: Pack, section: str, field: Any, taken: Any) -> ResponseReturnValue:
    """Takes a file in and puts it into its place; a refusal stands at that place."""
    try:
        _patch(found, section, field["key"], {"receipt": taken()["receipt"]})
    except Refused as refused:
        if refused.status not in _REFUSED:
            raise
        texts = [words(t.code, t.params) for t in refused]
        return _page(found, pack, {f"{section}-{field['key']}": texts}), 422
    flash(_("上传完成"), "success")
    return redirect(url_for("filing_materials.show", application_id=found["id"]) + f"#{section}-{field['key']}", 303)


def _patch(found: Answer, section: str, field: str, value: Any) -> Answer:
    body = {"sections": {section: {field: value}}}
    return service("applications").patch(f"/v1/applications/{found['id']}/sections", body, etag=found.etag)


def _page(found: Answer, pack: Pack, errors: material_forms.Errors) -> str:
    """errors: by `<section>-<field>`."""
    lines = [
        {
            "id": f"{section['key']}-{field['key']}",
            "field": field,
            "file": (found["sections"].get(section["key"]) or {}).get(field["key"]),
            "material": next(m for m in pack["materials"] if m["key"] == field["material"]),
            "errors": errors.get(f"{section['key']}-{field['key']}", []),
        }
        for section, field in filings.papers(pack)
    ]
    known = {line["id"] for line in lines}
    return render_template(
        "filings/materials.html",
        material=found.body,
        pack=pack,
        programme=programmes.find(found["programme"]),
        sections=[s for s in pack["sections"] if not s.get("read_only") and s not in filings.information(pack)],
        lines=lines,
        prints=filings.prints(pack, found),
        others=[text for name, texts in errors.items() if name not in known for text in texts],
    )
