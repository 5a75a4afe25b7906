"""Somebody's answers against the clauses of a programme; without a session, so that nothing can be kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack.clauses import Judgement
from shenbao_applications.domain.pack.compiled import Around, Pack
from shenbao_common.kernel.errors import Problem, ensure

_LONGEST = 200
_LARGEST = 10**9


def question(pack: Pack, place: str) -> dict[str, Any]:
    """What is asked at a place of the form, or of something that is reckoned from it."""
    if place.startswith("facts."):
        fact = next(f for f in pack.facts if f"facts.{f['key']}" == place)
        return {"place": place, **{name: fact[name] for name in ("zh", "en", "type")}}
    field = pack.field(place)
    shown = {name: field.get(name) for name in ("zh", "en", "type", "options", "help")}
    return {"place": place, **shown}


def judge(pack: Pack, answers: Mapping[str, Any], *, today: date) -> list[Judgement]:
    """Refuses answers that no form would take, all at once, each by its place."""
    facts, sections, problems = _sorted(pack, answers)
    content = Content(pack, {}, sections, whole=True)
    problems += [Problem(p.code, p.path.replace("sections.", "answers.", 1), p.params) for p in content.problems]
    ensure(problems)
    around = Around(project={}, unit_id="", department_ids=(), today=today)
    known = {place for place, value in answers.items() if value not in (None, "")}
    return pack.judgements({**content.sections, "facts": facts}, around, variant="", known=known)


def _sorted(pack: Pack, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    facts: dict[str, Any] = {}
    sections: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    asked = set(pack.document["self_test"])
    for place, value in answers.items():
        head, _, key = place.partition(".")
        if place not in asked:
            problems.append(Problem("unknown_field", f"answers.{place}"))
        elif head != "facts":
            sections.setdefault(head, {})[key] = value
        elif value not in (None, "") and not _fits(pack, key, value):
            problems.append(Problem("wrong_type", f"answers.{place}"))
        elif value not in (None, ""):
            facts[key] = value
    return facts, sections, problems


def _fits(pack: Pack, key: str, value: Any) -> bool:
    kind = next(f["type"] for f in pack.facts if f["key"] == key)
    if isinstance(value, int) and not isinstance(value, bool):
        return bool(kind == "integer" and abs(value) <= _LARGEST)
    return bool(kind == "text" and isinstance(value, str) and len(value) <= _LONGEST)
