"""What no save takes beyond wrong types: a title of another tier, and a row that lacks what its mark * demands."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_applications.domain.pack.field_words import is_file
from shenbao_common.kernel.errors import Problem


def objections(pack: Pack, sections: Sections, *, variant: str) -> list[Problem]:
    """All at once, each by its place; what does not apply is not looked at."""
    if not (limited := pack.those(_is_limited)):
        return []
    facts = pack.form_facts(sections, variant=variant)
    return [
        problem
        for section, field in pack.shown_by(facts, limited)
        for problem in _of(pack, field, sections.get(section, {}).get(field["key"]), facts, f"sections.{section}")
    ]


def _is_limited(field: Field) -> bool:
    tiers = any(option.get("tier") for option in field.get("options", ()))
    return tiers or (field["type"] == "rows" and bool(field.get("complete")))


def _of(pack: Pack, field: Field, value: Any, facts: Mapping[str, Any], where: str) -> Iterator[Problem]:
    path = f"{where}.{field['key']}"
    if field["type"] == "choice" and value is not None:
        known = {option["key"]: option for option in field["options"]}
        if known.get(value, {}).get("tier") not in (None, facts["tier"]):
            yield Problem("unknown_choice", path)
    if field["type"] == "rows" and field.get("complete"):
        later = _files_of(field) if field.get("files_follow") else set()
        for missing in pack.missing_in_rows(field, value or (), facts, path):
            if missing.path.rpartition(".")[2] not in later:
                yield missing


def _files_of(rows: Field) -> set[str]:
    """What is handed in after the information was saved (S4d-05); the check asks for it."""
    return {column["key"] for column in rows["fields"] if is_file(column)}


def not_chosen(pack: Pack, sections: Sections, given: Collection[str], *, variant: str) -> list[Problem]:
    """Choices on which rules depend are asked for at every save of their section (S4f-02)."""
    return [
        Problem("required", f"sections.{section}.{field['key']}")
        for section, field in _decisive(pack, sections, given, variant)
        if sections.get(section, {}).get(field["key"]) is None
    ]


def to_confirm(
    pack: Pack, before: Sections, sections: Sections, confirmed: Collection[str], *, variant: str
) -> list[Problem]:
    """Such choices that are changed without a confirmation, each with the pack's warning."""
    found = []
    for section, field in _decisive(pack, sections, sections, variant):
        place = f"{section}.{field['key']}"
        old, new = (values.get(section, {}).get(field["key"]) for values in (before, sections))
        if old not in (None, new) and place not in confirmed:
            found.append(Problem("confirmation_needed", f"sections.{place}", field["decisive"]))
    return found


def _decisive(pack: Pack, sections: Sections, within: Collection[str], variant: str) -> Iterator[tuple[str, Field]]:
    among = [place for place in pack.those(_is_decisive) if place[0] in within]
    return pack.shown(sections, variant=variant, among=among) if among else iter(())


def _is_decisive(field: Field) -> bool:
    return bool(field.get("decisive"))
