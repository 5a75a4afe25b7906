"""The words of a test beforehand: conditions by class, a tree of questions, what registers are asked and fill in."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shenbao_applications.domain.pack.shapes import BOTH_LANGUAGES, NAME, ListOf, OneOf, Record, Shape, Text
from shenbao_applications.domain.pack.source import Findings

REGISTERS = ("education", "degree", "title", "social_insurance", "recognition")
_PLACE = Text(200, re.compile(r"[a-z0-9_]+\.[a-z0-9_]+"))

_LONG = Record(required={"zh": Text(5000), "en": Text(10_000)})

CONDITIONS = Record(
    required={
        "place": _PLACE,
        "classes": ListOf(
            Record(
                labelled=True,
                required={"key": NAME, "conditions": ListOf(NAME), "materials": ListOf(BOTH_LANGUAGES)},
            ),
            least=1,
        ),
    }
)
"""place: the choice whose options are the conditions; each class says what to prepare, in order."""

QUESTIONS = ListOf(
    Record(
        labelled=True,
        required={
            "key": NAME,
            "answers": ListOf(
                Record(labelled=True, required={"key": NAME}, optional={"next": NAME, "condition": NAME}), least=1
            ),
        },
        optional={"catalogue": BOTH_LANGUAGES},
    )
)
"""The first is asked first. An answer leads to another question, to a condition, or to none that matches."""

ANALYSIS = Record(
    required={
        "asks": ListOf(Record(required={"register": OneOf(REGISTERS)}, optional={"number": _PLACE}), least=1),
        "fills": ListOf(Record(required={"register": OneOf(REGISTERS), "value": NAME, "place": _PLACE})),
        "education": ListOf(OneOf(REGISTERS)),
        "title": ListOf(OneOf(REGISTERS)),
    },
    optional={
        "person": Record(optional={"birth_date": _PLACE}),
        "verified": ListOf(Record(required={"place": _PLACE, "registers": ListOf(OneOf(REGISTERS), least=1)})),
    },
    defaults={"person": {}, "verified": []},
)
"""asks: in order; one with a `number` is asked only for who gives it. education, title: what counts as found.

verified: a choice that says `register` while what these registers filled in stands unchanged; nobody types it.
"""

ARTICLES = ListOf(
    Record(
        labelled=True,
        required={"key": NAME, "kind": OneOf(("policy", "guide", "answer")), "text": _LONG},
    )
)
"""What people read before they begin."""

WORDS: Mapping[str, Shape] = {
    "conditions": CONDITIONS,
    "questions": QUESTIONS,
    "analysis": ANALYSIS,
    "articles": ARTICLES,
}
DEFAULTS: Mapping[str, Any] = {"conditions": None, "questions": [], "analysis": None, "articles": []}

Find = Callable[[str], dict[str, Any] | None]


def check(pack: dict[str, Any], find: Find, findings: Findings) -> None:
    """Every place, condition and question that is named must be there; find: the field at a place."""
    conditions = _check_conditions(pack, find, findings) if pack["conditions"] else set()
    _check_questions(pack["questions"], conditions, findings)
    if pack["analysis"]:
        _check_analysis(pack["analysis"], find, findings)


def _check_conditions(pack: dict[str, Any], find: Find, findings: Findings) -> set[str]:
    place = pack["conditions"]["place"]
    field = find(place)
    if field is None or field["type"] != "choice":
        findings.add("unknown_field", "conditions.place", name=place)
        return set()
    known = {option["key"] for option in pack["options"].get(field["options"], ())}
    for i, one in enumerate(pack["conditions"]["classes"]):
        for j, key in enumerate(one["conditions"]):
            if key not in known:
                findings.add("unknown_word", f"conditions.classes.{i}.conditions.{j}", word=key, known=", ".join(known))
    return known


def _check_questions(questions: list[dict[str, Any]], conditions: Iterable[str], findings: Findings) -> None:
    keys = [question["key"] for question in questions]
    for i, question in enumerate(questions):
        if keys.index(question["key"]) != i:
            findings.add("duplicate_name", f"questions.{i}.key", name=question["key"])
        for j, answer in enumerate(question["answers"]):
            path = f"questions.{i}.answers.{j}"
            # Only forwards, so that every way through the tree ends.
            if "next" in answer and answer["next"] not in keys[i + 1 :]:
                findings.add("unknown_question", f"{path}.next", name=answer["next"])
            if "condition" in answer and answer["condition"] not in conditions:
                findings.add("unknown_word", f"{path}.condition", word=answer["condition"], known=", ".join(conditions))


def _check_analysis(analysis: dict[str, Any], find: Find, findings: Findings) -> None:
    places = [(f"analysis.asks.{i}.number", ask["number"]) for i, ask in enumerate(analysis["asks"]) if "number" in ask]
    places += [(f"analysis.fills.{i}.place", fill["place"]) for i, fill in enumerate(analysis["fills"])]
    places += [(f"analysis.verified.{i}.place", one["place"]) for i, one in enumerate(analysis["verified"])]
    places += [(f"analysis.person.{key}", place) for key, place in analysis["person"].items()]
    for path, place in places:
        if find(place) is None:
            findings.add("unknown_field", path, name=place)
    asked = {ask["register"] for ask in analysis["asks"]}
    for i, fill in enumerate(analysis["fills"]):
        if fill["register"] not in asked:
            findings.add("register_not_asked", f"analysis.fills.{i}.register", name=fill["register"])
