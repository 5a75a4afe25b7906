"""Registration of employers: open to everybody."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_common.web.auth import public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import transaction
from shenbao_common.web.errors import TooMany
from shenbao_common.web.etags import tagged
from shenbao_units.actions import lookups, recognition, registration, registration_cases
from shenbao_units.api.registration_cases import profile
from shenbao_units.api.schemas import LookupIn, LookupOut, RegisteredOut, RegistrationIn
from shenbao_units.api.slips import Slips
from shenbao_units.domain.lookups import PER_ADDRESS, PER_CODE
from shenbao_units.domain.registration import Code, Form, read_code
from shenbao_units.models import RegistrationCase, Unit
from shenbao_units.providers.registry import Registry

REGISTRY = "shenbao_units.registry"
"""Where the app keeps its register."""

blp = Blueprint("registrations", __name__, url_prefix="/v1", description="Registration of employers.")


@blp.post("/registry-lookups")
@public
@blp.arguments(LookupIn)
@blp.response(200, LookupOut)
def look_up(body: dict[str, str]) -> dict[str, Any]:
    """Asks the register for the name that fits code and legal representative (S4g-02)."""
    code, now = _code(body["code"]), clock.now()
    limits = {f"code:{code.organisation_code}": PER_CODE, f"address:{counted_address()}": PER_ADDRESS}
    with transaction() as session:
        if seconds := lookups.closed(session, limits, now=now):
            raise TooMany("too_many_requests", retry_after=seconds)
        found = recognition.recognise(session, registry(), code, body["legal_representative"], now)
        if found.available and found.name is None:
            lookups.miss(session, limits, now=now)
    return {
        "recognised": found.name is not None,
        "unit_name": found.name,
        "code_kind": code.kind.value,
        "registry_available": found.available,
    }


@blp.post("/registrations")
@public
@blp.arguments(RegistrationIn)
@blp.response(201, RegisteredOut)
def register(body: dict[str, Any]) -> Unit | RegistrationCase:
    """Registers an employer; it is usable at once (S4g-05), unless this installation reviews registrations."""
    slips = Slips()
    ticket = slips.ticket(body.pop("ticket"), "ticket", kind="unit")
    owner = ticket.account_id if ticket else None
    if ticket and ticket.credit_code not in ("", body["code"].strip().upper()):
        slips.problems.append(Problem("not_own_code", "code"))
    receipt = body.pop("certificate_receipt")
    certificate = slips.certificate(receipt, "certificate_receipt", owner=owner) if receipt else None
    form = Form(**body, account_id=owner, certificate_id=certificate)
    with transaction() as session:
        now, asked = clock.now(), profile()
        filed = registration.checked(session, form, registry=registry(), profile=asked, found=slips.problems, now=now)
        if asked.reviewed:
            return registration_cases.file(session, filed, now=now)
        unit = registration.enter(session, filed, now=now)
        return tagged(unit)


def _code(text: str) -> Code:
    try:
        return read_code(text)
    except WrongIdentifier as wrong:
        raise RuleBroken("invalid", wrong.problem("code")) from None


def registry() -> Registry:
    found: Registry = current_app.extensions[REGISTRY]
    return found
