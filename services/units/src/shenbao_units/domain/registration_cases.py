"""The life of a registration under manual review (人工注册审核), and the check of a unit without a code (S1)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shenbao_common.kernel.errors import Conflict, Problem
from shenbao_units.domain.levels import Level, objections_to_supervisor
from shenbao_units.domain.profile import Profile


class CaseState(StrEnum):
    """CHECKED: the unit's information is in order, its user is not created yet."""

    CHECKED = "checked"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCheck:
    """What step 2 asks of a unit without a code. agreed: the version of the agreement that was ticked, "" for none."""

    account_id: UUID
    can_provide: bool
    no_code_confirmed: bool
    department_id: UUID
    unit_name: str
    certificate_number: str
    agreed: str
    certificate_id: UUID | None


def objections(check: UnitCheck, department: Level | None, profile: Profile) -> list[Problem]:
    """Whoever has a certificate with a code registers with it (S1-05); nobody goes on without agreeing (S1-07)."""
    if profile.without_code is None:
        raise Conflict("code_needed")
    if check.can_provide:
        return [Problem("register_with_code", "can_provide")]
    found = objections_to_supervisor(department)
    wanted = {
        "no_code_confirmed": check.no_code_confirmed,
        "unit_name": check.unit_name,
        "certificate_receipt": check.certificate_id,
    }
    found += [Problem("required", name) for name, value in wanted.items() if not value]
    if check.agreed != profile.agreement_version:
        found.append(Problem("consent_missing", "agreement_version"))
    return found


def ensure_open(state: str) -> None:
    """Refuses to fill in again what waits (`registration_under_review`) or is registered (`already_registered`)."""
    if state == CaseState.WAITING:
        raise Conflict("registration_under_review")
    if state == CaseState.APPROVED:
        raise Conflict("already_registered")


def ensure_waiting(state: str) -> None:
    """Refuses `already_decided`."""
    if state != CaseState.WAITING:
        raise Conflict("already_decided")


def objections_to_decision(*, approve: bool, reason: str) -> list[Problem]:
    """Whose registration is refused reads why (S1-08)."""
    return [] if approve or reason else [Problem("required", "reason")]
