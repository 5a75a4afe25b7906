"""Public JSON of authorization letters."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shenbao_common.web.schema import Schema, Text
from shenbao_units.api.schemas import OrganisationOut
from shenbao_units.domain.letters import LetterState


class OwnLetterOut(Schema):
    """state: "" (none is due) | not_submitted | submitted | approved | rejected. user_name: masked but for its end."""

    state = ma.fields.String()
    unit_name = ma.fields.String()
    user_name = ma.fields.String()
    affiliation = ma.fields.Nested(OrganisationOut, allow_none=True)
    reason = ma.fields.String(allow_none=True)
    submitted_at = ma.fields.AwareDateTime(allow_none=True)
    decided_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class LetterSlipOut(Schema):
    """slip: says unit and user of the account for ten minutes."""

    slip = ma.fields.String()


class LetterIn(Schema):
    """affiliation_id: the bureau of the unit's affiliation. receipt: of documents' upload, a PDF."""

    affiliation_id = ma.fields.UUID(required=True)
    receipt = ma.fields.String(required=True, validate=validate.Length(min=1, max=4000))


class LetterOut(Schema):
    """What the bureau reads. document_id: the letter, in documents."""

    id = ma.fields.UUID()
    unit_name = ma.fields.String(attribute="unit.name")
    unit_code = ma.fields.String(attribute="unit.org_code")
    user_name = ma.fields.String(attribute="personal.user_name")
    document_id = ma.fields.UUID()
    state = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    submitted_at = ma.fields.AwareDateTime()
    decided_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class LetterPage(Schema):
    items = ma.fields.List(ma.fields.Nested(LetterOut))
    next = ma.fields.String(allow_none=True)


class LetterDecisionIn(Schema):
    state = ma.fields.Enum(
        LetterState,
        by_value=True,
        required=True,
        validate=validate.OneOf([LetterState.APPROVED, LetterState.REJECTED]),
    )
    reason = Text(500, low=0, load_default="")


class UserIn(Schema):
    """name: of who uses the unit's account from now on."""

    name = Text(100, required=True)


def own_letter(unit: Any, letter: Any, user_name: str) -> dict[str, Any]:
    """A unit's state with what is known of its latest letter."""
    current = letter if letter and unit.letter_state == letter.state else None
    return {
        "state": unit.letter_state,
        "unit_name": unit.name,
        "user_name": user_name,
        "affiliation": letter.affiliation if letter else None,
        "reason": current.reason if current else None,
        "submitted_at": current.submitted_at if current else None,
        "decided_at": current.decided_at if current else None,
        "version": unit.version,
    }
