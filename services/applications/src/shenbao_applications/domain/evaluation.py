"""What a member of a committee reads of an application: the part that the step sees, without what the pack masks."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shenbao_applications.domain import reading
from shenbao_applications.domain.pack.compiled import Pack, Sections

_HIDDEN = "*****"


def seen(pack: Pack, step_key: str) -> frozenset[str]:
    """Keys of the sections that the committee's step is about; without a word of the pack all."""
    everything = frozenset(section["key"] for section in pack.sections)
    return everything & frozenset(pack.step(step_key).get("sees") or everything)


def masked_places(pack: Pack, step_key: str) -> frozenset[str]:
    """The ID number is nothing that anybody votes about; what else is masked, the pack says."""
    terms: Mapping[str, Any] = pack.step(step_key).get("committee") or {}
    return frozenset([pack.document["identity"]["number"], *terms.get("masks", ())])


def shown(pack: Pack, step_key: str, sections: Sections) -> dict[str, Any]:
    """The sections with masks in place of masked values; a masked file is left out.

    Where the name is masked, it is masked wherever it was written, names of files included.
    """
    places, place_of_name = masked_places(pack, step_key), pack.document["identity"]["name"]
    name = str(pack.value(sections, place_of_name) or "")
    found = reading.part(sections, seen(pack, step_key))
    masked = {key: _section(pack, key, values, places) for key, values in found.items()}
    return _without(masked, name) if name and place_of_name in places else masked


def _section(pack: Pack, section: str, values: Mapping[str, Any], places: Collection[str]) -> dict[str, Any]:
    return {key: _value(pack, f"{section}.{key}", value, places) for key, value in values.items()}


def _value(pack: Pack, place: str, value: Any, places: Collection[str]) -> Any:
    if place in places:
        return mask(pack, place, value)
    inner = {other for other in places if other.startswith(f"{place}.")}
    if inner and isinstance(value, list):
        return [{key: _value(pack, f"{place}.{key}", one, inner) for key, one in row.items()} for row in value]
    return value


def mask(pack: Pack, place: str, value: Any) -> str | None:
    """*三 for the name, 3*****4 for an ID number, 138****0000 for a mobile number; nothing for what is no text."""
    if not isinstance(value, str) or not value:
        return None
    kind = pack.field(place)["type"]
    if place == pack.document["identity"]["name"]:
        return f"*{value[1:]}"
    if kind == "id_number":
        return f"{value[0]}{_HIDDEN}{value[-1]}"
    return re.sub(r"^(.{3}).*(.{4})$", r"\1****\2", value) if kind == "mobile" else _HIDDEN


def _without(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value.replace(name, f"*{name[1:]}")
    if isinstance(value, Mapping):
        return {key: _without(one, name) for key, one in value.items()}
    return [_without(one, name) for one in value] if isinstance(value, list) else value


def files(value: Any) -> Iterator[str]:
    """The documents that stand anywhere in what is shown."""
    if isinstance(value, Mapping):
        if "document_id" in value:
            yield str(value["document_id"])
        for one in value.values():
            yield from files(one)
    elif isinstance(value, list):
        for one in value:
            yield from files(one)
