"""Nobody grants what he does not hold, raises himself, or takes over one who may do more (GB/T 22239, ASVS 8)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import OFFICE_PERMISSIONS, Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

Made = Callable[..., Actor]


@pytest.fixture
def made(identity: UnderTest) -> Made:
    """An account with these ticks, as it would act: made("office", "staff.manage", organisation_id=…)."""

    def make(kind: str, *permissions: str, organisation_id: UUID | None = None, administers: bool = False) -> Actor:
        with identity.service.sessions.begin() as session:
            account = Account(kind=kind, permissions=list(permissions), created_at=clock.now(), revision=0)
            account.organisation_id, account.administers = organisation_id, administers
            session.add(account)
            session.flush()
            ticks = frozenset(permissions)
            return Actor(account_id=account.id, kind=Kind(kind), organisation_id=organisation_id, permissions=ticks)

    return make


@pytest.fixture
def organisation(identity: UnderTest) -> UUID:
    found = uuid7()
    identity.hear(
        OrganisationCreatedV1(
            organisation_id=found, parent_id=None, code="360100000122", name="教育局", level="department"
        )
    )
    return found


def tick(identity: UnderTest, actor: Actor, path: str, permissions: list[str]) -> Any:
    client = identity.client(actor)
    return client.patch(path, json={"permissions": permissions}, headers={"If-Match": '"1"'})


def test_staff_who_manage_staff_give_what_they_hold_and_raise_nobody_beyond(
    identity: UnderTest, made: Made, organisation: UUID
) -> None:
    manager = made("office", "staff.manage", "review.return", organisation_id=organisation)
    colleague = made("office", "password.change", organisation_id=organisation)
    one = f"/v1/staff/{colleague.account_id}"
    beyond = tick(identity, manager, one, ["review.decide"])
    assert (beyond.status_code, beyond.json["code"]) == (403, "beyond_own_permissions")
    assert beyond.json["params"] == {"permissions": ["review.decide"]}
    assert tick(identity, manager, one, ["review.return", "password.change"]).status_code == 200
    new = identity.client(manager).post("/v1/staff", json={"real_name": "王五", "permissions": ["project.publish"]})
    assert (new.status_code, new.json["code"]) == (403, "beyond_own_permissions")
    own = tick(identity, manager, f"/v1/staff/{manager.account_id}", ["staff.manage", "review.return", "review.decide"])
    assert (own.status_code, own.json["code"]) == (409, "own_account")

    stronger = made("office", "review.decide", organisation_id=organisation)
    taken = identity.client(manager).post(f"/v1/staff/{stronger.account_id}/password-reset")
    assert (taken.status_code, taken.json["code"]) == (403, "beyond_own_permissions")


def test_an_organisations_administrator_shares_out_the_work_and_never_a_power_he_lacks(
    identity: UnderTest, made: Made, organisation: UUID
) -> None:
    administrator = made("office", "staff.manage", organisation_id=organisation, administers=True)
    staff = made("office", organisation_id=organisation)
    one = f"/v1/staff/{staff.account_id}"
    assert tick(identity, administrator, one, ["organisation.manage"]).json["code"] == "beyond_own_permissions"
    assert tick(identity, administrator, one, ["review.decide", "staff.manage"]).status_code == 200


def test_who_manages_accounts_makes_no_administrator_stronger_than_himself(
    identity: UnderTest, made: Made, admin: Actor, organisation: UUID
) -> None:
    manager = made("admin", "account.manage")
    client = identity.client(manager)
    wanted = {"username": "puppet01", "kind": "admin", "display_name": "某", "permissions": ["programme.publish"]}
    assert client.post("/v1/accounts", json=wanted).json["code"] == "beyond_own_permissions"
    own = tick(identity, manager, f"/v1/accounts/{manager.account_id}", ["account.manage", "programme.publish"])
    assert (own.status_code, own.json["code"]) == (409, "own_account")
    other = made("admin", "password.change")
    raised = tick(identity, manager, f"/v1/accounts/{other.account_id}", ["subscription.manage"])
    assert (raised.status_code, raised.json["code"]) == (403, "beyond_own_permissions")
    for act in ("password-reset", "factor-reset"):
        taken = client.post(f"/v1/accounts/{admin.account_id}/{act}")
        assert (taken.status_code, taken.json["code"]) == (403, "beyond_own_permissions")

    office = {"username": "office001", "kind": "office", "display_name": "某科", "permissions": [*OFFICE_PERMISSIONS]}
    assert client.post("/v1/accounts", json=office | {"organisation_id": str(organisation)}).status_code == 201
    assert client.post("/v1/accounts", json=wanted | {"permissions": ["account.manage"]}).status_code == 201
