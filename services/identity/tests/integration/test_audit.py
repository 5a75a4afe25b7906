"""Sign-ins and changes of what people may do are in the audit trail (B-17)."""

from collections.abc import Callable
from typing import Any

import pytest

from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.data.audit_check import check
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account


@pytest.mark.req("B-17")
def test_sign_ins_and_ticks_are_in_the_audit_trail(
    browser: Any, identity: UnderTest, admin: Actor, unit: Callable[..., Actor]
) -> None:
    who = unit("unitA1")
    assert browser.enter(browser.challenge(), "unitA1", "Wrong-Word-1").status_code == 422
    tokens = browser.sign_in("unitA1")
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://portal.test"}
    browser.http.get("/logout", query_string=hint)
    client = identity.client(admin)
    found = client.get("/v1/audit", query_string={"person": str(who.account_id)}).json["items"]
    assert [entry["act"] for entry in found] == ["sign_out", "sign_in", "sign_in_refused"]
    assert (found[1]["actor_id"], found[1]["details"]["acr"]) == (str(who.account_id), "urn:shenbao:loa:2")

    made = client.post(
        "/v1/accounts",
        json={"username": "helper01", "kind": "admin", "display_name": "某", "permissions": ["events.operate"]},
    ).json["account_id"]
    body = {"permissions": ["programme.publish"]}
    tag = {"If-Match": client.get(f"/v1/accounts/{made}").headers["ETag"]}
    assert client.patch(f"/v1/accounts/{made}", json=body, headers=tag).status_code == 200
    changed, created = client.get("/v1/audit", query_string={"actor": str(admin.account_id)}).json["items"]
    assert created["act"] == "accounts.create"
    assert (changed["act"], changed["person_id"]) == ("ticks_changed", made)
    assert changed["details"] == {"given": ["programme.publish"], "taken": ["events.operate"]}
    with identity.service.engine.connect() as connection:
        assert check(connection, Sealer(b"k" * 32)).broken == ()


@pytest.mark.req("S4b-08")
def test_the_title_office_gives_a_unit_without_staff_a_one_time_password_which_is_in_the_audit_trail(
    browser: Any, identity: UnderTest, admin: Actor, unit: Callable[..., Actor], sub_account: Callable[..., Any]
) -> None:
    offices = {"city_hr_bureau": uuid7(), "first_level_department": uuid7()}
    for level, organisation in offices.items():
        parent = None if level == "city_hr_bureau" else offices["city_hr_bureau"]
        told = {"organisation_id": organisation, "parent_id": parent, "code": level, "name": level, "level": level}
        identity.hear(OrganisationCreatedV1(**told))
    title_office, other = (office_actor(organisation, "staff.manage") for organisation in offices.values())
    for who in (title_office, other):
        _exists(identity, who)
    u1, with_staff = (unit(name, department_id=offices["first_level_department"]) for name in ("unitA1", "unitB1"))
    elsewhere = unit("unitC1")
    sub_account(with_staff, "unitB1li")
    path = "/v1/accounts/{}/password-reset"
    assert identity.client(other).post(path.format(u1.account_id)).status_code == 403
    assert identity.client(title_office).post(path.format(admin.account_id)).status_code == 404
    assert identity.client(title_office).post(path.format(elsewhere.account_id)).status_code == 404
    kept = identity.client(title_office).post(path.format(with_staff.account_id))
    assert (kept.status_code, kept.json["code"]) == (409, "unit_has_staff")

    initial = identity.client(title_office).post(path.format(u1.account_id)).json["initial_password"]
    challenge = browser.challenge()
    assert browser.enter(challenge, "unitA1", initial).json == {"password_change_required": True}
    assert browser.enter(browser.challenge(), "unitA1", initial).json["code"] == "sign_in_refused"
    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": "Neu-Kennwort8"})
    assert browser.finish(chosen.json["redirect_to"])["access_token"]
    query = {"person": str(u1.account_id), "act": "password_reset"}
    (entry,) = identity.client(admin).get("/v1/audit", query_string=query).json["items"]
    assert (entry["actor_id"], entry["subject"]) == (str(title_office.account_id), str(u1.unit_id))


def _exists(identity: UnderTest, who: Actor) -> None:
    with identity.service.sessions.begin() as session:
        account = Account(id=who.account_id, kind=who.kind, permissions=[*who.permissions], revision=0)
        account.created_at, account.organisation_id = clock.now(), who.organisation_id
        session.add(account)
