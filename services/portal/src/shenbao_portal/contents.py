"""What an application holds, read with its programme's pack: labels, options and rows for showing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from flask import current_app

from shenbao_portal import conditions
from shenbao_portal.client import Answer, service
from shenbao_portal.i18n import named_text
from shenbao_portal.texts import _

Pack = Mapping[str, Any]


def pack_of(programme: str, version: int, codes: int | None = None) -> Pack:
    """The pack of one published version; it never changes, so it is asked for once.

    codes: the dictionaries that an application was made with; without, a pack that takes options of them is asked for
    each time, because others come into force.
    """
    kept: dict[tuple[str, int, int | None], Pack] = current_app.extensions.setdefault("portal_packs", {})
    found = kept.get((programme, version, codes))
    if found is None:
        found = service("applications").get(f"/v1/programmes/{programme}/versions/{version}", codes=codes)["pack"]
        if codes is not None or not _asks_dictionaries(found):
            kept[programme, version, codes] = found
    return found


def pack_of_application(application: Answer | Mapping[str, Any]) -> Pack:
    """The pack as an application was made with it."""
    found = _body(application)
    return pack_of(found["programme"], found["programme_version"], found.get("codes_version"))


def forms_of(pack: Pack, variant: str) -> list[tuple[str, str]]:
    """(kind, name) of what is printed of an application of this variant, its own form first."""
    own = {v["key"]: v.get("form") for v in pack["variants"]}
    others = {form for form in own.values() if form} - {own.get(variant)}
    forms = [d for d in pack["documents"] if d["format"] == "pdf" and d["kind"] not in others]
    return [(d["kind"], named_text(d)) for d in sorted(forms, key=lambda d: d["kind"] != own.get(variant))]


def _body(application: Answer | Mapping[str, Any]) -> Mapping[str, Any]:
    return application.body if isinstance(application, Answer) else application


def _asks_dictionaries(pack: Pack) -> bool:
    fields = (field for section in pack["sections"] for field in section["fields"])
    return any("dictionary" in one for field in fields for one in (field, *field.get("fields", ())))


def filled_sections(pack: Pack) -> list[Mapping[str, Any]]:
    """The sections that somebody fills, in order: the tabs of the form."""
    return [s for s in pack["sections"] if not s.get("read_only")]


def following(pack: Pack, key: str) -> str | None:
    """The section that is filled in after it; nothing after the last."""
    return dict(pairwise(s["key"] for s in filled_sections(pack))).get(key)


def reporters(pack: Pack, variant: str) -> list[str]:
    """The kinds of account that hand in what is declared in this variant."""
    own = next(v for v in pack["variants"] if v["key"] == variant)
    found: list[str] = own.get("report") or pack["submission"]["report"]
    return found


def form_of(programme: str, version: int, variant: str) -> Pack:
    """The pack as somebody begins to fill it in: with only those options that the variant's tier offers (S4j-02)."""
    return _offering(pack_of(programme, version), variant)


def form_of_application(application: Answer | Mapping[str, Any]) -> Pack:
    """The same for what was begun before."""
    found = _body(application)
    return _offering(pack_of_application(found), found["variant"])


def _offering(pack: Pack, variant: str) -> Pack:
    tier = next((v["tier"] for v in pack["variants"] if v["key"] == variant), None)
    return {**pack, "sections": [{**s, "fields": [_offered(f, tier) for f in s["fields"]]} for s in pack["sections"]]}


def _offered(field: Mapping[str, Any], tier: str | None) -> Mapping[str, Any]:
    if field["type"] != "choice" or not any(o.get("tier") for o in field["options"]):
        return field
    return {**field, "options": [o for o in field["options"] if o.get("tier") in (None, tier)]}


def subject_groups_of(pack: Pack) -> list[tuple[str, str]]:
    """(key, name) of the groups by which committees evaluate a programme; none where it has no committee."""
    steps = [step for entry in pack["route"] for step in entry.get("parallel", [entry])]
    place = next((step["committee"]["group_by"] for step in steps if (step.get("committee") or {}).get("group_by")), "")
    if not place:
        return []
    section, key = place.split(".")
    fields = next(s["fields"] for s in pack["sections"] if s["key"] == section)
    return options_of(next(f for f in fields if f["key"] == key))


def options_of(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, name) of a choice field, in the pack's order."""
    return [(o["key"], named_text(o)) for o in field["options"]]


def shown(pack: Pack, sections: Mapping[str, Any], hidden: Collection[str] = ()) -> list[dict[str, Any]]:
    """For reading: per section its (label, value) pairs, tables of repeated rows, and files.

    hidden: places that do not apply, or that whoever reads may not read; a section of nothing else is left out.
    """
    read = [
        (section, [field for field in _fields_but(section, hidden) if _is_of_use(section, field, sections)])
        for section in filled_sections(pack)
    ]
    return [
        _section({**section, "fields": fields}, sections.get(section["key"]) or {})
        for section, fields in read
        if fields or not section["fields"]
    ]


def _fields_but(section: Mapping[str, Any], hidden: Collection[str]) -> list[dict[str, Any]]:
    return [field for field in section["fields"] if f"{section['key']}.{field['key']}" not in hidden]


def _is_of_use(section: Mapping[str, Any], field: Mapping[str, Any], sections: Mapping[str, Any]) -> bool:
    """What is empty because other answers rule it out is not told as missing."""
    given = (sections.get(section["key"]) or {}).get(field["key"])
    return given not in (None, "", []) or conditions.allow(conditions.of(field.get("when")) or (), "", sections)


def fields_of(pack: Pack) -> dict[str, Mapping[str, Any]]:
    """What is filled in, by `<section>.<field>`."""
    return {f"{s['key']}.{f['key']}": f for s in filled_sections(pack) for f in s["fields"]}


def items_of(pack: Pack) -> list[tuple[str, str]]:
    """(item, name) of everything that a return may list: a material by its key, else `<section>.<field>`."""
    return [
        (field.get("material") or f"{section['key']}.{field['key']}", f"{named_text(section)} · {named_text(field)}")
        for section in filled_sections(pack)
        for field in section["fields"]
    ]


def compared(pack: Pack, changes: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str], list[str]]]:
    """(name, lines before, lines after) of what a correction changed."""
    fields = fields_of(pack)
    return [
        (
            named_text(change),
            _lines(fields[change["path"]], change["before"]),
            _lines(fields[change["path"]], change["after"]),
        )
        for change in changes
    ]


def _lines(field: Mapping[str, Any], value: Any) -> list[str]:
    if value in (None, "", []):
        return []
    if field["type"] == "rows":
        return [" · ".join(text for text in row if text) for row in _rows(field, value)]
    if field["type"] in {"file", "files"}:
        return [str(file["name"]) for file in (value if isinstance(value, list) else [value])]
    return [text_of(field, value)]


def _section(section: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    pairs: list[Any] = []
    tables: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for field in section["fields"]:
        value = values.get(field["key"])
        if field["type"] == "rows":
            tables.append({"field": field, "rows": list(_rows(field, value or []))})
            files += _files_of_rows(field, value or [])
        elif field["type"] in {"file", "files"}:
            given = value if isinstance(value, list) else [value] if value else []
            files.append({"field": field, "files": given})
        elif value not in (None, ""):
            pairs.append((field, text_of(field, value)))
    return {"section": section, "pairs": pairs, "tables": tables, "files": files}


def _files_of_rows(field: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The files of each row, named after the row's place."""
    for number, row in enumerate(rows, 1):
        for column in field["fields"]:
            if column["type"] in {"file", "files"} and (value := row.get(column["key"])):
                names = {language: f"{field[language]} {number} · {column[language]}" for language in ("zh", "en")}
                named = {**column, **names, "key": f"{field['key']}.{number - 1}.{column['key']}"}
                yield {"field": named, "files": value if isinstance(value, list) else [value], "row": number - 1}


def _rows(field: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [text_of(column, row.get(column["key"])) for column in field["fields"]]


def text_of(field: Mapping[str, Any], value: Any) -> str:
    """One value as people read it."""
    if value is None:
        return ""
    if field["type"] == "choice":
        return dict(options_of(field)).get(str(value), str(value))
    if field["type"] == "unit":
        return str(value.get("name", ""))
    if field["type"] in {"file", "files"}:
        return _("、").join(str(file["name"]) for file in (value if isinstance(value, list) else [value]))
    return str(value)
