"""What part of an application an office reads: all of it, or only the sections that its checks are about (S4k-04)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from shenbao_applications.domain.pack.compiled import Pack


def seen_by(pack: Pack, steps: Collection[Any], organisation_id: UUID | None) -> frozenset[str]:
    """Keys of the sections that an office with these steps reads; one step that sees everything opens everything."""
    everything = frozenset(section["key"] for section in pack.sections)
    own = [
        pack.step(step.step_key).get("sees") or everything for step in steps if step.organisation_id == organisation_id
    ]
    return everything & {key for sees in own for key in sees} if own else everything


def part(sections: Mapping[str, Any], seen: Collection[str]) -> dict[str, Any]:
    return {key: values for key, values in sections.items() if key in seen}
