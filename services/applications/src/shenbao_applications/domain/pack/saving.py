"""What no save takes beyond wrong types: a title of another tier, and a row that lacks what its mark * demands."""

from collections.abc import Iterator, Mapping
from typing import Any

from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_common.kernel.errors import Problem


def objections(pack: Pack, sections: Sections, *, variant: str) -> list[Problem]:
    """All at once, each by its place; what does not apply is not looked at."""
    facts = pack.form_facts(sections, variant=variant)
    return [
        problem
        for section, field in pack.shown(sections, variant=variant)
        for problem in _of(pack, field, sections.get(section, {}).get(field["key"]), facts, f"sections.{section}")
    ]


def _of(pack: Pack, field: Field, value: Any, facts: Mapping[str, Any], where: str) -> Iterator[Problem]:
    path = f"{where}.{field['key']}"
    if field["type"] == "choice" and value is not None:
        known = {option["key"]: option for option in field["options"]}
        if known.get(value, {}).get("tier") not in (None, facts["tier"]):
            yield Problem("unknown_choice", path)
    if field["type"] == "rows" and field.get("complete"):
        yield from pack.missing_in_rows(field, value or (), facts, path)
