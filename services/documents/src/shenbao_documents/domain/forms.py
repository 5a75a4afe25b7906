"""Printed forms: what a programme says about them, and what the sheet to print holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import Problem, RuleBroken

SHEET = "shenbao-sheet+jwt"
BLANK = "shenbao-blank+jwt"
WATERMARK = "仅供预览"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """One application's form as applications signed it; `made_at` is the moment of signing, to the second.

    unit_reported: it is reported by its unit, whose seal it then bears. photo: the file of the applicant's photo.
    """

    kind: str
    application_id: UUID
    revision: int
    reported: bool
    unit_reported: bool
    print_hash: str
    programme: str
    version: int
    unit_id: UUID
    filler_id: UUID
    reference: str
    made_at: datetime
    photo: UUID | None
    data: Mapping[str, Any]


_PRINTED = ("project_name", "publisher_name", "unit_name", "year", "variant_label")


def sheet_of(claims: Mapping[str, Any]) -> FormSheet:
    """Reads the claims of a verified sheet; refuses a sheet that is no form with code sheet_invalid."""
    try:
        return FormSheet(
            kind=claims["kind"],
            application_id=UUID(claims["application_id"]),
            revision=int(claims["revision"]),
            reported=claims["reported"] is True,
            # An applications service of before does not say it.
            unit_reported=claims.get("unit_reported", True) is True,
            print_hash=str(claims["print_hash"]),
            programme=claims["programme"],
            version=int(claims["version"]),
            unit_id=UUID(claims["unit_id"]),
            filler_id=UUID(claims["filler_id"]),
            reference=str(claims.get("reference") or ""),
            made_at=datetime.fromtimestamp(claims["iat"], UTC),
            photo=UUID(claims["photo"]) if claims.get("photo") else None,
            data={key: claims.get(key, "") for key in _PRINTED} | {"sections": claims["sections"]},
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise sheet_refused("sheet_invalid") from wrong


def blank_of(claims: Mapping[str, Any]) -> FormSheet:
    """A form of no application, as it is bought at the counter: without number, revision and watermark."""
    nobody = {"application_id": NOBODY.hex, "unit_id": NOBODY.hex, "filler_id": NOBODY.hex}
    return sheet_of({**claims, **nobody, "revision": 0, "reported": True, "print_hash": "", "reference": ""})


def sheets_of(claims: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The claims of each form of a verified slip that holds many, for `sheet_of`; refuses one that is no form."""
    forms = claims.get("forms")
    if not isinstance(forms, list) or not all(isinstance(one, dict) for one in forms):
        raise sheet_refused("sheet_invalid")
    each = [{**one, "iat": claims.get("iat")} for one in forms]
    for one in each:
        sheet_of(one)
    return each


def sheet_refused(code: str) -> RuleBroken:
    return RuleBroken("invalid", Problem(code, "sheet"))


def forms_of(pack: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Kind of form to its title, watermark before reporting, and typst text; tables for Excel are not among them."""
    templates = pack.get("templates") or {}
    return {
        document["kind"]: {
            "title": document.get("zh", ""),
            "watermark": " · ".join(w for w in ((document.get("watermark") or {}).get("zh"), WATERMARK) if w),
            "template": templates[document["template"]],
        }
        for document in pack.get("documents") or ()
        if document.get("template") in templates
    }


def place_of(character: str, data: Any, path: str = "") -> str:
    """The path of the first value that holds the character, dotted; "" when none does."""
    for key, value in _items(data):
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, str) and character in value:
            return here
        if found := place_of(character, value, here):
            return found
    return ""


def _items(data: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(data, Mapping):
        yield from data.items()
    elif isinstance(data, list):
        yield from enumerate(data)
