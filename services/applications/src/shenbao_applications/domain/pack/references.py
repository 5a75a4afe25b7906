"""What one word of a pack says about another: every name must exist, every rule must know its facts."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from shenbao_applications.domain.pack import rules, scopes
from shenbao_applications.domain.pack.source import Findings
from shenbao_applications.domain.pack.vocabulary import FILE_TYPES, OUTSIDE_VALUES, STATUSES

Pack = dict[str, Any]


def check(pack: Pack, templates: Mapping[str, str], findings: Findings) -> None:
    """Adds every objection that needs more than one place of the pack.

    A pack whose shape is wrong somewhere is still searched, as far as its shape lets us.
    """
    # No exception is expected when the shape is right: a crash then is our fault and shows.
    tolerated = (KeyError, TypeError, AttributeError, ValueError) if findings.problems else ()
    for group in (_of_fields, _of_documents, _of_the_whole):
        with suppress(*tolerated):
            for one in group(pack, templates, findings):
                with suppress(*tolerated):
                    one()


def _of_fields(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(_check_field, pack, field, path, findings) for path, field in fields_with_paths(pack))


def _of_documents(pack: Pack, templates: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(_check_document, pack, number, templates, findings) for number in range(len(pack["documents"])))


def _of_the_whole(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(whole, pack, findings) for whole in _WHOLE)


def fields_with_paths(pack: Pack) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every field of every section, columns of rows included, with its place in the file."""
    for s, section in enumerate(pack["sections"]):
        for f, field in enumerate(section["fields"]):
            path = f"sections.{s}.fields.{f}"
            yield path, field
            yield from ((f"{path}.fields.{c}", column) for c, column in enumerate(field.get("fields", ())))


def form_field(pack: Pack, place: str) -> dict[str, Any] | None:
    """The field at `<section>.<field>` or `<section>.<rows>.<column>`, or None."""
    section, key, *column = place.split(".")
    fields: list[dict[str, Any]] = next((s["fields"] for s in pack["sections"] if s["key"] == section), [])
    field = next((f for f in fields if f["key"] == key), None)
    if field is None or not column:
        return field
    return next((c for c in field.get("fields", ()) if c["key"] == column[0]), None)


def _check_unique(pack: Pack, findings: Findings) -> None:
    lists: list[tuple[str, list[dict[str, Any]]]] = [(word, pack[word]) for word in _KEYED]
    lists += [(f"options.{name}", items) for name, items in pack["options"].items()]
    for s, section in enumerate(pack["sections"]):
        lists.append((f"sections.{s}.fields", section["fields"]))
        lists += [
            (f"sections.{s}.fields.{f}.fields", field.get("fields", [])) for f, field in enumerate(section["fields"])
        ]
    for path, items in lists:
        seen: set[str] = set()
        for i, item in enumerate(items):
            if item["key"] in seen:
                findings.add("duplicate_name", f"{path}.{i}.key", name=item["key"])
            seen.add(item["key"])


_KEYED = ("variants", "sections", "materials", "eligibility", "report_fields")


def _check_field(pack: Pack, field: dict[str, Any], path: str, findings: Findings) -> None:
    if field["type"] == "choice" and field["options"] not in pack["options"]:
        findings.add("unknown_options", f"{path}.options", name=field["options"])
    if "kind_field" in field:
        _check_kinds(pack, field, path, findings)
    if field["type"] in FILE_TYPES and "material" not in field:
        for word in {"formats", "max_bytes"} - field.keys():
            findings.add("missing_key", f"{path}.{word}")


def _check_kinds(pack: Pack, field: dict[str, Any], path: str, findings: Findings) -> None:
    siblings = pack["sections"][int(path.split(".")[1])]["fields"]
    kind = next((f for f in siblings if f["key"] == field["kind_field"] and f["type"] == "choice"), None)
    if kind is None:
        findings.add("unknown_field", f"{path}.kind_field", name=field["kind_field"])
        return
    keys = {option["key"] for option in pack["options"].get(kind["options"], ())}
    for i, key in enumerate(field.get("checked_kinds", ())):
        if key not in keys:
            findings.add("unknown_word", f"{path}.checked_kinds.{i}", word=key, known=", ".join(sorted(keys)))


def _check_materials(pack: Pack, findings: Findings) -> None:
    known = {m["key"] for m in pack["materials"]}
    used = {f["material"]: path for path, f in fields_with_paths(pack) if "material" in f}
    for name in used.keys() - known:
        findings.add("unknown_material", f"{used[name]}.material", name=name)
    for i, material in enumerate(pack["materials"]):
        if material["key"] not in used:
            findings.add("material_without_field", f"materials.{i}", name=material["key"])


def _check_people(pack: Pack, findings: Findings) -> None:
    for word, types in (("name", ("text",)), ("number", ("id_number",))):
        field = form_field(pack, pack["identity"][word])
        if field is None or field["type"] not in types:
            findings.add("unknown_field", f"identity.{word}", name=pack["identity"][word])
    for i, place in enumerate(pack["list_columns"]):
        if form_field(pack, place) is None:
            findings.add("unknown_field", f"list_columns.{i}", name=place)


def _check_rules(pack: Pack, findings: Findings) -> None:
    form = scopes.of_form(pack["sections"])
    for path, field in fields_with_paths(pack):
        for word in ("required", "when"):
            if isinstance(field[word], str):
                rules.check(field[word], form, f"{path}.{word}", findings)
    for i, material in enumerate(pack["materials"]):
        if isinstance(material["due"], str):
            rules.check(material["due"], form, f"materials.{i}.due", findings)
    for i, clause in enumerate(pack["eligibility"]):
        rules.check(clause["rule"], scopes.of_eligibility(pack["sections"]), f"eligibility.{i}.rule", findings)


def _check_route(pack: Pack, findings: Findings) -> None:
    keys: set[str] = set()
    for i, stage in enumerate(pack["route"]):
        for j, step in enumerate(stage.get("parallel", [stage])):
            path = f"route.{i}.parallel.{j}" if "parallel" in stage else f"route.{i}"
            if step["key"] in keys:
                findings.add("duplicate_name", f"{path}.key", name=step["key"])
            keys.add(step["key"])
            # The unit's report opens the route; every later step is an office's decision.
            reports, of_unit = step["actions"] == ["report"], step["decider"] == "unit"
            if {reports, of_unit} != {i == 0}:
                findings.add("wrong_place_of_step", path, name=step["key"])
            if step["when"] is not None:
                rules.check(step["when"], scopes.STEP, f"{path}.when", findings)
    if pack["submission"]["re_entry_step"] not in keys:
        findings.add("unknown_step", "submission.re_entry_step", name=pack["submission"]["re_entry_step"])


def _check_kinds_of_documents(pack: Pack, findings: Findings) -> None:
    kinds = [d["kind"] for d in pack["documents"]]
    for i, kind in enumerate(kinds):
        if kinds.index(kind) != i:
            findings.add("duplicate_name", f"documents.{i}.kind", name=kind)
    for i, variant in enumerate(pack["variants"]):
        if variant["form"] is not None and variant["form"] not in kinds:
            findings.add("unknown_document", f"variants.{i}.form", name=variant["form"])


def _check_document(pack: Pack, number: int, templates: Mapping[str, str], findings: Findings) -> None:
    document, path = pack["documents"][number], f"documents.{number}"
    sections = {s["key"] for s in pack["sections"]}
    for word in _NEEDED[document["format"]] - document.keys():
        findings.add("missing_key", f"{path}.{word}")
    if "template" in document and document["template"] not in templates:
        findings.add("unknown_template", f"{path}.template", name=document["template"])
    if "final_when" in document:
        rules.check(document["final_when"], scopes.DOCUMENT, f"{path}.final_when", findings)
    for i, name in enumerate(document.get("sections", ())):
        if name not in sections:
            findings.add("unknown_section", f"{path}.sections.{i}", name=name)
    for i, column in enumerate(document.get("columns", ())):
        if column["value"] not in OUTSIDE_VALUES and form_field(pack, column["value"]) is None:
            findings.add("unknown_field", f"{path}.columns.{i}.value", name=column["value"])


def _check_labels(pack: Pack, findings: Findings) -> None:
    for status in pack["labels"].keys() - set(STATUSES):
        findings.add("unknown_word", f"labels.{status}", word=status, known=", ".join(STATUSES))
    for status in set(STATUSES) - pack["labels"].keys():
        findings.add("missing_key", f"labels.{status}")


_NEEDED = {"pdf": {"template", "final_when", "watermark", "sections"}, "xlsx": {"columns"}}
_WHOLE = (
    _check_unique,
    _check_materials,
    _check_people,
    _check_rules,
    _check_route,
    _check_kinds_of_documents,
    _check_labels,
)
