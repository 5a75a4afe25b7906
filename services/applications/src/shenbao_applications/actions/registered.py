"""What registers filled into a form: copied once, with where it is from, and no longer vouched for when changed."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain import analysis as rules
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application

BY_REGISTER = "register"


def begin(row: Application, pack: Pack, result: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Lays what the analysis found under what is given, for the condition that is declared under (S2-23)."""
    place = pack.document["conditions"]["place"]
    section, key = place.split(".")
    condition = (given.get(section) or {}).get(key)
    row.sections = _with(row.sections, {section: {key: condition}} if condition else {})
    fill(row, pack, result, way=result["matched"].get(condition))
    numbers = rules.sections_of({"numbers": result["numbers"]})
    fitting = Content(pack, {}, numbers, whole=True).sections
    row.sections = _with(row.sections, {name: own for name, own in fitting.items() if own})


def fill(row: Application, pack: Pack, result: Mapping[str, Any], *, way: Mapping[str, int] | None = None) -> bool:
    """Replaces what stands at the places of the registers that found something; whether any did (S2-25)."""
    found = result["found"]
    way = way or next(rules.ways(found))
    shown = {f"{one}.{field['key']}" for one, field in pack.shown(row.sections, variant=row.variant)}
    told = rules.filled(pack.document["analysis"], found, way)
    values = {name: {p: v for p, v in own.items() if p in shown} for name, own in told.items()}
    fitting = Content(pack, {}, rules.sections_of(values), whole=True).sections
    kept = {name: {p: v for p, v in own.items() if pack.value(fitting, p) == v} for name, own in values.items()}
    kept = {name: own for name, own in kept.items() if own}
    row.sections = _with(row.sections, rules.sections_of(kept))
    row.registered = {name: {"values": own, **result["from"][name]} for name, own in kept.items()} or None
    settle(row, pack, row.sections)
    return bool(kept)


def settle(row: Application, pack: Pack, sections: dict[str, dict[str, Any]]) -> None:
    """Says of each part whether a register still vouches for it; what somebody else says of that is not heard."""
    words = pack.document.get("analysis")
    if not words:
        return
    before = row.registered or {}
    kept = {n: t for n, t in before.items() if all(pack.value(sections, p) == v for p, v in t["values"].items())}
    if kept.keys() != before.keys():
        row.registered = kept or None
    for one in words["verified"]:
        section, key = one["place"].split(".")
        asked = [name for name in one["registers"] if name in before]
        sections.setdefault(section, {}).pop(key, None)
        if asked and all(name in kept for name in asked):
            sections[section][key] = BY_REGISTER


def _with(sections: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: {**sections.get(key, {}), **more.get(key, {})} for key in {**sections, **more}}
