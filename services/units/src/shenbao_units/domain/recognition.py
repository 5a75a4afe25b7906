"""Does the register know this employer? (S4g-02, S4g-03)"""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """What the register holds of an organisation."""

    code: str
    name: str
    legal_representative: str
    province_level: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """name: the registered name when code and representative fit, else None. available: the register answered."""

    name: str | None
    available: bool


def recognised(entry: RegisterEntry | None, legal_representative: str) -> str | None:
    """The registered name when the entry fits the representative.

    Units registered at provincial level are never recognised (S4g-03).
    """
    if entry is None or entry.province_level:
        return None
    return entry.name if _plain(entry.legal_representative) == _plain(legal_representative) else None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
