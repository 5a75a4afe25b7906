"""A dry run: the sample cases of a pack through its own form, clauses and route, before it is published (B-29)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack import samples, saving, validity
from shenbao_applications.domain.pack.compiled import Around, Pack
from shenbao_common.kernel.errors import Problem
from shenbao_common.kernel.ids import uuid7


@dataclass(frozen=True)
class Outcome:
    """One sample with what differs from what was expected; nothing when it went as it must."""

    name: str
    line: int
    problems: list[Problem]


def rehearse(document: Mapping[str, Any], text: str) -> list[Outcome]:
    """Every sample of a samples file with its outcome; the file itself is checked before (`samples.objections`)."""
    pack = Pack(document)
    found, findings = samples.load(text)
    return [_outcome(pack, sample, f"samples.{i}", findings) for i, sample in enumerate(found)]


def _outcome(pack: Pack, sample: Mapping[str, Any], path: str, findings: Any) -> Outcome:
    line = findings.line_of(path)
    if pack.variant(sample["variant"]) is None:
        place = f"{path}.variant"
        problem = Problem("unknown_word", place, {"line": findings.line_of(place), "word": sample["variant"]})
        return Outcome(sample["name"], line, [problem])
    came = _run(pack, sample)
    problems = []
    for word, wanted in sample["expect"].items():
        # A route has an order; of the others it only matters which they are.
        same = came[word] == wanted if word == "route" else sorted(came[word]) == sorted(wanted)
        if not same:
            place = f"{path}.expect.{word}"
            found = {"line": findings.line_of(place), "expected": wanted, "came": came[word]}
            problems.append(Problem("sample_differs", place, found))
    return Outcome(sample["name"], line, problems)


def _run(pack: Pack, sample: Mapping[str, Any]) -> dict[str, list[str]]:
    today, variant = date.fromisoformat(sample["today"]), sample["variant"]
    content = Content(pack, {}, _with_files(pack, sample["sections"]), whole=True)
    content.check_numbers(today=today)
    content.problems += saving.objections(pack, content.sections, variant=variant)
    content.problems += validity.wrong(pack, content.sections, _period(sample, today), variant=variant)
    judged = pack.judgements(content.sections, _around(sample, today), variant=variant, at="report")
    alone = sample["unit"].get("self_declaring") == "yes"
    skips = pack.skips(content.sections, variant=variant, today=today, self_declaring=alone)
    by_result = {
        result: [j.clause["key"] for j in judged if j.result == result] for result in ("not_met", "needs_proof")
    }
    return {
        "wrong": _places(content.problems),
        "missing": _places(pack.missing(content.sections, variant=variant)),
        **by_result,
        "route": [step["key"] for step in pack.route_of(variant) if step["key"] not in skips],
    }


def _places(problems: list[Problem]) -> list[str]:
    return [problem.path.removeprefix("sections.") for problem in problems]


def _around(sample: Mapping[str, Any], today: date) -> Around:
    project = {"name": "", "year": today.year, "specialties": [], "scope_department_ids": []}
    unit = {"id": "", "department_ids": []} | sample["unit"]
    return Around(
        project=project | sample["project"],
        unit_id=unit["id"],
        department_ids=tuple(unit["department_ids"]),
        today=today,
    )


def _period(sample: Mapping[str, Any], today: date) -> validity.Period:
    days = {name: date.fromisoformat(str(sample["project"].get(name, today))) for name in ("opens_on", "closes_on")}
    return validity.Period(year=int(sample["project"].get("year", today.year)), today=today, **days)


def _with_files(pack: Pack, sections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """A file stands in a sample by its name alone."""
    found = {key: dict(values) for key, values in sections.items()}
    for section in pack.sections:
        values = found.get(section["key"], {})
        for field in section["fields"]:
            if field["key"] in values:
                values[field["key"]] = _with_file(field, values[field["key"]])
    return found


def _with_file(field: Mapping[str, Any], value: Any) -> Any:
    if field["type"] == "file" and isinstance(value, str):
        return _file(value)
    if field["type"] == "files" and isinstance(value, list):
        return [_file(item) for item in value]
    if field["type"] == "rows" and isinstance(value, list):
        columns = {column["key"]: column for column in field["fields"]}
        return [
            {key: _with_file(columns[key], inner) if key in columns else inner for key, inner in row.items()}
            for row in value
            if isinstance(row, Mapping)
        ]
    return value


def _file(name: Any) -> dict[str, Any]:
    return {"document_id": str(uuid7()), "name": str(name), "size": 1}
