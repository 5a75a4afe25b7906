"""Every word of a pack. A new switch of a programme is a word here, a default, and a test of each position."""

import re

from shenbao_applications.domain.assurance import FACE
from shenbao_applications.domain.assurance import LEVELS as LEVELS_OF_ASSURANCE
from shenbao_applications.domain.dictionaries import DICTIONARIES
from shenbao_applications.domain.pack import pretest_words
from shenbao_applications.domain.pack.field_words import BYTES, FORMATS, Field
from shenbao_applications.domain.pack.keeping import RETENTION
from shenbao_applications.domain.pack.message_words import MESSAGES
from shenbao_applications.domain.pack.renewing import RENEWS
from shenbao_applications.domain.pack.shapes import (
    BOTH_LANGUAGES,
    NAME,
    PLACE,
    RULE,
    Flag,
    FlagOrRule,
    ListOf,
    MapOf,
    Nothing,
    OneOf,
    Record,
    Text,
    Whole,
)
from shenbao_applications.domain.pack.stages import RECONSIDERATION, Stage

LEVELS = ("province", "city_hr_bureau", "first_level_department", "department")
STATUSES = ("draft", "ready_to_report", "in_review", "returned", "approved", "rejected")
TIERS = ("primary", "intermediate", "senior")
SUB_LEVELS = ("associate", "full")
"""Of senior titles: 副高 and 正高 (S4j-02)."""

RESERVED = ("tier", "variant", "project", "unit", "today", "facts", "limits", "row", "changed")
"""What rules call something else, so no section is called so."""

PAGES = ("attachments", "preview", "confirmation")
"""Pages beside the sections of a form that is filled in section by section or step by step; none is called so."""

OUTSIDE_VALUES = (
    "application.reference",
    "application.status",
    "unit.name",
    "project.name",
    "project.year",
    "project.publisher",
)
"""What a summary column may show besides the fields of the form."""

PUBLICITY_TABLE = "publicity_table"
"""The document of this kind hangs in the unit for everybody to read."""

_TEMPLATE = Text(100, re.compile(r"[a-z][a-z0-9_-]*\.typ"))

_ACCOUNTS = ListOf(OneOf(("unit", "sub_account", "person")), least=1)

_VARIANT = Record(
    labelled=True,
    required={"key": NAME, "publisher": OneOf(LEVELS)},
    optional={
        "tier": OneOf(TIERS),
        "visible_to": OneOf(("branch", "all")),
        "form": NAME,
        "fill": _ACCOUNTS,
        "report": _ACCOUNTS,
    },
    defaults={"tier": "primary", "visible_to": "branch", "form": None, "fill": None, "report": None},
)

_OPTION = Record(
    labelled=True,
    required={"key": NAME},
    optional={"tier": OneOf(TIERS), "sub_level": OneOf(SUB_LEVELS), "code": Text(20)},
)

_SECTION = Record(
    labelled=True,
    required={"key": NAME},
    optional={
        "fields": ListOf(Field()),
        "read_only": Flag(),
        "source": OneOf(("review_log", *PAGES)),
        "archive": NAME,
        "help": BOTH_LANGUAGES,
    },
    defaults={"fields": [], "read_only": False, "source": None, "archive": None, "help": None},
)

_CLAUSE = Record(
    labelled=True,
    required={"key": NAME, "at": ListOf(OneOf(("create", "report")), least=1)},
    optional={"rule": RULE, "when": RULE, "policy": BOTH_LANGUAGES, "limits": MapOf(Whole(-(10**9)))},
    defaults={"rule": None, "when": None, "policy": None, "limits": {}},
)

_TITLE = Record(labelled=True, required={"key": NAME, "level": BOTH_LANGUAGES})
TITLES = ListOf(
    Record(
        labelled=True,
        required={
            "key": NAME,
            "specialties": ListOf(
                Record(
                    labelled=True,
                    required={
                        "key": NAME,
                        "titles": ListOf(_TITLE, least=1),
                    },
                ),
                least=1,
            ),
        },
    ),
    least=1,
)
"""A catalogue of titles: series, their specialties, the titles of these with their levels."""

_FACT = Record(labelled=True, required={"key": NAME, "type": OneOf(("integer", "text")), "rule": RULE})

_DOCUMENT = Record(
    labelled=True,
    required={"kind": NAME, "format": OneOf(("pdf", "xlsx"))},
    optional={
        "template": _TEMPLATE,
        "final_when": RULE,
        "watermark": BOTH_LANGUAGES,
        "sections": ListOf(NAME, least=1),
        "photo": PLACE,
        "printable_when": RULE,
        "columns": ListOf(Record(labelled=True, required={"key": NAME, "value": PLACE}), least=1),
    },
)

PROFILE = ("name", "id_number", "sex", "birth_date", "mobile", "phone", "email", "address", "work_unit")
"""What a personal centre tells of its holder."""

_REQUIRES = Record(
    optional={
        "binding": OneOf(("none", "active")),
        "assurance": OneOf(tuple(LEVELS_OF_ASSURANCE)),
        "at_submission": OneOf(("nothing", FACE)),
    },
    defaults={"binding": "none", "assurance": "password"},
)

_PREFILL = ListOf(Record(required={"place": PLACE, "profile": OneOf(PROFILE)}))
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
            optional={"corrections_after_close": Flag(), "check_first": Flag(), "unit": PLACE},
            defaults={"corrections_after_close": False, "check_first": False},
        ),
        "sections": ListOf(_SECTION, least=1),
        "identity": Record(required={"name": PLACE, "number": PLACE}),
        "route": ListOf(Stage(), least=2),
        "labels": MapOf(BOTH_LANGUAGES),
    },
    optional={
        "save_mode": OneOf(("all_tabs", "section", "step", "information_first")),
        "requires": _REQUIRES,
        "prefill": _PREFILL,
        "on_supervising_department_change": OneOf(("keep", "return_all_reported")),
        "report_fields": ListOf(Field(("text", "phone", "mobile", "email"))),
        "list_columns": ListOf(PLACE),
        "options": MapOf(ListOf(_OPTION, least=1)),
        "titles": MapOf(TITLES),
        "dictionaries": MapOf(OneOf(tuple(DICTIONARIES))),
        "materials": ListOf(
            Record(
                labelled=True,
                required={"key": NAME, "formats": FORMATS, "max_bytes": BYTES},
                optional={"due": FlagOrRule(), "renewed_after_save": Flag(), "retrieval": NAME},
                defaults={"due": True, "renewed_after_save": False, "retrieval": None},
            )
        ),
        "facts": ListOf(_FACT),
        "eligibility": ListOf(_CLAUSE),
        **pretest_words.WORDS,
        "self_test": ListOf(PLACE, least=1),
        "renews": RENEWS,
        "report_confirmations": ListOf(Record(labelled=True, required={"key": NAME})),
        "commitments": ListOf(Record(labelled=True, required={"key": NAME, "text": BOTH_LANGUAGES})),
        "documents": ListOf(_DOCUMENT),
        "messages": MESSAGES,
        "unit_labels": MapOf(BOTH_LANGUAGES),
        "texts": MapOf(BOTH_LANGUAGES),
        "reconsideration": RECONSIDERATION,
        "retention": RETENTION,
        "publicity": Record(required={"kind": OneOf(("none",))}),
        "validity": Record(required={"certificate_months": Nothing()}),
    },
    defaults={
        "save_mode": "all_tabs",
        "requires": {"binding": "none", "assurance": "password"},
        "prefill": [],
        "on_supervising_department_change": "keep",
        "report_fields": [],
        "list_columns": [],
        "options": {},
        "titles": {},
        "dictionaries": {},
        "materials": [],
        "facts": [],
        "eligibility": [],
        "self_test": [],
        **pretest_words.DEFAULTS,
        "renews": None,
        "report_confirmations": [],
        "commitments": [],
        "documents": [],
        "messages": {},
        "unit_labels": {},
        "texts": {},
        "reconsideration": None,
        "retention": None,
        "publicity": {"kind": "none"},
        "validity": {"certificate_months": None},
    },
)
