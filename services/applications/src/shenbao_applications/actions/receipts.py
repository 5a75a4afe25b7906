"""Files of a form: a receipt of documents becomes what the form keeps; a file is nobody's but its unit's."""

from collections.abc import Mapping, Sequence
from typing import Any

from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack.compiled import Field
from shenbao_applications.domain.pack.field_words import holds_files, is_file
from shenbao_common.kernel.errors import Problem, Refusal

_KEPT = ("document_id", "name", "size", "sha256")


def settle(content: Content, stored: Mapping[str, Any], desk: Desk, *, version: int) -> None:
    """Replaces receipts by {document_id, name, size, sha256}; adds a problem for each that may not stand here."""
    for section, field in content.pack.those(holds_files):
        values, before = content.sections[section], stored.get(section, {})
        path = f"sections.{section}.{field['key']}"
        if is_file(field):
            _settle(content, field, {path: values}, [before], (desk, version))
        if field["type"] != "rows" or field["key"] not in values:
            continue
        # A row that was moved or stands after a removed one keeps its files, so they are known by the whole list.
        rows = before.get(field["key"], [])
        for column in filter(is_file, field["fields"]):
            places = {f"{path}.{i}.{column['key']}": row for i, row in enumerate(values[field["key"]])}
            _settle(content, column, places, rows, (desk, version))


def _settle(
    content: Content,
    field: Field,
    places: Mapping[str, dict[str, Any]],
    before: Sequence[Mapping[str, Any]],
    asked: tuple[Desk, int],
) -> None:
    """places: by its path, each form or row in which the field or column may stand."""
    key, slot = field["key"], _slot(content, field, *asked)
    known = {name: file for one in before for name, file in _by_id(one.get(key)).items()}
    for path, values in places.items():
        if key not in values:
            continue
        if field["type"] == "file":
            values[key] = slot.settled(values[key], known, path)
        else:
            values[key] = [slot.settled(item, known, f"{path}.{i}") for i, item in enumerate(values[key])]


def kept(
    given: Sequence[Mapping[str, Any]], before: Any, desk: Desk, *, purpose: str, path: str, problems: list[Problem]
) -> list[Any]:
    """The same for a list of files outside any programme."""
    slot, known = _Slot(problems, desk, purpose), _by_id(before)
    return [slot.settled(item, known, f"{path}.{i}") for i, item in enumerate(given)]


def _slot(content: Content, field: Field, desk: Desk, version: int) -> "_Slot":
    kind = "material" if "material" in field else "attachment"
    purpose = f"{kind}:{content.pack.key}:{version}:{field.get('material', field['key'])}"
    return _Slot(content.problems, desk, purpose)


class _Slot:
    def __init__(self, problems: list[Problem], desk: Desk, purpose: str) -> None:
        self._problems = problems
        self._desk = desk
        self._purpose = purpose

    def settled(self, given: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Any:
        if "receipt" not in given:
            if given["document_id"] not in known:
                self._problems.append(Problem("unknown_document", path))
            return known.get(given["document_id"])
        try:
            claims = self._desk.verify(given["receipt"])
        except Refusal:
            self._problems.append(Problem("receipt_invalid", path))
            return None
        if claims.get("purpose") != self._purpose:
            self._problems.append(Problem("receipt_of_other_purpose", path))
        elif not self._is_own(claims):
            self._problems.append(Problem("receipt_of_other_unit", path))
        kept = {name: claims.get(name) for name in _KEPT}
        retrieved = claims.get("source") not in (None, "upload")
        return kept | ({"source": claims["source"], "retrieved_at": claims.get("made_at")} if retrieved else {})

    def _is_own(self, claims: Mapping[str, Any]) -> bool:
        """Of the actor's unit; a person's file is nobody else's."""
        actor = self._desk.actor
        if actor.unit_id is None:
            return bool(claims.get("account_id") == str(actor.account_id))
        return bool(claims.get("unit_id") == str(actor.unit_id))


def _by_id(stored: Any) -> dict[str, Any]:
    files = stored if isinstance(stored, list) else [stored] if stored else []
    return {file["document_id"]: file for file in files}
