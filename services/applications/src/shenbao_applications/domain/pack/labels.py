"""What statuses are called, also where a programme does not say."""

from collections.abc import Mapping
from typing import Any

from shenbao_common.kernel.actor import Kind

LABELS = {
    "in_publicity": {"zh": "公示", "en": "In publicity"},
    "certified": {"zh": "已发证", "en": "Certified"},
    "superseded": {"zh": "已另行申报", "en": "Declared anew"},
}
"""Names of statuses that a programme need not name itself."""


def label_of(document: Mapping[str, Any], status: str, reader: Kind) -> Mapping[str, str]:
    """What a status is called to a reader: a unit may read it otherwise than who fills in and waits for it."""
    of_units = document.get("unit_labels") or {}  # A version that was published before has none.
    if reader in {Kind.UNIT, Kind.SUB_ACCOUNT} and status in of_units:
        found: Mapping[str, str] = of_units[status]
        return found
    return document["labels"].get(status) or LABELS[status]
