"""What a machine reads of an uploaded image, and which fields of its section that fills in when it is confirmed."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.domain.pack.form_places import Pack
from shenbao_applications.domain.pack.shapes import NAME, MapOf, OneOf, Record
from shenbao_applications.domain.pack.source import Findings

KINDS: Mapping[str, tuple[str, ...]] = {
    "id_card": ("name", "sex", "ethnicity", "birth_date", "address", "number"),
    "household_home": ("householder", "address", "number"),
    "household_page": ("name", "sex", "birth_date", "number"),
    "education_certificate": ("name", "school", "major", "completion_date", "number"),
    "degree_certificate": ("name", "school", "degree", "number"),
    "property_certificate": ("holder", "address", "number"),
}
"""What documents reads, with its fields."""

READS = Record(required={"kind": OneOf(tuple(KINDS)), "fills": MapOf(NAME)})

_TAKING = frozenset({"text", "long_text", "date", "choice", "id_number"})


def check(pack: Pack, findings: Findings) -> None:
    """What is read is known of its kind, and goes into a field of the same section that can hold it."""
    for s, section in enumerate(pack["sections"]):
        takers = {f["key"] for f in section["fields"] if f["type"] in _TAKING}
        for f, field in enumerate(section["fields"]):
            if field.get("reads"):
                _check_fills(field["reads"], takers, f"sections.{s}.fields.{f}.reads.fills", findings)


def _check_fills(reads: Mapping[str, Any], takers: set[str], path: str, findings: Findings) -> None:
    for read, target in reads["fills"].items():
        if read not in KINDS[reads["kind"]]:
            findings.add("unknown_word", f"{path}.{read}", word=read, known=", ".join(KINDS[reads["kind"]]))
        if target not in takers:
            findings.add("unknown_field", f"{path}.{read}", name=target)
