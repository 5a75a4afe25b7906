"""The words of a programme that keeps recognitions valid."""

import re

from shenbao_applications.domain.pack.shapes import NAME, ListOf, OneOf, Record, Text, Whole

_PLACE = Text(200, re.compile(r"[a-z0-9_]+\.[a-z0-9_]+"))
_ADDRESS = Text(300, re.compile(r"(https?://|/)[^\s]+"))

RENEWS = Record(
    required={"register": NAME, "id_type": _PLACE, "category": _PLACE, "apply_at": _ADDRESS},
    optional={
        "validity_months": Whole(1, 600),
        "early_months": Whole(0, 600),
        "late_days": Whole(0, 3650),
        "partial_history": ListOf(OneOf(("category", "recognised_on", "status"))),
    },
    defaults={
        "validity_months": 24,
        "early_months": 1,
        "late_days": 0,
        "partial_history": ["category", "recognised_on", "status"],
    },
)
"""A recognition of a register that an application keeps valid: when it may be declared, and what may not change."""
