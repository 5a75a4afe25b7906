"""Persons who register themselves, codes to their mobiles, and the way back when a password is forgotten."""

from typing import Any

from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.web.auth import public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.errors import TooMany
from shenbao_identity.actions import persons, sms_codes
from shenbao_identity.api import guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.person_schemas import (
    AgreementsOut,
    RecoveryIn,
    RegisteredOut,
    RegistrationIn,
    SmsCodeIn,
    SmsCodeOut,
    SmsCodeTextOut,
)
from shenbao_identity.models import Account, SmsCode

blp = Blueprint("persons", __name__, url_prefix="/v1", description="Persons' own registration and recovery.")


@blp.get("/agreements")
@blp.response(200, AgreementsOut)
@public
def agreements() -> dict[str, Any]:
    """What is agreed to at the registration, with the version in force."""
    return {"items": [{"agreement": a, "version": version} for a, version in settings().policy.agreements]}


@blp.post("/sms-codes")
@blp.arguments(SmsCodeIn)
@blp.response(201, SmsCodeOut)
@public
def send_code(body: dict[str, Any]) -> dict[str, Any]:
    """Send a code to a mobile, after a right image code (S1-04); one a minute and ten a day for each number."""
    now = clock.now()
    if not guard.image_is_right(body["image_code_id"], body["image_code"], now=now):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    guard.count_try(f"sms:{counted_address()}", limit=settings().codes_per_address, code="too_many_tries", now=now)
    with transaction() as session:
        if seconds := sms_codes.wait(session, body["mobile"], now=now):
            raise TooMany("sms_too_often", retry_after=seconds)
        row = sms_codes.send(session, body["mobile"], policy=settings().policy, now=now)
    return {"id": row.id, "expires_in": settings().policy.sms_code_minutes * 60}


@blp.post("/person-registrations")
@blp.arguments(RegistrationIn)
@blp.response(201, RegisteredOut)
@public
def register(body: dict[str, Any]) -> Account:
    """Register as a person; the code proves the mobile."""
    proved = code_is_right(body, mobile=body["mobile"])
    del body["sms_code_id"], body["sms_code"]
    with transaction() as session:
        told = persons.Registering(**body)
        return persons.register(session, told, mobile_proved=proved, policy=settings().policy, now=clock.now())


@blp.post("/password-recoveries")
@blp.arguments(RecoveryIn)
@blp.response(204)
@public
def recover(body: dict[str, Any]) -> None:
    """A new password for the person who proves the mobile."""
    proved = code_is_right(body, mobile=body["mobile"])
    with transaction() as session:
        persons.recover(
            session,
            body["mobile"],
            body["new_password"],
            mobile_proved=proved,
            policy=settings().policy,
            now=clock.now(),
        )


@blp.get("/test/sms-codes/<uuid:sms_code_id>")
@blp.response(200, SmsCodeTextOut)
@public
def read(sms_code_id: Any) -> SmsCode:
    """What was sent; answers in the profile `test` only."""
    return guard.only_in_tests(SmsCode, sms_code_id)


def code_is_right(body: dict[str, Any], *, mobile: str) -> bool:
    """Uses the code up, also when the request is refused afterwards."""
    with own_transaction() as session:
        return sms_codes.take(session, body["sms_code_id"], body["sms_code"], mobile=mobile, now=clock.now())
