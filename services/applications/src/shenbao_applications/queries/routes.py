"""The way that an application will take, by the resolver that review routes it with (B-03)."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack, Sections
from shenbao_applications.models import Application
from shenbao_applications.queries.organisations import line_of
from shenbao_applications.queries.places import PERSON, Wanted, places
from shenbao_applications.queries.reportable import Reportable
from shenbao_common.kernel import routing
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.routing import Body, Foreseen, StepRule, Unresolved


class Filled(Protocol):
    """An application, as far as its filler is asked for."""

    unit_id: Any
    filler_id: Any


def filler_of(row: Filled, unit_name: str) -> Body:
    """The unit that declares, or the person who does so alone."""
    if row.unit_id == NOBODY:
        return Body(id=row.filler_id, name="", level=PERSON)
    return Body(id=row.unit_id, name=unit_name, level="unit")


def foreseen(session: Session, row: Application, pack: Pack) -> list[Foreseen]:
    """Every step with its body, or with what is missing; the application is loaded with project and unit."""
    filler = filler_of(row, row.unit.name if row.unit else "")
    line = line_of(session, row.unit.department_id) if row.unit else []
    facts = {"tier": row.project.tier, "variant": row.variant}
    applies = _applies(pack)
    around = places(session, filler, line, row.project, _wanted(pack, facts, applies, group_of(pack, row.sections)))
    return routing.foresee(pack.route, facts, around, applies)


def ensure_leads(session: Session, pack: Pack, row: Reportable) -> str:
    """Refuses what would wait at nobody, with the code of the missing link; answers the group that is to evaluate."""
    applies, facts = _applies(pack), {"tier": row.project.tier, "variant": row.variant}
    group = group_of(pack, row.sections)
    filler = filler_of(row, row.unit.name)
    around = places(session, filler, row.unit.line, row.project, _wanted(pack, facts, applies, group))
    try:
        routing.plan(pack.route, facts, around, applies)
    except Unresolved as missing:
        raise RuleBroken(missing.reason) from missing
    return group


def group_of(pack: Pack, sections: Sections) -> str:
    """Which committee or group is to evaluate, as the form says; "" where the programme does not ask."""
    place = routing.group_place(pack.route)
    return str(pack.value(sections, place) or "") if place else ""


def _wanted(pack: Pack, facts: Mapping[str, Any], applies: routing.Applies, group: str) -> Wanted:
    return Wanted(routing.resolvers(pack.route, facts, applies), pack.key, group)


def _applies(pack: Pack) -> routing.Applies:
    def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
        return not rule.when or pack.holds(rule.when, facts)

    return applies
