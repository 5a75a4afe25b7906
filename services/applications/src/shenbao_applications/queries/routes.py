"""The way that an application will take, by the resolver that review routes it with (B-03)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application, Unit
from shenbao_applications.queries import bindings
from shenbao_applications.queries.organisations import line_of
from shenbao_applications.queries.places import PERSON, Fillers, Published, places
from shenbao_common.kernel import routing
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.routing import Body, Foreseen, StepRule, Unresolved


class Filled(Protocol):
    """An application, as far as its filler is asked for."""

    unit_id: Any
    filler_id: Any


def fillers_of(row: Filled, unit_name: str) -> Fillers:
    """The unit that declares, and whoever filled in; a person may declare without one."""
    unit = None if row.unit_id == NOBODY else Body(id=row.unit_id, name=unit_name, level="unit")
    return Fillers(unit=unit, applicant=Body(id=row.filler_id, name="", level=PERSON))


def foreseen(session: Session, row: Application, pack: Pack) -> list[Foreseen]:
    """Every step with its body, or with what is missing; the application is loaded with project and unit."""
    unit_id = bindings.unit_for(session, row, pack)
    unit = session.get(Unit, unit_id) if unit_id else None
    line = line_of(session, unit.department_id) if unit else []
    facts = {"tier": row.project.tier, "variant": row.variant}
    applies = _applies(pack)
    fillers = replace(fillers_of(row, ""), unit=Body(id=unit.id, name=unit.name, level="unit") if unit else None)
    around = places(session, fillers, line, row.project, routing.resolvers(pack.route, facts, applies))
    return routing.foresee(pack.route, facts, around, applies)


def ensure_leads(
    session: Session, pack: Pack, fillers: Fillers, line: Sequence[Body], project: Published, facts: Mapping[str, Any]
) -> None:
    """Refuses what would wait at nobody, with the code of the missing link."""
    applies = _applies(pack)
    around = places(session, fillers, line, project, routing.resolvers(pack.route, facts, applies))
    try:
        routing.plan(pack.route, facts, around, applies)
    except Unresolved as missing:
        raise RuleBroken(missing.reason) from missing


def _applies(pack: Pack) -> routing.Applies:
    def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
        return not rule.when or pack.holds(rule.when, facts)

    return applies
