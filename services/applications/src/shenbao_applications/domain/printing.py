"""What official forms and tables show of an application, and the hashes made of it."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from shenbao_applications.domain.pack.compiled import Field, Pack, Sections
from shenbao_applications.domain.pack.field_words import holds_files, is_file

Labels = Mapping[str, str]
_NAMED = frozenset({"file", "unit"})


def display(field: Field, value: Any, language: str = "zh") -> str:
    """A value as people read it: an option by its name, everything else as it was written; "" when empty."""
    if value is None:
        return ""
    kind = field["type"]
    if kind == "choice":
        for option in field["options"]:
            if option["key"] == value:
                return str(option[language])
    if kind in _NAMED:
        return str(value["name"])
    if kind == "files":
        return "、".join(str(f["name"]) for f in value)
    return str(value)


def printed(pack: Pack, sections: Sections, *, variant: str) -> dict[str, dict[str, Any]]:
    """Section to field to text, or to rows of column to text, of every field that is printed and applies."""
    found: dict[str, dict[str, Any]] = {section["key"]: {} for section in pack.sections}
    for section, field in pack.shown(sections, variant=variant, among=pack.those(_is_printed)):
        value = sections.get(section, {}).get(field["key"])
        if field["type"] == "rows":
            columns = [c for c in field["fields"] if c["printed"]]
            rows = [{c["key"]: display(c, row.get(c["key"])) for c in columns} for row in value or ()]
            found[section][field["key"]] = rows
        else:
            found[section][field["key"]] = display(field, value)
    return found


def _is_printed(field: Field) -> bool:
    return bool(field["printed"])


def printed_text(pack: Pack, sections: Sections, *, variant: str) -> bytes:
    """Canonical text of what is printed, in UTF-8; its keyed hash tells whether a print is outdated (S4g-22)."""
    photos = {d["kind"]: photo(pack, d, sections) for d in pack.document["documents"] if "photo" in d}
    texts: dict[str, Any] = printed(pack, sections, variant=variant)
    # Of texts alone it is byte by byte what `_canonical` makes, in a quarter of the time.
    return orjson.dumps(texts | {"photos": photos} if photos else texts, option=orjson.OPT_SORT_KEYS)


def photo(pack: Pack, document: Mapping[str, Any], sections: Sections) -> str | None:
    """The file that a form shows in the place of the applicant's photo."""
    found = pack.value(sections, document["photo"]) if "photo" in document else None
    return str(found["document_id"]) if found else None


def content_hash(sections: Sections, *, reference: str, round: int, submitted_at: str) -> str:
    """SHA-256 of a snapshot; anybody who holds the snapshot can recompute it (B-28)."""
    content = hashed_content(sections, reference=reference, round=round, submitted_at=submitted_at)
    # Of what a form keeps (texts, numbers of two decimals) byte by byte what `hash_of` takes, in a tenth of the time.
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def hash_of(content: Mapping[str, Any]) -> str:
    return sha256(_canonical(content).encode(errors="surrogatepass")).hexdigest()  # anybody may ask of any content


def hashed_content(sections: Sections, *, reference: str, round: int, submitted_at: str) -> dict[str, Any]:
    """What the hash is made of, as a receipt shows it."""
    return {"reference": reference, "round": round, "sections": sections, "submitted_at": submitted_at}


def headline(pack: Pack, sections: Sections) -> dict[str, Labels]:
    """The list columns of the pack as texts in both languages, by their place in the form."""
    return {
        place: {
            language: display(pack.field(place), pack.value(sections, place), language) for language in ("zh", "en")
        }
        for place in pack.document["list_columns"]
    }


def document_ids(pack: Pack, sections: Sections) -> tuple[str, ...]:
    """Every file that an application stands on."""
    found: list[str] = []
    for section, field in pack.those(holds_files):
        found += _documents_of(field, sections.get(section, {}).get(field["key"]))
    return tuple(found)


def _documents_of(field: Field, value: Any) -> list[str]:
    if field["type"] == "rows":
        files = [column for column in field["fields"] if is_file(column)]
        return [one for row in value or () for column in files for one in _documents_of(column, row.get(column["key"]))]
    if not value:
        return []
    return [file["document_id"] for file in (value if isinstance(value, list) else [value])]


def summary_row(pack: Pack, columns: Sequence[Mapping[str, Any]], sections: Sections, outside: Labels) -> list[str]:
    """One row of the summary table. outside: the values that stand outside the form, by their names in the pack."""
    places = [column["value"] for column in columns]
    return [
        outside[place] if place in outside else display(pack.field(place), pack.value(sections, place))
        for place in places
    ]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
