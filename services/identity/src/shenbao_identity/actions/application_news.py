"""What happens to an application, told to whom it concerns: whoever fills it and whoever reported it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from shenbao_identity.actions import messages
from shenbao_identity.domain.messages import Place
from shenbao_identity.models import Account
from shenbao_identity.models.messages import Declared, ProgrammeWords


class NotHeardOfYet(Exception):
    """News of an application whose report is still on its way to us; it comes again."""


def remember_programme(session: Session, programme: str, version: int, pack: dict[str, Any]) -> None:
    """A published version never changes, so the first copy stands."""
    stages = [step for stage in pack["route"] for step in stage.get("parallel", [stage])]
    row = {
        "programme": programme,
        "version": version,
        "name": _both(pack),
        "steps": {step["key"]: _both(step) for step in stages},
        "messages": pack.get("messages") or {},
    }
    session.execute(insert(ProgrammeWords).values(row).on_conflict_do_nothing())


def note_declared(session: Session, application_id: UUID, *, revision: int, **told: Any) -> None:
    """Whose a reported application is; older news changes nothing."""
    session.execute(_noting(tuple(told)), {"application_id": application_id, "revision": revision, **told})


@cache
def _noting(told: tuple[str, ...]) -> Insert:
    # Made once: putting a statement together takes longer than saying it.
    table = cast(sa.Table, Declared.__table__)
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=["application_id"],
        set_={name: new.excluded[name] for name in ("revision", *told)},
        where=table.c.revision < new.excluded.revision,
    )


@dataclass(frozen=True, kw_only=True)
class Happened:
    """fact: what tells it from others of the same application. step: the key of the step that decided."""

    topic: str
    fact: str
    at: datetime
    step: str = ""
    until: str = ""


def tell(session: Session, application_id: UUID, what: Happened, *, now: datetime) -> None:
    """In the words of the version that was declared under."""
    declared = session.get(Declared, application_id)
    words = session.get(ProgrammeWords, (declared.programme, declared.version)) if declared else None
    if declared is None or words is None:
        raise NotHeardOfYet
    places = {
        "programme": Place(**words.name),
        "reference": Place(declared.reference, declared.reference),
        "step": Place(**words.steps.get(what.step, {"zh": what.step, "en": what.step})),
        "until": Place(what.until, what.until),
    }
    news = messages.News(
        topic=what.topic,
        fact=f"{what.topic}:{application_id}:{what.fact}",
        own_words=words.messages,
        places=places,
        programme=declared.programme,
        application_id=application_id,
        happened_at=what.at,
    )
    concerned = (
        sa.select(Account).where(Account.id.in_({declared.filler_id, declared.operator_id})).order_by(Account.id)
    )
    for account in session.scalars(concerned):
        messages.tell(session, account, news, now=now)


def _both(named: dict[str, Any]) -> dict[str, str]:
    return {language: named[language] for language in ("zh", "en")}
