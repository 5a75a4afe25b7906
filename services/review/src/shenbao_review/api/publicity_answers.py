"""What a notice looks like to its office, and to everybody."""

from collections.abc import Sequence
from typing import Any

from shenbao_common.data.of_person import ERASED_TEXT
from shenbao_review.domain.states import PublicState
from shenbao_review.models import Objection, Publicity, PublicityCase


def item(notice: Publicity) -> dict[str, Any]:
    """A line of a list; the schema leaves out what is not for everybody."""
    return {
        "publicity_id": notice.publicity_id,
        "title": notice.title,
        "organisation_name": notice.body_name,
        "working_days": notice.working_days,
        "state": notice.state,
        "posted_at": notice.posted_at,
        "last_day": notice.last_day,
        "taken_down_at": notice.taken_down_at,
        "content_hash": notice.content_hash,
    }


def public_notice(notice: Publicity, cases: Sequence[PublicityCase]) -> dict[str, Any]:
    """Whether somebody objected is nobody else's business, so no state of a case is shown."""
    return item(notice) | {"cases": [{"number": case.number, **case.shown} for case in cases]}


def notice(found: Publicity, cases: Sequence[PublicityCase], objections: Sequence[Objection]) -> dict[str, Any]:
    lines = [
        {"number": case.number, "application_id": case.application_id, "state": PublicState(case.state), **case.shown}
        for case in cases
    ]
    return item(found) | {"cases": lines, "objections": [objection(o) for o in objections]}


def objection(found: Objection) -> dict[str, Any]:
    return {
        "objection_id": found.objection_id,
        "application_id": found.application_id,
        "text": found.content.get("text", ERASED_TEXT),
        "name": found.content.get("name"),
        "contact": found.content.get("contact"),
        "has_attachment": bool(found.attachment),
        "raised_at": found.raised_at,
        "state": found.state,
        "opinion": found.opinion,
        "decided_at": found.decided_at,
    }
