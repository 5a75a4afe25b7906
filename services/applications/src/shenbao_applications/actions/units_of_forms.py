"""Units that a form names: registered ones only, under the name that they are registered with (S0-07)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_applications.models import Application
from shenbao_applications.queries.recognitions import known_units
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import Problem


def settle(session: Session, content: Content) -> None:
    """Writes the name beside each id; objects to a unit that is not registered."""
    found = [
        (values, field["key"], f"sections.{section}.{field['key']}")
        for section, field in content.pack.those(_is_unit)
        for values in (content.sections[section],)
        if values.get(field["key"])
    ]
    names = known_units(session, {UUID(values[key]["unit_id"]) for values, key, _ in found}) if found else {}
    for values, key, path in found:
        unit_id = values[key]["unit_id"]
        name = names.get(UUID(unit_id))
        if name is None:
            content.problems.append(Problem("unknown_unit", path))
        values[key] = {"unit_id": unit_id, "name": name or ""}


def _is_unit(field: Field) -> bool:
    return bool(field["type"] == "unit")


def select(row: Application, pack: Pack, content: Content) -> None:
    """The unit that the person selected has the application from now on (X11); once reported it stays there.

    What a new application begins with is not chosen yet: the unit sees nothing before a save (S0-09).
    """
    place = pack.document["submission"].get("unit")
    if place is None or not row.revision:
        return
    chosen = unit_in(pack, content.sections)
    if row.round and chosen != row.unit_id:
        content.problems.append(Problem("immutable", f"sections.{place}"))
    elif not content.problems:
        row.unit_id = chosen


def unit_in(pack: Pack, sections: Sections) -> UUID:
    value: Any = pack.value(sections, pack.document["submission"]["unit"])
    return UUID(value["unit_id"]) if value else NOBODY
