"""A pack's text and templates in, one document out; or every objection at once, with its path and line."""

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

from shenbao_applications.domain.pack import form_places, references, titles
from shenbao_applications.domain.pack.shapes import storable
from shenbao_applications.domain.pack.source import Findings, read
from shenbao_applications.domain.pack.vocabulary import PACK
from shenbao_common.kernel.errors import Problem, RuleBroken

MOST_TEMPLATE_CHARACTERS = 256 * 1024


def problems(text: str, templates: Mapping[str, str]) -> list[Problem]:
    """Every objection to a pack, in the order of the file; params hold the `line`."""
    return _checked(text, templates)[1]


def document(text: str, templates: Mapping[str, str]) -> dict[str, Any]:
    """The checked pack as one JSON document with its templates; refuses a faulty one (`pack_faulty`)."""
    pack, found = _checked(text, templates)
    if found or pack is None:
        raise RuleBroken("pack_faulty", *found)
    return _finished(pack, templates)


def content_hash(pack: Mapping[str, Any]) -> str:
    """Equal for packs that say the same, whatever the order of keys."""
    return sha256(json.dumps(pack, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def finding(problem: Problem, file: str) -> dict[str, Any]:
    """An objection as whoever writes the file reads it."""
    rest = {name: value for name, value in problem.params.items() if name != "line"}
    details = "; ".join(f"{name}: {value}" for name, value in rest.items())
    message = problem.code.replace("_", " ") + (f" ({details})" if details else "")
    place = {"path": problem.path, "file": file, "line": problem.params["line"]}
    return {"code": problem.code, **place, "message": message, "params": rest}


def _checked(text: str, templates: Mapping[str, str]) -> tuple[dict[str, Any] | None, list[Problem]]:
    findings = Findings()
    root = read(text, findings)
    pack: dict[str, Any] | None = PACK.read(root, "", findings) if root else None
    for name, content in templates.items():
        if len(content) > MOST_TEMPLATE_CHARACTERS:
            findings.add("too_large", "", line=1, name=name, limit=MOST_TEMPLATE_CHARACTERS)
        if not storable(content):
            findings.add("control_character", "", line=1, name=name)
    if pack is not None:
        _unfold_titles(pack, findings)
        _name_dictionaries(pack, findings)
        references.check(pack, templates, findings)
    return pack, sorted(findings.problems, key=lambda p: (p.params["line"], p.path))


def _unfold_titles(pack: dict[str, Any], findings: Findings) -> None:
    """A catalogue of titles is a list of options by its name; what is wrong in it was said before."""
    tolerated = (KeyError, TypeError, AttributeError) if findings.problems else ()
    for name, catalogue in (pack.get("titles") or {}).items():
        if name in pack["options"]:
            findings.add("duplicate_name", f"titles.{name}", name=name)
        with suppress(*tolerated):
            pack["options"][name] = list(titles.options(catalogue))


def _name_dictionaries(pack: dict[str, Any], findings: Findings) -> None:
    """A dictionary is a list of options by its name, empty here: each application has those of its own codes."""
    for name in pack.get("dictionaries") or {}:
        if name in pack["options"]:
            findings.add("duplicate_name", f"dictionaries.{name}", name=name)
        pack["options"][name] = []


def _finished(pack: dict[str, Any], templates: Mapping[str, str]) -> dict[str, Any]:
    """Option lists go into their fields, upload limits into one place, templates along with the rest."""
    materials = {m["key"]: m for m in pack["materials"]}
    uploads: dict[str, Any] = {}
    for _, field in form_places.fields_with_paths(pack):
        if "options" in field:
            name = field["options"]
            field["options"] = pack["options"][name]
            if name in pack["dictionaries"]:
                field["dictionary"] = pack["dictionaries"][name]
        if field["type"] in {"file", "files"}:
            policy = materials.get(field.get("material", ""), field)
            field.update(formats=policy["formats"], max_bytes=policy["max_bytes"])
            field["required"] = policy.get("due", field["required"])
            field.setdefault("max_files", 1)
            field.update(renewed_after_save=policy.get("renewed_after_save", False), retrieval=policy.get("retrieval"))
            key = field.get("material", field["key"])
            uploads[key] = {
                "purpose": "material" if "material" in field else "attachment",
                "zh": field["zh"],
                "en": field["en"],
                "formats": field["formats"],
                "max_bytes": field["max_bytes"],
                "max_files": field["max_files"],
            }
    used = {d["template"] for d in pack["documents"] if "template" in d}
    finished = {key: value for key, value in pack.items() if key not in {"options", "titles", "dictionaries"}}
    return finished | {"uploads": uploads, "templates": {name: templates[name] for name in sorted(used)}}
