"""What stands in the way of a report: the same rules that the report obeys, asked beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.drafts import around_of
from shenbao_applications.domain import projects, staging
from shenbao_applications.domain.pack.clauses import Judgement
from shenbao_applications.models import Application
from shenbao_applications.queries import organisations, packs
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.errors import Problem


@dataclass(frozen=True)
class Check:
    """problems: what is missing. judgements: every clause that concerns this applicant. open: the project's days."""

    problems: Sequence[Problem]
    judgements: Sequence[Judgement]
    open: bool

    @property
    def complete(self) -> bool:
        return self.open and not self.problems and all(j.result != "not_met" for j in self.judgements)


def check(session: Session, row: Application, *, desk: Desk) -> Check:
    """Clauses that only people can judge do not stand in the way; they are listed as such."""
    pack = packs.pack(session, row.version_id)
    unit = None if row.unit_id == NOBODY else row.unit_id
    around = around_of(row.project, organisations.departments_of_unit(session, unit), desk)
    return Check(
        problems=staging.wanting(pack, row.sections, variant=row.variant),
        judgements=pack.judgements(row.sections, around, variant=row.variant, at="report"),
        open=projects.is_open(row.project.opens_on, row.project.closes_on, desk.now),
    )
