"""The way that an application will take, by the resolver that review routes it with (B-03)."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack, Sections
from shenbao_applications.models import Application, Unit
from shenbao_applications.queries import bindings
from shenbao_applications.queries.organisations import line_of
from shenbao_applications.queries.places import PERSON, Fillers, Wanted, places
from shenbao_applications.queries.reportable import Reportable
from shenbao_common.kernel import routing
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.routing import Body, Foreseen, StepRule, Unresolved


class Filled(Protocol):
    """An application, as far as its filler is asked for."""

    filler_id: Any


def fillers_of(row: Filled, unit_id: UUID | None, unit_name: str) -> Fillers:
    """The unit that declares, and whoever filled in; a person may declare without one."""
    unit = Body(id=unit_id, name=unit_name, level="unit") if unit_id else None
    return Fillers(unit=unit, applicant=Body(id=row.filler_id, name="", level=PERSON))


def foreseen(session: Session, row: Application, pack: Pack) -> list[Foreseen]:
    """Every step with its body, or with what is missing; the application is loaded with project and unit."""
    unit_id = bindings.unit_for(session, row, pack)
    unit = session.get(Unit, unit_id) if unit_id else None
    fillers = fillers_of(row, unit.id if unit else None, unit.name if unit else "")
    line = line_of(session, unit.department_id) if unit else []
    facts = {"tier": row.project.tier, "variant": row.variant}
    applies = _applies(pack)
    today, alone = office_day(now()), unit is not None and unit.self_declaring
    skips = pack.skips(row.sections, variant=row.variant, today=today, self_declaring=alone)
    route = routing.without(pack.route, skips)
    wanted = Wanted(routing.resolvers(route, facts, applies), pack.key, group_of(pack, row.sections))
    return routing.foresee(route, facts, places(session, fillers, line, row.project, wanted), applies)


def ensure_leads(session: Session, pack: Pack, row: Reportable, skips: Collection[str]) -> str:
    """Refuses what would wait at nobody, with the code of the missing link; answers the group that is to evaluate.

    skips: the steps that do not concern this applicant.
    """
    applies, facts = _applies(pack), {"tier": row.project.tier, "variant": row.variant}
    group = group_of(pack, row.sections)
    fillers = fillers_of(row, None if row.unit_id == NOBODY else row.unit_id, row.unit.name)
    route = routing.without(pack.route, skips)
    wanted = Wanted(routing.resolvers(route, facts, applies), pack.key, group)
    around = places(session, fillers, row.unit.line, row.project, wanted)
    try:
        routing.plan(route, facts, around, applies)
    except Unresolved as missing:
        raise RuleBroken(missing.reason) from missing
    return group


def group_of(pack: Pack, sections: Sections) -> str:
    """Which committee or group is to evaluate, as the form says; "" where the programme does not ask."""
    place = routing.group_place(pack.route)
    return str(pack.value(sections, place) or "") if place else ""


def _applies(pack: Pack) -> routing.Applies:
    def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
        return not rule.when or pack.holds(rule.when, facts)

    return applies
