"""The words of a programme that say how long files and prints are kept after a case is over."""

from shenbao_applications.domain.pack.shapes import Record, Whole

_MONTHS = Whole(1, 1200)
_AFTER = Record(
    optional={"approved": _MONTHS, "otherwise": _MONTHS},
    defaults={"approved": None, "otherwise": None},
)
RETENTION = Record(
    optional={"files": _AFTER, "prints": _AFTER, "unused_months": _MONTHS},
    defaults={
        "files": {"approved": None, "otherwise": None},
        "prints": {"approved": None, "otherwise": None},
        "unused_months": None,
    },
)
"""Months after a case ended, by how it ended; of a file that nothing stands on, after its upload. None: for good."""
