"""Every word of a pack. A new switch of a programme is a word here, a default, and a test of each position."""

import re
from typing import Any

from shenbao_applications.domain.pack import pretest_words
from shenbao_applications.domain.pack.field_words import BYTES, FORMATS, Field
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
    Text,
    Whole,
)
from shenbao_applications.domain.pack.source import Findings, Node

LEVELS = ("province", "city_hr_bureau", "first_level_department", "department")
FILLERS = ("unit", "applicant")
RESOLVERS = (*FILLERS, "supervising_department", "city_hr_bureau", "committee")
STATUSES = ("draft", "ready_to_report", "in_review", "returned", "approved", "rejected")
AFTER_FAIL = ("rejected", "not_accepted", "case_returned")
"""X15: a failed step ends the application, or lets the applicant declare again."""

RESERVED = ("tier", "variant", "project", "unit", "today", "facts", "limits", "row")
"""What rules call something else, so no section is called so."""

OUTSIDE_VALUES = ("application.reference", "application.status", "unit.name", "project.name", "project.year")
"""What a summary column may show besides the fields of the form."""

_PLACE = Text(200, re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){1,2}"))
_TEMPLATE = Text(100, re.compile(r"[a-z][a-z0-9_-]*\.typ"))

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
        "source": OneOf(("review_log", "attachments", "preview", "confirmation")),
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
        "columns": ListOf(Record(labelled=True, required={"key": NAME, "value": _PLACE}), least=1),
    },
)

PROFILE = ("name", "id_number", "sex", "birth_date", "mobile", "phone", "email", "address", "work_unit")
"""What a personal centre tells of its holder."""

_PREFILL = ListOf(Record(required={"place": _PLACE, "profile": OneOf(PROFILE)}))
"""What a new application begins with, copied once and never synchronised (X22)."""

PACK = Record(
    labelled=True,
    required={
        "programme": NAME,
        "variants": ListOf(_VARIANT, least=1),
        "submission": Record(
            required={
                "fill": _ACCOUNTS,
                "report": _ACCOUNTS,
                "re_entry_step": NAME,
            },
            optional={"corrections_after_close": Flag(), "check_first": Flag()},
            defaults={"corrections_after_close": False, "check_first": False},
        ),
        "sections": ListOf(_SECTION, least=1),
        "identity": Record(required={"name": _PLACE, "number": _PLACE}),
        "route": ListOf(Stage(), least=2),
        "labels": MapOf(BOTH_LANGUAGES),
    },
    optional={
        "save_mode": OneOf(("all_tabs", "section", "step")),
        "requires": Record(optional={"binding": OneOf(("none", "active"))}, defaults={"binding": "none"}),
        "prefill": _PREFILL,
        "on_supervising_department_change": OneOf(("keep", "return_all_reported")),
        "report_fields": ListOf(Field(("text", "phone", "mobile", "email"))),
        "list_columns": ListOf(_PLACE),
        "options": MapOf(ListOf(Record(labelled=True, required={"key": NAME}), least=1)),
        "materials": ListOf(
            Record(
                labelled=True,
                required={"key": NAME, "formats": FORMATS, "max_bytes": BYTES},
                optional={"due": FlagOrRule()},
                defaults={"due": True},
            )
        ),
        "facts": ListOf(_FACT),
        "eligibility": ListOf(_CLAUSE),
        "self_test": ListOf(_PLACE, least=1),
        **pretest_words.WORDS,
        "commitments": ListOf(Record(labelled=True, required={"key": NAME, "text": BOTH_LANGUAGES})),
        "documents": ListOf(_DOCUMENT),
        "texts": MapOf(BOTH_LANGUAGES),
        "publicity": Record(required={"kind": OneOf(("none",))}),
        "validity": Record(required={"certificate_months": Nothing()}),
    },
    defaults={
        "save_mode": "all_tabs",
        "requires": {"binding": "none"},
        "prefill": [],
        "on_supervising_department_change": "keep",
        "report_fields": [],
        "list_columns": [],
        "options": {},
        "materials": [],
        "facts": [],
        "eligibility": [],
        "self_test": [],
        **pretest_words.DEFAULTS,
        "commitments": [],
        "documents": [],
        "texts": {},
        "publicity": {"kind": "none"},
        "validity": {"certificate_months": None},
    },
)
