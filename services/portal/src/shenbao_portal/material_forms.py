"""The form of a material, made from its programme's pack: what is shown, and what came back in the post."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from shenbao_portal import conditions
from shenbao_portal.contents import Pack, filled_sections, options_of
from shenbao_portal.i18n import named_text
from shenbao_portal.messages import words
from shenbao_portal.texts import _

CONTROLS = {
    "long_text": "long",
    "integer": "number",
    "number": "decimal",
    "date": "date",
    "month": "month",
    "choice": "choice",
    "mobile": "tel",
    "phone": "tel",
    "email": "email",
    "unit": "unit",
}
"""Field type of a pack -> kind of control (templates/ui/forms.html); the rest are texts."""

Errors = Mapping[str, list[str]]


def read(pack: Pack, form: MultiDict[str, str]) -> dict[str, dict[str, Any]]:
    """The sections as the service takes them; what was left empty is not sent. Nothing is judged here."""
    return {s["key"]: _section(s, form) for s in filled_sections(pack) if not _uploads_only(s)}


def uploaded(pack: Pack, sections: Mapping[str, Any]) -> dict[str, Any]:
    """The stored sections whose files are saved one by one as they are uploaded, not with the form."""
    return {s["key"]: sections[s["key"]] for s in filled_sections(pack) if _uploads_only(s) and s["key"] in sections}


def _uploads_only(section: Mapping[str, Any]) -> bool:
    return all(field["type"] == "files" for field in section["fields"])


def _section(section: Mapping[str, Any], form: MultiDict[str, str]) -> dict[str, Any]:
    found = {}
    for field in section["fields"]:
        value = _value(field, f"{section['key']}-{field['key']}", form)
        if value not in (None, "", []):
            found[field["key"]] = value
    return found


def _value(field: Mapping[str, Any], name: str, form: MultiDict[str, str]) -> Any:
    if field["type"] == "rows":
        return _rows(field, name, form)
    if field["type"] == "files":
        return [_stored_file(text) for text in form.getlist(name)]
    # A browser sends a line break as two characters.
    text = form.get(name, "").strip().replace("\r\n", "\n")
    if field["type"] == "unit":
        return {"unit_id": text} if text else None
    if field["type"] == "integer":
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text
    return _stored_file(text) if field["type"] == "file" else text


def _stored_file(text: str) -> Any:
    """What the hidden field holds of an uploaded file; anything else is left to the service to refuse."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _rows(field: Mapping[str, Any], name: str, form: MultiDict[str, str]) -> list[dict[str, Any]]:
    shape = re.compile(re.escape(name) + r"-(\d{1,6})-\w+")
    numbers = {int(m[1]) for key in form if (m := shape.fullmatch(key))}
    rows = []
    for number in sorted(numbers):
        values = {c["key"]: _value(c, f"{name}-{number}-{c['key']}", form) for c in field["fields"]}
        row = {key: value for key, value in values.items() if value not in (None, "")}
        if row:
            rows.append(row)
    return rows


def errors_of(troubles: Iterable[Any]) -> dict[str, list[str]]:
    """Objections by the name of the control: `sections.basic.mobile` is about `basic-mobile`."""
    found: dict[str, list[str]] = {}
    for trouble in troubles:
        path = trouble["path"] if isinstance(trouble, Mapping) else trouble.path
        code = trouble["code"] if isinstance(trouble, Mapping) else trouble.code
        params = trouble["params"] if isinstance(trouble, Mapping) else trouble.params
        name = path.removeprefix("sections.").replace(".", "-")
        found.setdefault(name, []).append(words(code, params))
    return found


def tabs(
    pack: Pack, values: Mapping[str, Any], errors: Errors, open_items: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The tabs with their controls, in the pack's order. open_items: what alone may be changed, None for everything."""
    return [
        {
            "section": section,
            "controls": [
                _control(section, field, values, errors) | {"locked": _locked(section, field, values, open_items)}
                for field in section["fields"]
            ],
            "wrong": any(name.startswith(f"{section['key']}-") for name in errors),
        }
        for section in filled_sections(pack)
    ]


def alone(made: Iterable[dict[str, Any]], key: str, saved: Mapping[str, Any]) -> dict[str, Any]:
    """The tab of one section on a page of its own, without what the other sections rule out."""
    tab = next(one for one in made if one["section"]["key"] == key)
    return tab | {"controls": [c for c in tab["controls"] if conditions.allow(c["when"] or (), key, saved)]}


def plain_controls(
    prefix: str, fields: Iterable[Mapping[str, Any]], values: Mapping[str, Any], errors: Errors
) -> list[dict[str, Any]]:
    """The controls of a form that has neither sections nor conditions."""
    named = {f"{prefix}-{name}": texts for name, texts in errors.items()}
    return [_control({"key": prefix}, field, {prefix: values}, named) for field in fields]


def summary(made: Iterable[Mapping[str, Any]], errors: Errors) -> list[tuple[str, str]]:
    """(id of the control, "label：text") of every objection, in the order of the form."""
    found = [
        (problem_id, _("%(label)s：%(text)s", label=control["label"], text=text))
        for tab in made
        for control in tab["controls"]
        for problem_id, texts in errors.items()
        if problem_id == control["id"] or problem_id.startswith(control["id"] + "-")
        for text in texts
    ]
    named = {problem_id for problem_id, _text in found}
    return found + [("", text) for name, texts in errors.items() if name not in named for text in texts]


def _control(
    section: Mapping[str, Any], field: Mapping[str, Any], values: Mapping[str, Any], errors: Errors
) -> dict[str, Any]:
    name = f"{section['key']}-{field['key']}"
    return {
        "id": name,
        "field": field,
        "label": named_text(field),
        "kind": CONTROLS.get(field["type"], field["type"] if field["type"] in {"rows", "file", "files"} else "text"),
        "value": (values.get(section["key"]) or {}).get(field["key"]),
        "required": field.get("required") is True,
        "hint": named_text(field["help"]) if field.get("help") else "",
        "choices": _choices(field),
        "columns": _columns(field),
        "errors": errors.get(name, []),
        "when": conditions.of(field.get("when")),
    }


def _locked(
    section: Mapping[str, Any], field: Mapping[str, Any], values: Mapping[str, Any], open_items: Collection[str] | None
) -> bool:
    """What is empty stays open: a listed change may demand it, and the service judges that."""
    if not (values.get(section["key"]) or {}).get(field["key"]):
        return False
    if field.get("immutable"):
        return True
    if open_items is None:
        return False
    return not {field.get("material"), f"{section['key']}.{field['key']}"} & set(open_items)


def _choices(field: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    return [("", ""), *options_of(field)] if field["type"] == "choice" else None


def _columns(field: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "key": c["key"],
            "label": named_text(c),
            "kind": "file" if c["type"] == "file" else CONTROLS.get(c["type"], "text"),
            "field": c,
            "required": c.get("required") is True,
            "when": conditions.of(c.get("when")),
            "choices": _choices(c),
        }
        for c in field.get("fields", [])
    ]
