"""Who may neither evaluate nor decide a case: the applicant, whoever is of the same unit, or related (B-05)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shenbao_common.kernel.actor import NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A member or an officer. related: applications and units to which a relation is declared."""

    account_id: UUID | None
    unit_id: UUID | None = None
    related: Collection[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Of a case, what a conflict depends on."""

    application_id: UUID
    filler_id: UUID
    unit_id: UUID


def conflict(party: Party, case: Subject, *, same_unit: bool = True) -> str | None:
    """The code of what keeps them apart. same_unit: the programme's switch for the rule of the unit."""
    if party.account_id == case.filler_id:
        return "conflict_own_case"
    if same_unit and case.unit_id != NOBODY and party.unit_id == case.unit_id:
        return "conflict_same_unit"
    if case.application_id in party.related or case.unit_id in party.related:
        return "conflict_declared"
    return None
