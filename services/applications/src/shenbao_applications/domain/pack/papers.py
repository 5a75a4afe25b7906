"""Forms that are printed of an application, and tables for Excel: what each needs, and what it may show."""

from collections.abc import Mapping

from shenbao_applications.domain.pack import rules, scopes
from shenbao_applications.domain.pack.form_places import Pack, form_field
from shenbao_applications.domain.pack.source import Findings
from shenbao_applications.domain.pack.vocabulary import OUTSIDE_VALUES

_NEEDED = {"pdf": {"template", "final_when", "watermark", "sections"}, "xlsx": {"columns"}}


def check_kinds(pack: Pack, findings: Findings) -> None:
    """Each kind stands once, and the forms of variants are among them."""
    kinds = [d["kind"] for d in pack["documents"]]
    for i, kind in enumerate(kinds):
        if kinds.index(kind) != i:
            findings.add("duplicate_name", f"documents.{i}.kind", name=kind)
    for i, variant in enumerate(pack["variants"]):
        if variant["form"] is not None and variant["form"] not in kinds:
            findings.add("unknown_document", f"variants.{i}.form", name=variant["form"])


def check(pack: Pack, number: int, templates: Mapping[str, str], findings: Findings) -> None:
    """One document: it has what its format needs, and names what there is."""
    document, path = pack["documents"][number], f"documents.{number}"
    _check_columns(pack, document, path, findings)
    sections = {s["key"] for s in pack["sections"]}
    for word in _NEEDED[document["format"]] - document.keys():
        findings.add("missing_key", f"{path}.{word}")
    if "template" in document and document["template"] not in templates:
        findings.add("unknown_template", f"{path}.template", name=document["template"])
    for word in document.keys() & {"printable_when", "final_when"}:
        rules.check(document[word], scopes.DOCUMENT, f"{path}.{word}", findings)
    for i, name in enumerate(document.get("sections", ())):
        if name not in sections:
            findings.add("unknown_section", f"{path}.sections.{i}", name=name)
    if (photo := document.get("photo")) and not _is_shown_file(pack, document, photo):
        findings.add("unknown_field", f"{path}.photo", name=photo)


def _check_columns(pack: Pack, document: Pack, path: str, findings: Findings) -> None:
    for i, column in enumerate(document.get("columns", ())):
        if column["value"] not in OUTSIDE_VALUES and form_field(pack, column["value"]) is None:
            findings.add("unknown_field", f"{path}.columns.{i}.value", name=column["value"])


def _is_shown_file(pack: Pack, document: Pack, place: str) -> bool:
    field = form_field(pack, place)
    return field is not None and field["type"] == "file" and place.split(".", 1)[0] in document.get("sections", ())
