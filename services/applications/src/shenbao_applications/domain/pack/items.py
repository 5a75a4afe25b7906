"""The check of a form item by item: every field that applies, met or not met."""

from collections.abc import Sequence
from dataclasses import dataclass

from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_common.kernel.errors import Problem


@dataclass(frozen=True)
class Item:
    """A field with all that is objected to at it and below."""

    section: str
    field: Field
    problems: Sequence[Problem]

    @property
    def path(self) -> str:
        return f"sections.{self.section}.{self.field['key']}"

    @property
    def met(self) -> bool:
        return not self.problems


def of(pack: Pack, sections: Sections, problems: Sequence[Problem], *, variant: str) -> list[Item]:
    """In the order of the form."""
    found = []
    for section, field in pack.shown(sections, variant=variant):
        path = f"sections.{section}.{field['key']}"
        own = [p for p in problems if p.path == path or p.path.startswith(f"{path}.")]
        found.append(Item(section, field, own))
    return found
