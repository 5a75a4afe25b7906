"""Points of the security checklist (docs/security.md) that need a test of their own."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import RuleBroken
from shenbao_common.testing.service import UnderTest
from shenbao_identity import bootstrap
from shenbao_identity.actions import cleaning
from shenbao_identity.actions.accounts import FirstAdministrator
from shenbao_identity.models import Account, SharedDataRead, UsedTicket
from shenbao_identity.settings import Policy, Settings

ID_NUMBER, MOBILE, PASSWORD = "330000199001010014", "13800000000", "abc1234!x"


def test_checklist_30_what_is_logged_holds_no_secret(
    browser: Any, person: Callable[..., str], mobiles: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    person()
    tokens = browser.sign_in(MOBILE, PASSWORD)
    browser.enter(browser.challenge(), ID_NUMBER, "Wrong-Pass1")
    browser.call("GET", "/v1/me/profile", tokens["access_token"])
    browser.refresh(tokens["refresh_token"])
    printed = "".join(capfd.readouterr())
    assert '"event": "sign_in"' in printed
    (code,) = re.findall(r"\d{6}", mobiles.messages()[0]["text"])
    secrets = [ID_NUMBER, MOBILE, PASSWORD, "Wrong-Pass1", f'"{code}"', "张三"]
    secrets += [tokens["access_token"], tokens["refresh_token"]]
    assert [secret for secret in secrets if secret in printed] == []


def test_checklist_34_people_are_found_by_a_keyed_index_that_is_another_with_another_key(
    identity: UnderTest, person: Callable[..., str]
) -> None:
    account_id = person()
    index = Sealer(b"k" * 32).blind(ID_NUMBER)
    with identity.sessions() as session:
        found = session.scalar(sa.select(Account).where(Account.id_number_index == index))
    assert str(found.id if found else "") == account_id
    assert Sealer(b"o" * 32).blind(ID_NUMBER) != index


def test_checklist_31_times_are_told_with_their_offset(browser: Any, person: Callable[..., str]) -> None:
    person()
    token = browser.sign_in(MOBILE, PASSWORD)["access_token"]
    shown = browser.call("GET", "/v1/me/sessions", token).json["items"][0]["signed_in_at"]
    moment = datetime.fromisoformat(shown)
    assert moment.tzinfo is not None
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60


def test_checklist_12_what_an_administrator_may_do_takes_two_persons(
    identity: UnderTest, admin: Actor, configured: Callable[..., Settings]
) -> None:
    maker = identity.client(admin)
    wanted = {"username": "second1", "kind": "admin", "display_name": "李四", "permissions": ["account.manage"]}
    second_id = UUID(maker.post("/v1/accounts", json=wanted).json["account_id"])
    checker = identity.client(replace(admin, account_id=second_id, permissions=frozenset({"account.manage"})))
    configured(policy=Policy(second_factor=(), two_persons=True))

    third = maker.post("/v1/accounts", json=wanted | {"username": "third1"}).json["account_id"]
    path = f"/v1/accounts/{third}"
    proposed = {"permissions": ["account.manage"], "by": str(admin.account_id)}
    assert [maker.get(path).json[name] for name in ("permissions", "proposed")] == [[], proposed]

    def decide(client: Any, *, accept: bool) -> Any:
        tag = {"If-Match": client.get(path).headers["ETag"]}
        return client.put(f"{path}/proposal", json={"accept": accept}, headers=tag)

    def ask(client: Any, *permissions: str) -> Any:
        tag = {"If-Match": client.get(path).headers["ETag"]}
        return client.patch(path, json={"permissions": list(permissions)}, headers=tag)

    alone = decide(maker, accept=True)
    assert (alone.status_code, alone.json["code"]) == (403, "second_person_required")
    assert decide(checker, accept=True).json["permissions"] == ["account.manage"]
    assert decide(checker, accept=True).json["code"] == "nothing_proposed"
    assert ask(maker, "account.manage", "audit.read").json["permissions"] == ["account.manage"]
    beyond = decide(checker, accept=True)  # who holds no audit.read gives none
    assert (beyond.status_code, beyond.json["code"]) == (403, "beyond_own_permissions")
    assert decide(checker, accept=False).json["proposed"] is None
    assert ask(maker).json["permissions"] == []  # what is taken away waits for nobody
    with identity.sessions() as session:
        acts = session.scalars(sa.text("SELECT act FROM audit_entry WHERE act LIKE 'ticks%' ORDER BY 1")).all()
    assert acts == ["ticks_changed"] * 2 + ["ticks_declined"] + ["ticks_proposed"] * 2


def test_checklist_13_who_reads_the_audit_changes_nobody_and_who_changes_accounts_does_not_read_it(
    identity: UnderTest, admin: Actor, person: Callable[..., str]
) -> None:
    account_id = person()
    asked = (
        ("POST", "/v1/accounts", {"username": "newcomer", "kind": "admin", "display_name": "李四", "permissions": []}),
        ("PUT", f"/v1/accounts/{account_id}/state", {"state": "disabled"}),
        ("POST", f"/v1/accounts/{account_id}/password-reset", {}),
        ("POST", f"/v1/persons/{account_id}/erasure", {"reason": "request"}),
    )
    auditor, manager = (replace(admin, permissions=frozenset({tick})) for tick in ("audit.read", "account.manage"))
    for method, path, body in asked:
        refused = identity.client(auditor).open(path, method=method, json=body)
        assert (refused.status_code, refused.json["code"]) == (403, "permission_missing"), path
    trail = {"query_string": {"person": account_id}}
    assert identity.client(auditor).get("/v1/audit", **trail).status_code == 200
    assert identity.client(manager).get("/v1/audit", **trail).status_code == 403


def test_checklist_13_three_administrators_are_apart_from_the_first_day_on(
    identity: UnderTest, configured: Callable[..., Settings]
) -> None:
    settings = configured(policy=Policy(second_factor=(), separate_duties=True))
    everything = FirstAdministrator(username="admin", password="First-One-11", is_final=True)
    with pytest.raises(RuleBroken):
        bootstrap.make(settings, everything)
    for duty in ("system", "security", "audit"):
        bootstrap.make(settings, replace(everything, username=f"{duty}1", duty=duty))
    with identity.sessions() as session:
        made = {account.username: account for account in session.scalars(sa.select(Account))}
        ticks = {name: set(account.permissions) - {"password.change"} for name, account in made.items()}
        own = made["security1"]
        may = frozenset(own.permissions)
        security = Actor(account_id=own.id, kind=Kind.ADMIN, revision=own.revision, permissions=may)
    assert ticks == {
        "system1": {"programme.publish", "organisation.manage", "subscription.manage", "events.operate"},
        "security1": {"account.manage"},
        "audit1": {"audit.read"},
    }
    client = identity.client(security)
    wanted = {"username": "security2", "kind": "admin", "display_name": "李四", "permissions": ["account.manage"]}
    second = client.post("/v1/accounts", json=wanted)
    assert second.status_code == 201
    both = client.post("/v1/accounts", json=wanted | {"permissions": ["account.manage", "audit.read"]})
    assert {(e["code"], e["path"]) for e in both.json["errors"]} == {
        ("username_taken", "username"),
        ("duties_not_apart", "permissions"),
    }
    for other in ("system1", "audit1"):
        taken = client.post(f"/v1/accounts/{made[other].id}/password-reset")
        assert (taken.status_code, taken.json["code"]) == (403, "beyond_own_permissions")
    path = f"/v1/accounts/{second.json['account_id']}"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    mixed = client.patch(path, json={"permissions": ["account.manage", "events.operate"]}, headers=tag)
    assert [e["code"] for e in mixed.json["errors"]] == ["duties_not_apart"]


def test_checklist_56_what_has_run_out_is_deleted_and_the_log_says_how_much(
    identity: UnderTest, browser: Any, person: Callable[..., str]
) -> None:
    account_id = UUID(person())
    token = browser.sign_in(MOBILE, PASSWORD)["access_token"]
    assert browser.enter(browser.challenge(), "nobody1", "Wrong-Pass1").status_code == 422
    browser.image()
    assert browser.call("POST", "/v1/me/face-sessions", token, json={"purpose": "submission"}).status_code == 201
    now = clock.now()
    with identity.service.sessions.begin() as session:
        session.add(UsedTicket(ticket=b"t", used_at=now))
        read = {"purpose": "shared_data", "legal_basis": "x", "fields": ["a"], "outcome": "answered"}
        session.add(SharedDataRead(account_id=account_id, read_at=now, **read))
    short = {"browser_session", "refresh_token", "challenge", "image_code", "sms_code", "failed_tries"}
    short |= {"face_session", "used_ticket"}
    with identity.service.sessions.begin() as session:
        assert cleaning.clean(session, now=now) == {}
        assert cleaning.clean(session, now=now + timedelta(days=2)).keys() == short
        assert cleaning.clean(session, now=now + timedelta(days=3 * 365 - 1)).keys() == set()
        assert cleaning.clean(session, now=now + timedelta(days=3 * 366)) == {"shared_data_read": 1}
        assert [session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() for name in short] == [0] * 8  # noqa: S608


def test_checklist_55_a_person_sees_corrects_and_closes_what_is_kept(
    browser: Any, person: Callable[..., str], identity: UnderTest
) -> None:
    account_id = person()
    token = browser.sign_in(MOBILE, PASSWORD)["access_token"]
    profile = "/v1/me/profile"
    shown = browser.call("GET", profile, token)
    assert shown.json["name"] == "张三"
    tag = {"If-Match": shown.headers["ETag"], "Authorization": f"Bearer {token}"}
    assert browser.http.patch(profile, json={"address": "杭州市西湖区"}, headers=tag).status_code == 200
    assert browser.call("GET", profile, token).json["address"] == "杭州市西湖区"
    assert browser.call("GET", "/v1/audit/mine", token).status_code == 200
    assert browser.call("DELETE", "/v1/me", token).status_code == 204
    with identity.sessions() as session:
        left = session.get_one(Account, UUID(account_id))
        assert (left.personal, left.id_number_index, left.mobile_index, left.former_hashes) == ({}, None, None, [])
