"""Declarations whose information is saved before their materials, as pages read them."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import url_for

from shenbao_portal import contents, masking, material_forms
from shenbao_portal.client import Answer, service
from shenbao_portal.contents import Pack
from shenbao_portal.i18n import named_text
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

_FILES = frozenset({"file", "files"})


def is_of(pack: Pack) -> bool:
    return bool(pack.get("save_mode") == "information_first")


def found(application_id: Any) -> tuple[Answer, Pack]:
    """The declaration with its pack."""
    answer = service("applications").get(f"/v1/applications/{application_id}")
    return answer, contents.form_of_application(answer.body)


def address(material: Mapping[str, Any], pack: Pack) -> str:
    """Where it goes on: the information, then the materials; for reading once reported."""
    if not material["editable"]:
        return url_for("filings.view", application_id=material["id"])
    page = "filings.edit" if material["status"] == "draft" else "filing_materials.show"
    return url_for(page, application_id=material["id"])


def information(pack: Pack) -> list[Mapping[str, Any]]:
    """The sections that are filled in; the others hold files."""
    return [s for s in contents.filled_sections(pack) if any(f["type"] not in _FILES for f in s["fields"])]


def papers(pack: Pack) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """(section, field) of every material, in the order of the form."""
    sections = (s for s in contents.filled_sections(pack) if s not in information(pack))
    return [(section, field) for section in sections for field in section["fields"]]


def masked_places(pack: Pack) -> dict[str, Any]:
    """Place of the form to how it is masked."""
    return {pack["identity"]["name"]: masking.name, pack["identity"]["number"]: masking.number}


def masked(pack: Pack, sections: Mapping[str, Any]) -> dict[str, Any]:
    """The content with name and number masked, for reading."""
    shown = {key: dict(values) for key, values in sections.items()}
    for place, mask in masked_places(pack).items():
        section, key = place.split(".")
        if value := shown.get(section, {}).get(key):
            shown[section][key] = mask(value)
    return shown


def tabs(pack: Pack, sections: Mapping[str, Any], errors: material_forms.Errors, found: Answer) -> list[dict[str, Any]]:
    """The controls of the information; what stays as it is is shown as text, name and number masked, and never sent."""
    keys = {section["key"] for section in information(pack)}
    made = [
        tab for tab in material_forms.tabs(pack, sections, errors, found["open_items"]) if tab["section"]["key"] in keys
    ]
    masks = {place.replace(".", "-"): mask for place, mask in masked_places(pack).items()}
    for control in (c for tab in made for c in tab["controls"]):
        control["clearable"] = control["kind"] == "date"
        if control["locked"] and control["field"].get("immutable"):
            text = contents.text_of(control["field"], control["value"])
            control["told"] = masks.get(control["id"], str)(text)
    return made


def columns(pack: Pack) -> list[tuple[str, str]]:
    """(place, name) of what a list of the programme shows; the category as people call it."""
    category = (pack.get("renews") or {}).get("category")
    fields = contents.fields_of(pack)
    return [
        (place, _("认定级别") if place == category else named_text(fields[place]))
        for place in pack.get("list_columns", ())
    ]


def recognitions(pack: Pack) -> list[dict[str, Any]]:
    """What is on record of the person in the register that the programme keeps valid, newest first (S0-03).

    The register may have grown since the last look, so it is matched anew with the person's ID number.
    """
    terms = pack.get("renews")
    if terms is None:
        return []
    with suppress(Refused):  # nobody vouches for a number of this person
        profile = service("identity").post("/v1/me/profile-slips")["slip"]
        service("applications").post("/v1/recognitions/claims", {"profile": profile})
    category = contents.fields_of(pack)[terms["category"]]
    return [
        {**one, "category": contents.text_of(category, one["category"]), "months": terms["validity_months"]}
        for one in service("applications").get("/v1/recognitions").body["items"]
        if one["register"] == terms["register"]
    ]


def prints(pack: Pack, found: Answer) -> list[tuple[str, str]]:
    """(kind, what the button says) of what may be printed now."""
    kinds = [one.removeprefix("print:") for one in found["operations"] if one.startswith("print:")]
    return [(kind, print_name(pack, found["variant"], kind)) for kind in kinds]


def print_name(pack: Pack, variant: str, kind: str) -> str:
    """What the button says: the programme's own form by what it is, other documents by their names."""
    own = next((v.get("form") for v in pack["variants"] if v["key"] == variant), None)
    if kind == own:
        return _("打印申请表")
    document = next(d for d in pack["documents"] if d["kind"] == kind)
    return _("打印%(name)s", name=named_text(document))
