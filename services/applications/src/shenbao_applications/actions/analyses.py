"""An analysis of a person's own register data, after a face authentication; and reading them again for a form."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.filling import Content
from shenbao_applications.domain import analysis as rules
from shenbao_applications.domain.pack.compiled import Around, Pack, Sections
from shenbao_applications.models import Analysis, RegisterRead
from shenbao_common.kernel import identifiers
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotAllowed, NotFound, Problem, RuleBroken
from shenbao_common.web.registers import Answer, Register, RegisterAway

KEPT = timedelta(hours=2)
"""For how long an application may begin with what an analysis found."""

FORGOTTEN = timedelta(days=1)
"""After which what it found is deleted; that it was read stays on record."""

_ASIDE = ThreadPoolExecutor(8, thread_name_prefix="registers")


def asked_for(pack: Pack, numbers: Mapping[str, str], *, skip: bool) -> dict[str, str | None]:
    """Which registers are asked, with the number of the certificate; refuses neither numbers nor a skip (S2-08)."""
    words = pack.document["analysis"]
    with_number = {ask["register"] for ask in words["asks"] if "number" in ask}
    given = {name: number for name, number in numbers.items() if number}
    if unknown := given.keys() - with_number:
        raise RuleBroken("invalid", *(Problem("unknown_field", f"numbers.{name}") for name in sorted(unknown)))
    if not skip and not given and with_number:
        raise RuleBroken("invalid", Problem("fill_or_skip", "numbers"))
    wanted = [ask["register"] for ask in words["asks"]]
    return {
        name: None if skip else given.get(name)
        for name in wanted
        if name not in with_number or (not skip and name in given)
    }


def asked_by(pack: Pack, sections: Sections) -> dict[str, str | None]:
    """Which registers a form asks again: those with a number by what stands there."""
    asks = pack.document["analysis"]["asks"]
    numbers = {ask["register"]: pack.value(sections, ask["number"]) for ask in asks if "number" in ask}
    return {ask["register"]: numbers.get(ask["register"]) for ask in asks if numbers.get(ask["register"], "-")}


def person_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Whom the registers are asked about."""
    return {"name": str(said["name"]), "id_number": str(said["id_number"])}


def begin(session: Session, face_id: UUID, version_id: UUID, asked: Iterable[str], *, purpose: str, desk: Desk) -> None:
    """Uses the authentication up, and records every read before it is sent (S2-06)."""
    use_up(session, face_id, version_id, desk=desk)
    who, now = desk.actor.account_id, desk.now
    facts = {"analysis_id": face_id, "account_id": who, "purpose": purpose, "asked_at": now, "outcome": "asked"}
    session.add_all(RegisterRead(register=name, **facts) for name in asked)


def use_up(session: Session, face_id: UUID | None, version_id: UUID, *, desk: Desk) -> None:
    """Takes an authentication, once; whatever it was shown for, its row tells that it was used."""
    session.execute(sa.delete(Analysis).where(Analysis.created_at < desk.now - FORGOTTEN))
    if face_id is None:
        raise NotAllowed("face_auth_required")
    values = {"id": face_id, "account_id": desk.actor.account_id, "version_id": version_id, "created_at": desk.now}
    used = insert(Analysis).values(values)
    if session.scalar(used.on_conflict_do_nothing().returning(Analysis.id)) is None:
        raise NotAllowed("face_auth_required")


def read(
    registers: Mapping[str, Register], person: Mapping[str, str], asked: Mapping[str, str | None]
) -> dict[str, Answer | None]:
    """What each register says, asked side by side; None for one that is away. No session is open meanwhile."""
    told = _ASIDE.map(lambda one: _answer(registers.get(one[0]), person, one[1]), asked.items())
    return dict(zip(asked, told, strict=True))


def _answer(register: Register | None, person: Mapping[str, str], number: str | None) -> Answer | None:
    query = dict(person) | ({"certificate_no": number} if number else {})
    try:
        return register.ask(query) if register else None
    except RegisterAway:
        return None


def note(session: Session, analysis_id: UUID, told: Mapping[str, Answer | None], result: Mapping[str, Any]) -> None:
    """Keeps what was found, and how each read ended; a register's own log knows it by the request's id."""
    session.get_one(Analysis, analysis_id).result = result
    for row in session.scalars(sa.select(RegisterRead).where(RegisterRead.analysis_id == analysis_id)):
        answer = told.get(row.register)
        row.outcome = "read" if answer else "failed"
        row.request_id = answer.request_id if answer else None


def conclude(
    pack: Pack,
    person: Mapping[str, str],
    asked: Mapping[str, str | None],
    told: Mapping[str, Answer | None],
    *,
    today: date,
) -> dict[str, Any]:
    """Outcome, matched conditions with the records that met them, and where everything is from."""
    words = pack.document["analysis"]
    found = {name: answer.records for name, answer in told.items() if answer}
    matched: dict[str, dict[str, int]] = {}
    for way in rules.ways(found):
        for condition in _met(pack, person, rules.filled(words, found, way), today):
            matched.setdefault(condition, way)
    return {
        "outcome": rules.outcome(words, found),
        "found": found,
        "numbers": {a["number"]: asked[a["register"]] for a in words["asks"] if asked.get(a["register"])},
        "away": sorted(name for name, answer in told.items() if answer is None),
        "matched": {key: matched[key] for key in _conditions(pack) if key in matched},
        "from": {
            name: {"request_id": answer.request_id, "read_at": answer.asked_at.isoformat()}
            for name, answer in told.items()
            if answer
        },
    }


def _conditions(pack: Pack) -> list[str]:
    return [key for one in pack.document["conditions"]["classes"] for key in one["conditions"]]


def _met(pack: Pack, person: Mapping[str, str], values: Mapping[str, Any], today: date) -> Iterator[str]:
    """The clauses that what is known meets; a clause bears the key of its condition."""
    given = rules.sections_of({**values, "person": _of_person(pack, person, today)})
    sections = Content(pack, {}, given, whole=True).sections
    known = {f"{section}.{key}" for section, own in sections.items() for key in own}
    around = Around(project={}, unit_id="", department_ids=(), today=today)
    conditions = set(_conditions(pack))
    for judged in pack.judgements(sections, around, variant="", known=known):
        if judged.result == "met" and judged.clause["key"] in conditions:
            yield judged.clause["key"]


def _of_person(pack: Pack, person: Mapping[str, str], today: date) -> dict[str, str]:
    place = pack.document["analysis"]["person"].get("birth_date")
    try:
        born = identifiers.citizen_number(person["id_number"], today=today).birth
    except identifiers.WrongIdentifier:
        return {}
    return {place: born.isoformat()} if place and born else {}


def own(session: Session, analysis_id: UUID, *, actor: Actor, now: datetime) -> Analysis:
    """An analysis of the actor's that is fresh enough to begin with."""
    found = session.get(Analysis, analysis_id)
    if found is None or found.account_id != actor.account_id or found.created_at < now - KEPT or not found.result:
        raise NotFound
    return found
