"""The words of a route: its stages, one step or several side by side."""

import re
from typing import Any

from shenbao_applications.domain.pack.shapes import (
    BOTH_LANGUAGES,
    NAME,
    PLACE,
    RULE,
    Flag,
    Json,
    ListOf,
    OneOf,
    Record,
    Text,
    Whole,
)
from shenbao_applications.domain.pack.source import Findings, Node

FILLERS = ("unit", "applicant", "reporter")
OFFICES = ("supervising_department", "city_hr_bureau", "accepting_department")
RESOLVERS = (*FILLERS, *OFFICES, "committee")
AFTER_FAIL = ("rejected", "not_accepted", "case_returned")
"""X15: a failed step ends the application, or lets the applicant declare again."""


class Decider:
    """A resolver, or `office:<name>`: the office of that name directly below the body that published the project."""

    _office = Text(70, re.compile(r"office:[^\s:].{0,59}"))

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        if isinstance(node.value, str) and node.value.startswith("office:"):
            return self._office.read(node, path, findings)
        return OneOf(RESOLVERS).read(node, path, findings)

    def schema(self) -> Json:
        return {"anyOf": [OneOf(RESOLVERS).schema(), self._office.schema()]}


_ACTIONS = OneOf(("report", "pass", "return", "fail"))

_LIMIT = Record(
    required={"working_days": Whole(1, 250)},
    optional={"remind_before": Whole(1, 249), "escalate": Flag()},
    defaults={"remind_before": None, "escalate": False},
)
_PUBLICITY = Record(
    required={"working_days": Whole(1, 60)},
    optional={"count_first_day": Flag(), "fields": ListOf(PLACE)},
    defaults={"count_first_day": False, "fields": []},
)
_COMMITTEE = Record(
    optional={
        "group_by": PLACE,
        "yes_times": Whole(1, 100),
        "present_times": Whole(1, 100),
        "quorum": Whole(1, 500),
        "count_recused": Flag(),
        "recuse_same_unit": Flag(),
        "masks": ListOf(PLACE),
    },
    defaults={
        "group_by": None,
        "yes_times": 3,
        "present_times": 2,
        "quorum": None,
        "count_recused": False,
        "recuse_same_unit": True,
        "masks": [],
    },
)
_EXAM = Record(required={"pass_mark": Whole(1, 1000)})
_STEP = Record(
    labelled=True,
    required={"key": NAME, "decider": Decider(), "actions": ListOf(_ACTIONS, least=1)},
    optional={
        "when": RULE,
        "concerns": RULE,
        "sees": ListOf(NAME, least=1),
        "opinion_required": ListOf(_ACTIONS),
        "return_to": OneOf(("unit", "applicant")),
        "after_fail": OneOf(AFTER_FAIL),
        "withdrawable": Flag(),
        "limit": _LIMIT,
        "publicity": _PUBLICITY,
        "committee": _COMMITTEE,
        "exam": _EXAM,
        "default_opinion": BOTH_LANGUAGES,
    },
    defaults={
        "when": None,
        "concerns": None,
        "sees": None,
        "opinion_required": [],
        "return_to": "unit",
        "after_fail": "rejected",
        "withdrawable": False,
        "limit": None,
        "publicity": None,
        "committee": None,
        "exam": None,
        "default_opinion": None,
    },
)
RECONSIDERATION = Record(
    required={
        "working_days": Whole(1, 60),
        "steps": ListOf(Record(labelled=True, required={"key": NAME, "decider": OneOf(OFFICES)}), least=1),
    }
)
"""Until when a rejection may be objected to, and who looks at it again, one after the other (B-10)."""

_STAGE_OF_SEVERAL = Record(required={"parallel": ListOf(_STEP, least=2)})


class Stage:
    """One step, or `parallel:` with several that are open side by side."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        several = isinstance(node.value, dict) and "parallel" in node.value
        return (_STAGE_OF_SEVERAL if several else _STEP).read(node, path, findings)

    def schema(self) -> Json:
        return {"if": {"required": ["parallel"]}, "then": _STAGE_OF_SEVERAL.schema(), "else": _STEP.schema()}
