"""Information first: a form is saved complete, then its materials are handed in and saved (S0-21, S0-30)."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.domain.lifecycle import Move
from shenbao_applications.domain.pack.compiled import Pack, Place, Sections
from shenbao_applications.domain.pack.field_words import is_file
from shenbao_common.kernel.errors import Problem


def is_staged(pack: Pack) -> bool:
    return bool(pack.document["save_mode"] == "information_first")


def move_of_save(pack: Pack, *, complete: bool, begins: bool = False) -> Move:
    """What a save does: where information comes first, any but the one that begins asks for the materials anew."""
    if is_staged(pack) and not begins:
        return Move.SAVE_INFORMATION
    return Move.SAVE_COMPLETE if complete else Move.SAVE_INCOMPLETE


def is_information(pack: Pack, given: Mapping[str, Any]) -> bool:
    """Whether more than files was given."""
    files = {(section, field["key"]) for section, field in _file_fields(pack)}
    return any((s, key) not in files for s, values in given.items() if isinstance(values, Mapping) for key in values)


def missing_information(pack: Pack, sections: Sections, *, variant: str) -> list[Problem]:
    """What a save of the information lacks; its materials come after it."""
    files = tuple(f"sections.{section}.{field['key']}" for section, field in _file_fields(pack))
    return [p for p in pack.missing(sections, variant=variant) if not p.path.startswith(files)]


def outdate(pack: Pack, sections: Mapping[str, dict[str, Any]], stored: Sections) -> None:
    """Marks what was printed, signed and uploaded before this save of the information (S0-26)."""
    for section, field in _file_fields(pack):
        value, before = (found.get(section, {}).get(field["key"]) for found in (sections, stored))
        if field.get("renewed_after_save") and value and before and value["document_id"] == before["document_id"]:
            sections[section][field["key"]] = {**value, "outdated": True}


def outdated(pack: Pack, sections: Sections) -> list[Problem]:
    """Every file that has to be uploaded again."""
    return [
        Problem("upload_again", f"sections.{section}.{field['key']}")
        for section, field in _file_fields(pack)
        if isinstance(value := sections.get(section, {}).get(field["key"]), Mapping) and value.get("outdated")
    ]


def wanting(pack: Pack, sections: Sections, *, variant: str) -> list[Problem]:
    """Everything that keeps the materials from being saved, in the order of the form."""
    return [*pack.missing(sections, variant=variant), *outdated(pack, sections)]


def _file_fields(pack: Pack) -> list[Place]:
    return pack.those(is_file)
