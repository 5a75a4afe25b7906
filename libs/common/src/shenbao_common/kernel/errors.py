"""The refusals of rules. Anything else that is raised is a bug of ours and never dressed up as the caller's.

Refusal
├── NotFound         what was asked for does not exist for this actor
├── Over             it was there for everybody to read, and is not any more
├── NotAllowed       it exists for this actor, but this act is not theirs
├── Conflict         the present state forbids the act
├── RuleBroken       the content breaks rules; all of them are named at once
├── Busy             so much is asked at once that this has to wait; the params say how long (`retry_after`, seconds)
└── Unauthenticated  nobody acts: raised at the edge only, by what checks tokens
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One objection.

    code: stable, snake_case; wording and language belong to the portal.
    path: the field as a dotted path, list items by index (`sections.basic.education.0.school`); "" for the whole.
    params: values that the wording needs (limits, counts); never personal data.
    """

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A request that is refused for a reason that the caller can understand and act on."""

    def __init__(self, code: str, *problems: Problem, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.problems = problems
        self.params = params


class NotFound(Refusal):
    """Answers the same for a thing that never existed and for somebody else's."""

    def __init__(self, code: str = "not_found", *problems: Problem, **params: Any) -> None:
        super().__init__(code, *problems, **params)


class Over(Refusal):
    """What everybody read for its time."""


class NotAllowed(Refusal):
    """The actor lacks the permission."""


class Conflict(Refusal):
    """The state of the thing forbids it now."""


class RuleBroken(Refusal):
    """The content is wrong; every objection is in `problems`."""


class Busy(Refusal):
    """Not now: the line is full."""


class Unauthenticated(Refusal):
    """No valid token; the caller signs in or refreshes."""


def ensure(problems: list[Problem], code: str = "invalid") -> None:
    """Refuses when there is any objection, naming all of them."""
    if problems:
        raise RuleBroken(code, *problems)
