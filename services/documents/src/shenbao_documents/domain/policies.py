"""What a file may be: decided by the purpose it is uploaded for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shenbao_common.kernel.errors import Problem, RuleBroken

MEGABYTE = 1024 * 1024
ARCHIVE = "zip"
KNOWN_FORMATS = ("pdf", "jpg", "png", ARCHIVE)
EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "jpg": (".jpg", ".jpeg"),
    "png": (".png",),
    ARCHIVE: (".zip",),
}
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    ARCHIVE: "application/zip",
}
IMAGES = frozenset({MEDIA_TYPES["jpg"], MEDIA_TYPES["png"]})
SHOWN = frozenset({*IMAGES, MEDIA_TYPES["pdf"]})
"""What a browser may show beside our pages; the rest is only saved."""

MOST_PAGES = 2000
WALLET = "wallet"
"""The purpose of a file that is kept for later use."""

PROGRAMME_KINDS = ("material", "attachment")


@dataclass(frozen=True, slots=True)
class Policy:
    """formats: keys of MEDIA_TYPES. max_bytes: the limit itself is still accepted. retrieval: its provider.

    unused_months: after its upload a file is erased on which nothing stands by then; None: it is kept for good.
    """

    formats: tuple[str, ...] = ("pdf", "jpg", "png")
    max_bytes: int = 10 * MEGABYTE
    retrieval: str | None = None
    unused_months: int | None = None

    @property
    def of_members(self) -> "Policy":
        """What each file of an archive may be: every other format that is allowed, and no archive again."""
        single = tuple(f for f in self.formats if f != ARCHIVE)
        return Policy(single or Policy().formats, self.max_bytes)


_UNUSED_SCANS = 3
"""Months; of registrations that nobody went on with."""

OF_UNITS: Mapping[str, Policy] = {
    "code_certificate": Policy(unused_months=_UNUSED_SCANS),
    "unit_certificate": Policy(("jpg",), MEGABYTE, unused_months=_UNUSED_SCANS),
    "unit_licence": Policy(unused_months=_UNUSED_SCANS),
    "authorization_letter": Policy(("pdf",), unused_months=_UNUSED_SCANS),
}
"""Scans that a unit hands in while it registers, and who acts for it; outside any programme (S1-06, S4b-02, S4g-03)."""

ARCHIVE_PROOF = "archive_proof"
"""The purpose of a file that proves a record of somebody's performance archive."""

PUBLICATION = "publication"
"""The purpose of a file that an authority publishes for everybody."""

OF_PUBLICATIONS = Policy(KNOWN_FORMATS, 20 * MEGABYTE, unused_months=12)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file is for: the wallet, a unit's scan, or one slot of one version of a programme."""

    text: str
    programme: str = ""
    version: int = 0

    @property
    def of_programme(self) -> bool:
        return bool(self.programme)

    @property
    def slot(self) -> str:
        """Kind and key inside the programme: `material:evaluation_form_file`."""
        kind, _, _, key = self.text.split(":")
        return f"{kind}:{key}"


def purpose_of(text: str) -> Purpose:
    """Reads a word that stands alone, or `material` or `attachment` with `:<programme>:<version>:<key>`."""
    if text in OF_UNITS or text in {WALLET, ARCHIVE_PROOF, PUBLICATION}:
        return Purpose(text)
    parts = text.split(":")
    if len(parts) == 4 and parts[0] in PROGRAMME_KINDS and _is_version(parts[2]) and parts[1] and parts[3]:
        return Purpose(text, parts[1], int(parts[2]))
    raise unknown_purpose()


def unknown_purpose() -> RuleBroken:
    return RuleBroken("invalid", Problem("unknown_choice", "purpose"))


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def slots(pack: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every slot of a programme pack with its policy: what `material:` and `attachment:` purposes may name.

    A field that stands for a material takes the material's formats and limit.
    """
    materials = {material["key"]: material for material in pack.get("materials") or ()}
    found = {f"material:{key}": _policy(material) for key, material in materials.items()}
    for field in _file_fields(pack.get("sections") or ()):
        found[f"attachment:{field['key']}"] = _policy(materials.get(field.get("material"), field))
    return found


def _file_fields(sections: Any) -> Iterator[Mapping[str, Any]]:
    for section in sections:
        for field in section.get("fields") or ():
            # A record of repeated ones has files of its own.
            for one in (field, *(field.get("fields") or ())):
                if one.get("type") in {"file", "files"}:
                    yield one


def _policy(entry: Mapping[str, Any]) -> dict[str, Any]:
    default = Policy()
    formats = [f for f in entry.get("formats") or default.formats if f in KNOWN_FORMATS]
    found = {"formats": formats, "max_bytes": int(entry.get("max_bytes") or default.max_bytes)}
    return found | ({"retrieval": entry["retrieval"]} if entry.get("retrieval") else {})
