"""The test by questions (S2-13): a tree that is data, walked one answer at a time; nothing of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shenbao_common.kernel.errors import Problem, ensure

Question = Mapping[str, Any]
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Walked:
    """answered: in their order. open: the question that comes now, None at an end. condition: what the end matches."""

    answered: Sequence[tuple[Question, Answer]]
    open: Question | None
    condition: str | None


def walk(questions: Sequence[Question], given: Sequence[Mapping[str, str]]) -> Walked:
    """given: the answers so far, as {question, answer}; refuses what was not asked or is no answer, all at once."""
    known = {question["key"]: question for question in questions}
    answered: list[tuple[Question, Answer]] = []
    problems: list[Problem] = []
    now: Question | None = questions[0]
    condition = None
    for number, line in enumerate(given):
        answer = _answer(now, line)
        if now is None or now["key"] != line["question"]:
            problems.append(Problem("not_asked", f"answers.{number}.question"))
        elif answer is None:
            problems.append(Problem("unknown_choice", f"answers.{number}.answer"))
        else:
            answered.append((now, answer))
            now, condition = known.get(answer.get("next", "")), answer.get("condition")
    ensure(problems)
    return Walked(answered, now, condition)


def _answer(question: Question | None, line: Mapping[str, str]) -> Answer | None:
    return next((a for a in question["answers"] if a["key"] == line["answer"]), None) if question else None
