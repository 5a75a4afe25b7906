"""Keeping the unit directory, and taking over what earlier systems knew (S4a-02, S4a-12)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, Problem, Refusal, ensure
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_units import queries
from shenbao_units.actions import organisations
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain.levels import Level, objections_to_supervisor
from shenbao_units.domain.registration import Code, read_code
from shenbao_units.models import DIRECTORY_CODE_ONCE, DirectoryUnit
from shenbao_units.queries import directory, level_of

Given = Mapping[str, str]


@dataclass(frozen=True)
class Reported:
    """A row that was not taken over. list: organisations or units; row: counts from 1."""

    list: str
    row: int
    code: str
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Imported:
    """How many were added, and every row that was not."""

    added: int
    reported: Sequence[Reported]


def add(session: Session, code: str, name: str, department_id: UUID, *, actor: Actor, now: datetime) -> DirectoryUnit:
    """Adds a unit; an office in its own branch only. Refuses `directory_code_taken`."""
    read, wrong = _read(code)
    if actor.kind is Kind.OFFICE and actor.organisation_id:
        queries.ensure_in_tree_of(session, department_id, actor.organisation_id)
    department = queries.organisation_to_join(session, department_id)
    ensure([*wrong, *objections_to_supervisor(level_of(department))])
    if read is None or department is None:
        raise AssertionError("the rules let a wrong unit through")
    row = DirectoryUnit(
        org_code=read.organisation_code,
        uscc=read.credit_code,
        name=name,
        department_id=department.id,
        added_by=actor.account_id,
        added_at=now,
    )
    session.add(row)
    flush_or_conflict(session, {DIRECTORY_CODE_ONCE: "directory_code_taken"})
    return row


def take_over(
    session: Session, nodes: Sequence[Given], units: Sequence[Given], *, actor: Actor, digits: int, now: datetime
) -> Imported:
    """Supervising units first, then the units under them; a row that is wrong, or there already, keeps nothing out."""
    if actor.kind is not Kind.ADMIN:
        raise NotAllowed("wrong_kind_of_account")
    reported: list[Reported] = []
    for row, given in enumerate(nodes, 1):
        reported += _tried(session, "organisations", row, given, lambda one: _node(session, one, actor, digits, now))
    for row, given in enumerate(units, 1):
        reported += _tried(session, "units", row, given, lambda one: _unit(session, one, actor, now))
    return Imported(len(nodes) + len(units) - len(reported), reported)


def _tried(session: Session, kind: str, row: int, given: Given, make: Callable[[Given], object]) -> Iterator[Reported]:
    try:
        with session.begin_nested():
            make(given)
    except Refusal as why:
        yield Reported(kind, row, given["code"], why.problems or (Problem(why.code, "code"),))


def _node(session: Session, given: Given, actor: Actor, digits: int, now: datetime) -> None:
    parent = directory.organisation_of_code(session, given["parent_code"]) if given["parent_code"] else None
    if given["parent_code"]:
        ensure([] if parent else [Problem("unknown_organisation", "parent_code")])
    wanted = organisations.Wanted(
        code=given["code"], name=given["name"], level=Level(given["level"]), parent_id=parent.id if parent else None
    )
    organisations.create(session, wanted, actor=actor, digits=digits, now=now)


def _unit(session: Session, given: Given, actor: Actor, now: datetime) -> None:
    department = directory.organisation_of_code(session, given["department_code"])
    ensure([] if department else [Problem("unknown_department", "department_code")])
    if department:
        add(session, given["code"], given["name"], department.id, actor=actor, now=now)


def _read(code: str) -> tuple[Code | None, list[Problem]]:
    try:
        return read_code(code), []
    except WrongIdentifier as wrong:
        return None, [wrong.problem("code")]
