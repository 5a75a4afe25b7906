"""Sign-ins and changes of what people may do are in the audit trail (B-17)."""

from collections.abc import Callable
from typing import Any

import pytest

from shenbao_common.data.audit_check import check
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest


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
