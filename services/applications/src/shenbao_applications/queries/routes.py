"""The way that an application will take, by the resolver that review routes it with (B-03)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application
from shenbao_applications.queries.places import Published, line_of, places
from shenbao_common.kernel import routing
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.kernel.routing import Body, Foreseen, StepRule, Unresolved


def foreseen(session: Session, row: Application, pack: Pack) -> list[Foreseen]:
    """Every step with its body, or with what is missing; the application is loaded with project and unit."""
    unit = Body(id=row.unit.id, name=row.unit.name, level="unit") if row.unit else None
    line = line_of(session, row.unit.department_id) if row.unit else []
    around = places(session, unit, line, row.project, routing.resolvers(pack.route))
    facts = {"tier": row.project.tier, "variant": row.variant}
    return routing.foresee(pack.route, facts, around, _applies(pack))


def ensure_leads(
    session: Session, pack: Pack, unit: Body, line: Sequence[Body], project: Published, facts: Mapping[str, Any]
) -> None:
    """Refuses what would wait at nobody, with the code of the missing link."""
    around = places(session, unit, line, project, routing.resolvers(pack.route))
    try:
        routing.plan(pack.route, facts, around, _applies(pack))
    except Unresolved as missing:
        raise RuleBroken(missing.reason) from missing


def _applies(pack: Pack) -> routing.Applies:
    def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
        return not rule.when or pack.holds(rule.when, facts)

    return applies
