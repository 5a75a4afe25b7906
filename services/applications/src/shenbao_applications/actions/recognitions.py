"""Taking over recognitions of earlier years, and giving each to the person whom its ID number names (S0-03)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.models import Organisation, Recognition
from shenbao_applications.queries.recognitions import index_of
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.kernel.ids import uuid7

KEEPER = "city_hr_bureau"
"""The level of the office that keeps the registers of recognitions."""

_CONTENT = ("name", "id_type", "id_number", "category", "sections", "materials")
_PLAIN = ("recognised_on", "valid_until", "status", "unit_id", "certificate_id")


def take_over(session: Session, register: str, items: Sequence[Mapping[str, Any]], *, desk: Desk) -> int:
    """Keeps those that are not known yet, by register, ID number and day; how many those were."""
    _ensure_keeper(session, desk)
    rows = [
        {
            "id": uuid7(),
            "register": register,
            "number_index": index_of(session, item["id_number"]),
            "content": {name: item[name] for name in _CONTENT} | {"id_number": item["id_number"].upper()},
            **{name: item[name] for name in _PLAIN},
            "imported_by": desk.actor.account_id,
            "imported_at": desk.now,
        }
        for item in items
    ]
    new = insert(Recognition).values(rows).on_conflict_do_nothing().returning(Recognition.id)
    return len(session.scalars(new).all())


def claim(session: Session, number: str, *, desk: Desk) -> None:
    """Every recognition under the ID number that identity vouches for is from now on in this person's list."""
    owner = desk.actor.account_id
    theirs = (Recognition.number_index == index_of(session, number)) & Recognition.account_id.is_distinct_from(owner)
    session.execute(sa.update(Recognition).where(theirs).values(account_id=owner))


def _ensure_keeper(session: Session, desk: Desk) -> None:
    desk.actor.require("project.publish")
    own = session.get(Organisation, desk.actor.organisation_id) if desk.actor.organisation_id else None
    if own is None or own.level != KEEPER:
        raise NotAllowed("wrong_office", demanded=KEEPER)
