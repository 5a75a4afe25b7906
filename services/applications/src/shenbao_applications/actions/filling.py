"""Reading what somebody filled in: one marshmallow schema per section and version, made from the pack."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import marshmallow as ma

from shenbao_applications.actions.fields import schema_of
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_common.kernel import identifiers
from shenbao_common.kernel.errors import Problem, RuleBroken, ensure

_REPORT = ""
"""Stands for the report's own fields where a section's key stands else."""

_OTHER_NUMBER_LENGTHS = range(5, 21)
_schemas: WeakKeyDictionary[Pack, dict[str, ma.Schema]] = WeakKeyDictionary()


class Content:
    """New content of a form: what is stored with what was given laid over it.

    whole: the given sections are everything, so what is missing is empty; else what is missing stays.
    problems: every objection to given values; an empty value is none, it is merely not filled in yet.
    """

    def __init__(self, pack: Pack, stored: Mapping[str, Any], given: Mapping[str, Any], *, whole: bool) -> None:
        self.pack = pack
        self.problems: list[Problem] = []
        known = {section["key"] for section in pack.sections}
        self.problems += [Problem("unknown_section", f"sections.{key}") for key in given if key not in known]
        self.sections: dict[str, dict[str, Any]] = {}
        for section in pack.sections:
            key = section["key"]
            if section.get("archive"):
                self._keep_cited(key, stored, given)
                continue
            self.sections[key] = {} if whole else dict(stored.get(key, {}))
            if key in given:
                self.sections[key] |= self._read(key, given[key])
                self._drop_emptied(key, given[key])
        self._check_immutable(stored)
        self._missing: list[Problem] | None = None

    def _keep_cited(self, key: str, stored: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """What comes from an archive is cited record by record, and never typed (S1-27)."""
        if not is_empty(given.get(key)):
            self.problems.append(Problem("cited_only", f"sections.{key}"))
        self.sections[key] = dict(stored.get(key, {}))

    def _read(self, key: str, given: Any) -> dict[str, Any]:
        path = f"sections.{key}"
        if not isinstance(given, Mapping):
            self.problems.append(Problem("wrong_type", path))
            return {}
        try:
            loaded: dict[str, Any] = _schema(self.pack, key).load(filled(given))
        except ma.ValidationError as wrong:
            self.problems += flat(wrong.messages, path)
            # The right ones are still searched for further objections.
            loaded = wrong.valid_data if isinstance(wrong.valid_data, dict) else {}
        return _without_empty_rows(loaded)

    def _drop_emptied(self, key: str, given: Any) -> None:
        for name in given if isinstance(given, Mapping) else ():
            if is_empty(given[name]):
                self.sections[key].pop(name, None)

    def _check_immutable(self, stored: Mapping[str, Any]) -> None:
        for section, field in self.pack.those(_is_immutable):
            before, name = stored.get(section, {}), field["key"]
            if name in before and self.sections[section].get(name) != before[name]:
                self.problems.append(Problem("immutable", f"sections.{section}.{name}"))

    def missing(self, *, variant: str) -> list[Problem]:
        """What it lacks for a report. Looked for once: ask when nothing more is laid into it."""
        if self._missing is None:
            self._missing = self.pack.missing(self.sections, variant=variant)
        return self._missing

    def check_numbers(self, *, today: date) -> None:
        """Reads ID numbers by their kind and writes them in their full form."""
        for section, field in self.pack.those(_holds_number):
            values, path = self.sections[section], f"sections.{section}.{field['key']}"
            if field["type"] == "id_number" and field["key"] in values:
                self._check_number(field, values, path, today)
            for column in [c for c in field.get("fields", ()) if c["type"] == "id_number"]:
                for i, row in enumerate(values.get(field["key"], ())):
                    if column["key"] in row:
                        self._check_number(column, row, f"{path}.{i}.{column['key']}", today)

    def _check_number(self, field: Mapping[str, Any], values: dict[str, Any], path: str, today: date) -> None:
        number = str(values[field["key"]]).upper()
        kind = values.get(field.get("kind_field", ""))
        if "checked_kinds" in field and kind is not None and kind not in field["checked_kinds"]:
            if len(number) not in _OTHER_NUMBER_LENGTHS or not (number.isascii() and number.isalnum()):
                self.problems.append(Problem("wrong_format", path))
            values[field["key"]] = number
            return
        if kind is None and "kind_field" in field:
            return  # Its kind is still missing, and the list of missing things says so.
        try:
            values[field["key"]] = identifiers.citizen_number(number, today=today).number
        except identifiers.WrongIdentifier as wrong:
            self.problems.append(wrong.problem(path))


def _is_immutable(field: Mapping[str, Any]) -> bool:
    return bool(field["immutable"])


def _holds_number(field: Mapping[str, Any]) -> bool:
    return any(one["type"] == "id_number" for one in (field, *field.get("fields", ())))


OPERATOR = frozenset({"operator_name", "operator_phone", "confirmed"})
"""What the form of a report may always hold; whether it is asked for is said by the pack."""


def ensure_asked(asking: Sequence[Pack], given: Mapping[str, Any]) -> None:
    """Refuses what none of the programmes asks of the one who reports."""
    known = OPERATOR | {f["key"] for pack in asking for f in pack.document["report_fields"]}
    ensure([Problem("unknown_field", key) for key in given if key not in known])


def report_values(pack: Pack, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the pack asks of the one who reports; refuses missing and wrong values, all at once.

    What another programme of the same report asks for is nothing to this one, and is not kept.
    """
    fields = pack.document["report_fields"]
    problems = [
        Problem("required", f["key"]) for f in fields if f["required"] is True and is_empty(given.get(f["key"]))
    ]
    asked, confirmed = [c["key"] for c in pack.document.get("report_confirmations", ())], given.get("confirmed") or ()
    problems += [Problem("confirmation_missing", f"confirmed.{key}") for key in asked if key not in confirmed]
    given = {f["key"]: given[f["key"]] for f in fields if f["key"] in given}
    try:
        loaded: dict[str, Any] = _schema(pack, _REPORT).load(filled(given))
    except ma.ValidationError as wrong:
        raise RuleBroken("invalid", *problems, *flat(wrong.messages, "")) from wrong
    ensure(problems)
    return loaded | ({"confirmed": asked} if asked else {})


def _schema(pack: Pack, section: str) -> ma.Schema:
    schemas = _schemas.setdefault(pack, {})
    if section not in schemas:
        schemas[section] = schema_of(_fields(pack, section))
    return schemas[section]


def _fields(pack: Pack, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        pack.document["report_fields"]
        if section == _REPORT
        else next(s["fields"] for s in pack.sections if s["key"] == section)
    )
    return found


def filled(value: Any) -> Any:
    """Without what is empty; an empty row keeps its place until it is read, so that paths name the right row."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    if isinstance(value, (dict, Mapping)):
        return {key: kept for key, inner in value.items() if not is_empty(kept := filled(inner))}
    return value


def _without_empty_rows(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [item for item in value if not is_empty(item)] if isinstance(value, list) else value
        for key, value in values.items()
    }


def is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return all(map(is_empty, value))
    if isinstance(value, (dict, Mapping)):
        return all(map(is_empty, value.values()))
    return value is None


def flat(messages: Any, path: str) -> Iterable[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            yield from flat(inner, ".".join(part for part in (path, name) if part))
        return
    for message in messages:
        code, _, limit = str(message).partition(":")
        yield Problem(code, path, {"limit": limit} if limit else {})
