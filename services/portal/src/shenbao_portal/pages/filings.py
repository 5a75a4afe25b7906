"""The own module of a programme whose information comes before its materials: list, form, reading, progress."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, filings, masking, material_forms, programmes
from shenbao_portal.acts import attempted
from shenbao_portal.client import Answer, service
from shenbao_portal.contents import Pack
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.refusals import TYPED_WRONG, Refused
from shenbao_portal.texts import _

blp = Blueprint("filings", __name__, url_prefix="/filings")

_MOST_UNITS = 20


@blp.get("/programmes/<programme>")
@signed_in_as("person")
def listed(programme: str) -> ResponseReturnValue:
    """The own filings and nobody else's (S0-12)."""
    return _list(programme)


@blp.post("/programmes/<programme>")
@signed_in_as("person", may="application.fill")
def add(programme: str) -> ResponseReturnValue:
    """A new one, where one is needed; else the reason why not (S0-13)."""
    applications, project = service("applications"), request.form.get("project", "")
    try:
        profile = service("identity").post("/v1/me/profile-slips")["slip"]
        made = applications.post("/v1/applications", {"project_id": project, "profile": profile}, key=once())
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        return _list(programme, refused=refused), 422
    return redirect(url_for("filings.edit", application_id=made["id"]), 303)


@blp.get("/units")
@signed_in_as("person")
def units() -> ResponseReturnValue:
    """The part of a form with the registered units of a name (S0-07, S0-08)."""
    q = request.args.get("q", "").strip()[:50]
    found = service("units").get("/v1/units", q=q, limit=_MOST_UNITS).body["items"] if q else []
    return render_template("filings/units_part.html", q=q, found=found, name=request.args.get("name", ""))


@blp.get("/<uuid:application_id>")
@signed_in_as("person")
def view(application_id: Any) -> ResponseReturnValue:
    """For reading."""
    found, pack = filings.found(application_id)
    return render_template(
        "filings/view.html",
        sections=contents.shown(pack, filings.masked(pack, found["sections"])),
        progress=_progress(found),
        **_around(found, pack),
    )


@blp.get("/<uuid:application_id>/edit")
@signed_in_as("person", may="application.fill")
def edit(application_id: Any) -> ResponseReturnValue:
    """The information, as it was saved or filled in for the person."""
    found, pack = filings.found(application_id)
    if not found["editable"]:
        return redirect(url_for("filings.view", application_id=application_id), 303)
    return _form(found, pack, found["sections"], {})


@blp.post("/<uuid:application_id>/edit")
@signed_in_as("person", may="application.fill")
def save(application_id: Any) -> ResponseReturnValue:
    """Saves the information; what was typed is never lost."""
    found, pack = filings.found(application_id)
    given = _given(pack, found["sections"])
    try:
        service("applications").patch(
            f"/v1/applications/{application_id}/sections",
            {"sections": given},
            etag=request.form.get("etag", ""),
            minimal=True,
        )
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        typed = {key: {**_immutable(pack, key, found["sections"]), **values} for key, values in given.items()}
        return _form(found, pack, {**found["sections"], **typed}, material_forms.errors_of(refused)), 422
    flash(_("信息已保存。请打印公示信息和申请表，再上传佐证材料。"), "success")
    return redirect(url_for("filing_materials.show", application_id=application_id), 303)


@blp.post("/<uuid:application_id>/deletion")
@signed_in_as("person", may="application.fill")
def delete(application_id: Any) -> ResponseReturnValue:
    """Deletes what was never reported."""
    found, _pack = filings.found(application_id)
    path = f"/v1/applications/{application_id}"
    attempted(lambda: service("applications").delete(path, etag=found.etag), _("已删除"))
    return redirect(url_for("filings.listed", programme=found["programme"]), 303)


def _list(programme: str, refused: Refused | None = None) -> str:
    known = programmes.find(programme)
    if known is None or not programmes.is_staged(known):
        abort(404)
    applications = service("applications")
    found = applications.get("/v1/applications", programme=programme, after=request.args.get("after")).body
    projects = applications.get("/v1/projects", programme=programme, limit=100).body["items"]
    pack = contents.pack_of(programme, known["version"])
    return render_template(
        "filings/listed.html",
        programme=known,
        found=found,
        columns=filings.columns(pack),
        masks=filings.masked_places(pack),
        print_name=lambda one, kind: filings.print_name(
            contents.pack_of(programme, one["programme_version"]), one["variant"], kind
        ),
        projects=[p for p in projects if p["open"]],
        recognitions=filings.recognitions(pack),
        greeted=_greeted(),
        refused=[words(t.code, t.params) for t in refused or ()],
        apply_at=refused.params.get("apply_at") if refused else None,
    )


def _given(pack: Pack, stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What was typed; what is empty empties its field, unless it stays as it is and so was never sent."""
    read = material_forms.read(pack, request.form)
    return {
        section["key"]: {
            field["key"]: read.get(section["key"], {}).get(field["key"])
            for field in section["fields"]
            if not (field.get("immutable") and _stored(stored, section, field))
        }
        for section in filings.information(pack)
    }


def _stored(stored: Mapping[str, Any], section: Mapping[str, Any], field: Mapping[str, Any]) -> Any:
    return (stored.get(section["key"]) or {}).get(field["key"])


def _immutable(pack: Pack, key: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    fields = next(s["fields"] for s in filings.information(pack) if s["key"] == key)
    return {f["key"]: v for f in fields if f.get("immutable") and (v := (stored.get(key) or {}).get(f["key"]))}


def _form(found: Answer, pack: Pack, sections: Mapping[str, Any], errors: material_forms.Errors) -> str:
    made = filings.tabs(pack, sections, errors, found)
    return render_template(
        "filings/form.html",
        tabs=made,
        errors=errors,
        problems=material_forms.summary(made, errors),
        etag=found.etag,
        **_around(found, pack),
    )


def _around(found: Answer, pack: Pack) -> dict[str, Any]:
    """What every page of a filing shows of it."""
    return {
        "material": found.body,
        "pack": pack,
        "programme": programmes.find(found["programme"]),
        "greeted": _greeted(),
    }


def _progress(found: Answer) -> list[dict[str, Any]]:
    """Every stage with its opinion, which is review's to tell (S0-32)."""
    passed = service("applications").get(f"/v1/applications/{found['id']}/progress").body["items"]
    log: list[dict[str, Any]] = []
    if found["reported_at"]:
        try:
            log = service("review").get(f"/v1/cases/{found['id']}/log", limit=100).body["items"]
        except Refused as refused:
            if refused.status != 404:  # Review has not heard of it yet.
                raise
    opinions = {(line["round"], line["step_key"]): line["opinion"] for line in log if line["opinion"]}
    return [line | {"opinion": opinions.get((line["round"], line["key"]), "")} for line in passed]


def _greeted() -> str:
    return masking.name(service("identity").get("/v1/me/profile").body.get("name", ""))
