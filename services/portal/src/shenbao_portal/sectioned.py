"""Declarations whose sections are filled in any order, each by itself, and repeated ones record by record."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, material_forms, returns
from shenbao_portal.client import Answer, service
from shenbao_portal.contents import Pack
from shenbao_portal.i18n import named_text
from shenbao_portal.messages import words
from shenbao_portal.texts import _, ngettext

PAGES = ("attachments", "preview", "confirmation")
"""Sources of read-only sections that are pages of their own; the record of the review is on another page."""


def is_of(pack: Pack) -> bool:
    return bool(pack.get("save_mode") == "section")


def page(found: Answer, pack: Pack, asked: Mapping[str, str]) -> ResponseReturnValue:
    """The section or page that is asked for, else the first section."""
    step = asked.get("step") or contents.filled_sections(pack)[0]["key"]
    if step in PAGES:
        return _read_only(found, pack, step, asked)
    section = next((s for s in contents.filled_sections(pack) if s["key"] == step), None) or abort(404)
    if section.get("archive"):
        return redirect(url_for("citations.choose", application_id=found["id"], section=step), 303)
    errors = material_forms.errors_of(found["problems"]) if "check" in asked else {}
    if rows := rows_of(section):
        return records(found, pack, section, rows)
    return form(found, pack, section["key"], found["sections"], errors)


def rows_of(section: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The repeated field that a section consists of, if it consists of one."""
    fields = section["fields"]
    return fields[0] if len(fields) == 1 and fields[0]["type"] == "rows" else None


def form(found: Answer, pack: Pack, key: str, sections: Mapping[str, Any], errors: material_forms.Errors) -> str:
    """One section as a form."""
    made = [t for t in material_forms.tabs(pack, sections, errors, found["open_items"]) if t["section"]["key"] == key]
    stored = found["sections"].get(key) or {}
    for control in made[0]["controls"]:
        if control["field"].get("immutable") and control["field"]["key"] in stored:
            control |= {"locked": True, "value": stored[control["field"]["key"]]}
    own = {name: texts for name, texts in errors.items() if name == key or name.startswith(f"{key}-")}
    return render_template(
        "declarations/section.html",
        tab=made[0],
        errors=own,
        problems=material_forms.summary(made, own),
        marks=marks_of(found.body, pack),
        **around(found, pack, key),
    )


def around(found: Answer, pack: Pack, current: str) -> dict[str, Any]:
    """What every page of a declaration shows of it."""
    material = found.body
    pages = [s for s in pack["sections"] if s.get("source") in PAGES]
    steps = [{"section": s, "key": s["key"], "open": True} for s in contents.filled_sections(pack)]
    steps += [{"section": s, "key": s["source"], "open": True} for s in pages]
    return {
        "material": material,
        "project": {"programme": material["programme"], "version": material["programme_version"]},
        "steps": [step | {"current": step["key"] == current} for step in steps],
        "etag": found.etag,
        "texts": pack.get("texts", {}),
    }


def saved(material: Mapping[str, Any], pack: Pack, key: str) -> ResponseReturnValue:
    """To the next section, or back to what is still missing in this one."""
    missing = [p for p in material["problems"] if p["path"].startswith(f"sections.{key}.")]
    if missing:
        text = ngettext("已保存，还有 %(num)d 处需要补充", "已保存，还有 %(num)d 处需要补充", len(missing))
        flash(text, "warning")
        return redirect(url_for("declarations.show", application_id=material["id"], step=key, check=1), 303)
    flash(_("已保存"), "success")
    following = contents.following(pack, key) or "confirmation"
    return redirect(url_for("declarations.show", application_id=material["id"], step=following), 303)


def marks_of(material: Mapping[str, Any], pack: Pack) -> dict[str, str]:
    """What reviewers marked when they returned it: control to reason (S3-23)."""
    last = None if material["open_items"] is None else returns.last_of(material)
    reasons = {line["item"]: line["reason"] for line in (last["items"] if last else ())}
    return {
        f"{section['key']}-{field['key']}": reasons[item]
        for section in contents.filled_sections(pack)
        for field in section["fields"]
        for item in (field.get("material") or f"{section['key']}.{field['key']}",)
        if item in reasons
    }


def parts_of(material: Mapping[str, Any], pack: Pack) -> list[dict[str, Any]]:
    """The content without the files that are nothing to this applicant."""
    parts = contents.shown(pack, material["sections"])
    for part in parts:
        key = part["section"]["key"]
        part["files"] = [f for f in part["files"] if f"{key}.{f['field']['key']}" not in material["hidden"]]
    return parts


def in_two_steps(section: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The records of a section whose information is saved first and whose files follow, if it consists of such."""
    rows = rows_of(section)
    return rows if rows and rows.get("files_follow") else None


def records(
    found: Answer,
    pack: Pack,
    section: Mapping[str, Any],
    rows: Mapping[str, Any],
    errors: material_forms.Errors | None = None,
) -> str:
    """The records of a repeated section, each with what is to be done to it. errors: to files, by their control."""
    values = (found["sections"].get(section["key"]) or {}).get(rows["key"]) or []
    columns = [c for c in rows["fields"] if c["type"] not in {"file", "files", "long_text"}]
    proofs = [c for c in rows["fields"] if c["type"] in {"file", "files"}]
    listed = [
        {
            "texts": [contents.text_of(c, value.get(c["key"])) for c in columns],
            "files": sum(_number(value.get(c["key"])) for c in proofs),
            "file": value.get(proofs[0]["key"]) if proofs else None,
        }
        for value in values
    ]
    return render_template(
        "declarations/records.html",
        section=section,
        rows=rows,
        columns=columns,
        proofs=proofs,
        records=listed,
        following=proofs[0] if rows.get("files_follow") else None,
        errors=errors or {},
        marks=marks_of(found.body, pack),
        **around(found, pack, section["key"]),
    )


def _number(files: Any) -> int:
    return len(files) if isinstance(files, list) else int(bool(files))


def _read_only(found: Answer, pack: Pack, step: str, asked: Mapping[str, str]) -> str:
    parts = parts_of(found.body, pack)
    if step == "attachments":
        files = _listed(parts, (asked.get("of"), asked.get("record")))
        return render_template("declarations/attachments.html", files=files, **around(found, pack, step))
    if step == "preview":
        return render_template("declarations/preview.html", sections=parts, **around(found, pack, step))
    applications, own = service("applications"), f"/v1/applications/{found['id']}"
    check = applications.get(f"{own}/check").body
    return render_template(
        "declarations/check.html",
        check=check,
        # A step that nobody can decide refuses the submission: told before it.
        missing=applications.get(f"{own}/route").body["missing"] if check["complete"] else [],
        shown=bool(asked.get("checked")) or found["status"] != "draft",
        items=_items(check, pack),
        **around(found, pack, step),
    )


def _listed(parts: list[dict[str, Any]], wanted: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    """Every file with its section; of one record when one is asked for."""
    section, record = wanted
    return [
        {"section": part["section"], "field": group["field"], "file": file}
        for part in parts
        if section in {None, part["section"]["key"]}
        for group in part["files"]
        if record is None or str(group.get("row")) == record
        for file in group["files"]
    ]


def _items(check: Mapping[str, Any], pack: Pack) -> list[dict[str, Any]]:
    """Per section its items, met or not met, with what is objected to in words."""
    return [
        {"section": section, "items": [_item(item, section) for item in items]}
        for section in contents.filled_sections(pack)
        if (items := [i for i in check["items"] if i["path"].startswith(f"sections.{section['key']}.")])
    ]


def _item(item: Mapping[str, Any], section: Mapping[str, Any]) -> dict[str, Any]:
    field = next(f for f in section["fields"] if f["key"] == item["path"].split(".")[2])
    return {**item, "told": [told(problem, field) for problem in item["problems"]]}


def told(problem: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """An objection; to a record with its number and column."""
    text, place = words(problem["code"], problem["params"]), problem["path"].split(".")[3:]
    if len(place) < 2:
        return text
    column = next(c for c in field["fields"] if c["key"] == place[1])
    return _("第 %(number)s 条 %(label)s：%(text)s", number=int(place[0]) + 1, label=named_text(column), text=text)
