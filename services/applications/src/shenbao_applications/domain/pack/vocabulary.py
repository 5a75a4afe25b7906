"""Every word of a pack. A new switch of a programme is a word here, a default, and a test of each position."""

import re
from typing import Any

from shenbao_applications.domain.pack.renewing import RENEWS
from shenbao_applications.domain.pack.shapes import (
    BOTH_LANGUAGES,
    NAME,
    RULE,
    Flag,
    FlagOrRule,
    Json,
    ListOf,
    MapOf,
    Nothing,
    OneOf,
    Record,
    Shape,
    Text,
    Whole,
)
from shenbao_applications.domain.pack.source import Findings, Node

FILE_TYPES = ("file", "files")
LEVELS = ("province", "city_hr_bureau", "first_level_department", "department")
FILLERS = ("unit", "applicant")
RESOLVERS = (*FILLERS, "supervising_department", "city_hr_bureau", "committee")
STATUSES = ("draft", "ready_to_report", "in_review", "returned", "approved", "rejected")
AFTER_FAIL = ("rejected", "not_accepted", "case_returned")
"""X15: a failed step ends the application, or lets the applicant declare again."""

RESERVED = ("tier", "variant", "project", "unit", "today", "facts", "limits", "changed")
"""What rules call something else, so no section is called so."""

OUTSIDE_VALUES = ("application.reference", "application.status", "unit.name", "project.name", "project.year")
"""What a summary column may show besides the fields of the form."""

_FORMATS = ListOf(OneOf(("pdf", "jpg", "png", "zip")), least=1)
_BYTES = Whole(1, 100 * 1024 * 1024)
_PLACE = Text(200, re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){1,2}"))
_TEMPLATE = Text(100, re.compile(r"[a-z][a-z0-9_-]*\.typ"))

_LIMITS: dict[str, dict[str, Shape]] = {
    "text": {"max_length": Whole(1, 10_000), "none_allowed": Flag()},
    "long_text": {"max_length": Whole(1, 10_000), "none_allowed": Flag()},
    "integer": {"min": Whole(-(10**9)), "max": Whole(-(10**9))},
    "date": {},
    "month": {},
    "choice": {"options": NAME},
    "mobile": {},
    "phone": {},
    "email": {},
    "id_number": {"kind_field": NAME, "checked_kinds": ListOf(NAME)},
    "file": {"material": NAME, "formats": _FORMATS, "max_bytes": _BYTES},
    "files": {"material": NAME, "formats": _FORMATS, "max_bytes": _BYTES, "max_files": Whole(1, 100)},
    "rows": {"max_rows": Whole(1, 200)},
    "unit": {},
}
FIELD_TYPES = tuple(_LIMITS)

_TYPE_DEFAULTS: dict[str, dict[str, Any]] = {
    "text": {"max_length": 200},
    "long_text": {"max_length": 2000},
    "files": {"max_files": 20},
    "rows": {"max_rows": 20},
}


class Field:
    """One field of a form; which further words it knows depends on its type. A column of rows holds no rows."""

    def __init__(self, types: tuple[str, ...] = FIELD_TYPES) -> None:
        self._types = types

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        kind = node.value.get("type") if isinstance(node.value, dict) else None
        word = kind.value if kind is not None and kind.value in self._types else "text"
        return self._record(word).read(node, path, findings)

    def schema(self) -> Json:
        """Which words a type has is said once per type; an editor then completes those of the type that is written."""
        own = [
            {"if": {"properties": {"type": {"const": kind}}}, "then": self._record(kind).schema()}
            for kind in self._types
        ]
        return {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": list(self._types)}},
            "allOf": own,
        }

    def _record(self, kind: str) -> Record:
        required: dict[str, Shape] = {"key": NAME, "type": OneOf(self._types)}
        if kind == "choice":
            required["options"] = NAME
        if kind == "rows":
            required["fields"] = ListOf(Field(COLUMN_TYPES), least=1)
        return Record(
            labelled=True,
            required=required,
            optional={
                "required": FlagOrRule(),
                "when": RULE,
                "immutable": Flag(),
                "printed": Flag(),
                "help": BOTH_LANGUAGES,
                **_LIMITS[kind],
            },
            defaults={
                "required": False,
                "when": None,
                "immutable": False,
                "none_allowed": False,
                "printed": kind not in FILE_TYPES,
                "help": None,
                **_TYPE_DEFAULTS.get(kind, {}),
            },
        )


COLUMN_TYPES = tuple(t for t in FIELD_TYPES if t not in {"rows", "id_number", "unit", *FILE_TYPES})

_VARIANT = Record(
    labelled=True,
    required={"key": NAME, "publisher": OneOf(LEVELS)},
    optional={
        "tier": OneOf(("primary", "intermediate", "senior")),
        "visible_to": OneOf(("branch", "all")),
        "form": NAME,
    },
    defaults={"tier": "primary", "visible_to": "branch", "form": None},
)

_SECTION = Record(
    labelled=True,
    required={"key": NAME},
    optional={
        "fields": ListOf(Field()),
        "read_only": Flag(),
        "source": OneOf(("review_log", "confirmation")),
        "help": BOTH_LANGUAGES,
    },
    defaults={"fields": [], "read_only": False, "source": None, "help": None},
)

_ACTIONS = OneOf(("report", "pass", "return", "fail"))
_ACCOUNTS = ListOf(OneOf(("unit", "sub_account", "person")), least=1)

_LIMIT = Record(
    required={"working_days": Whole(1, 250)},
    optional={"remind_before": Whole(1, 249), "escalate": Flag()},
    defaults={"remind_before": None, "escalate": False},
)
_PUBLICITY = Record(
    required={"working_days": Whole(1, 60)},
    optional={"count_first_day": Flag(), "fields": ListOf(_PLACE)},
    defaults={"count_first_day": False, "fields": []},
)
_COMMITTEE = Record(
    optional={
        "group_by": _PLACE,
        "yes_times": Whole(1, 100),
        "present_times": Whole(1, 100),
        "quorum": Whole(1, 500),
        "count_recused": Flag(),
        "recuse_same_unit": Flag(),
    },
    defaults={
        "group_by": None,
        "yes_times": 3,
        "present_times": 2,
        "quorum": None,
        "count_recused": False,
        "recuse_same_unit": True,
    },
)
_STEP = Record(
    labelled=True,
    required={"key": NAME, "decider": OneOf(RESOLVERS), "actions": ListOf(_ACTIONS, least=1)},
    optional={
        "when": RULE,
        "opinion_required": ListOf(_ACTIONS),
        "return_to": OneOf(("unit", "applicant")),
        "after_fail": OneOf(AFTER_FAIL),
        "withdrawable": Flag(),
        "limit": _LIMIT,
        "publicity": _PUBLICITY,
        "committee": _COMMITTEE,
    },
    defaults={
        "when": None,
        "opinion_required": [],
        "return_to": "unit",
        "after_fail": "rejected",
        "withdrawable": False,
        "limit": None,
        "publicity": None,
        "committee": None,
    },
)
_STAGE_OF_SEVERAL = Record(required={"parallel": ListOf(_STEP, least=2)})


class Stage:
    """One step, or `parallel:` with several that are open side by side."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        several = isinstance(node.value, dict) and "parallel" in node.value
        return (_STAGE_OF_SEVERAL if several else _STEP).read(node, path, findings)

    def schema(self) -> Json:
        return {"if": {"required": ["parallel"]}, "then": _STAGE_OF_SEVERAL.schema(), "else": _STEP.schema()}


_CLAUSE = Record(
    labelled=True,
    required={"key": NAME, "at": ListOf(OneOf(("create", "report")), least=1)},
    optional={"rule": RULE, "when": RULE, "policy": BOTH_LANGUAGES, "limits": MapOf(Whole(-(10**9)))},
    defaults={"rule": None, "when": None, "policy": None, "limits": {}},
)

_FACT = Record(labelled=True, required={"key": NAME, "type": OneOf(("integer", "text")), "rule": RULE})

_DOCUMENT = Record(
    labelled=True,
    required={"kind": NAME, "format": OneOf(("pdf", "xlsx"))},
    optional={
        "template": _TEMPLATE,
        "final_when": RULE,
        "watermark": BOTH_LANGUAGES,
        "sections": ListOf(NAME, least=1),
        "printable_when": RULE,
        "columns": ListOf(Record(labelled=True, required={"key": NAME, "value": _PLACE}), least=1),
    },
)

PACK = Record(
    labelled=True,
    required={
        "programme": NAME,
        "variants": ListOf(_VARIANT, least=1),
        "submission": Record(
            required={"fill": _ACCOUNTS, "report": _ACCOUNTS, "re_entry_step": NAME},
            optional={"corrections_after_close": Flag(), "unit": _PLACE},
            defaults={"corrections_after_close": False},
        ),
        "sections": ListOf(_SECTION, least=1),
        "identity": Record(required={"name": _PLACE, "number": _PLACE}),
        "route": ListOf(Stage(), least=2),
        "labels": MapOf(BOTH_LANGUAGES),
    },
    optional={
        "save_mode": OneOf(("all_tabs", "step", "information_first")),
        "on_supervising_department_change": OneOf(("keep", "return_all_reported")),
        "report_fields": ListOf(Field(("text", "phone", "mobile", "email"))),
        "list_columns": ListOf(_PLACE),
        "options": MapOf(ListOf(Record(labelled=True, required={"key": NAME}, optional={"code": Text(20)}), least=1)),
        "materials": ListOf(
            Record(
                labelled=True,
                required={"key": NAME, "formats": _FORMATS, "max_bytes": _BYTES},
                optional={"due": FlagOrRule(), "renewed_after_save": Flag(), "retrieval": NAME},
                defaults={"due": True, "renewed_after_save": False, "retrieval": None},
            )
        ),
        "facts": ListOf(_FACT),
        "eligibility": ListOf(_CLAUSE),
        "self_test": ListOf(_PLACE, least=1),
        "renews": RENEWS,
        "report_confirmations": ListOf(Record(labelled=True, required={"key": NAME})),
        "commitments": ListOf(Record(labelled=True, required={"key": NAME, "text": BOTH_LANGUAGES})),
        "documents": ListOf(_DOCUMENT),
        "texts": MapOf(BOTH_LANGUAGES),
        "publicity": Record(required={"kind": OneOf(("none",))}),
        "validity": Record(required={"certificate_months": Nothing()}),
    },
    defaults={
        "save_mode": "all_tabs",
        "on_supervising_department_change": "keep",
        "report_fields": [],
        "list_columns": [],
        "options": {},
        "materials": [],
        "facts": [],
        "eligibility": [],
        "self_test": [],
        "renews": None,
        "report_confirmations": [],
        "commitments": [],
        "documents": [],
        "texts": {},
        "publicity": {"kind": "none"},
        "validity": {"certificate_months": None},
    },
)
