"""Persons who register themselves, prove their mobile, sign in by mobile or number, and tell their details."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account, SmsCode
from shenbao_identity.settings import Policy

PASSWORD = "abc1234!x"
ZHANG = {
    "name": "张三",
    "id_number": "330000199001010014",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "consents": {"user_agreement": "2026-01", "privacy_policy": "2026-01"},
}
Proof = Callable[[str], dict[str, str]]


@pytest.mark.req("S4c-01")
def test_a_person_registers_with_both_passwords_alike_and_both_consents(
    browser: Any, proof: Proof, identity: UnderTest
) -> None:
    proved = proof("13800000000")
    wrong = ZHANG | proved | {"password_again": "abc1234!y", "consents": {"user_agreement": "2026-01"}}
    refused = browser.http.post("/v1/person-registrations", json=wrong)
    found = {(e["path"], e["code"]) for e in refused.json["errors"]}
    assert refused.status_code == 422
    assert found == {("password_again", "passwords_differ"), ("consents.privacy_policy", "consent_missing")}
    _later(identity)

    made = browser.http.post("/v1/person-registrations", json=ZHANG | proof("13800000000"))
    assert made.status_code == 201
    token = browser.sign_in("13800000000", PASSWORD)["access_token"]
    given = browser.call("GET", "/v1/me/consents", token).json["items"]
    assert {(c["agreement"], c["version"]) for c in given} == {
        ("user_agreement", "2026-01"),
        ("privacy_policy", "2026-01"),
    }
    assert all(c["given_at"] for c in given)


@pytest.mark.req("S4d-02")
def test_type_and_number_are_unique_together(browser: Any, proof: Proof, person: Callable[..., str]) -> None:
    person()
    again = browser.http.post("/v1/person-registrations", json=ZHANG | proof("13900001111"))
    assert (again.status_code, again.json["code"]) == (409, "id_number_taken")
    passport = {"id_type": "208", "id_number": "E12345678"}
    first = browser.http.post("/v1/person-registrations", json=ZHANG | passport | proof("13900002222"))
    assert first.status_code == 201
    other = passport | {"id_type": "227", "name": "李四"}
    assert browser.http.post("/v1/person-registrations", json=ZHANG | other | proof("13900003333")).status_code == 201


@pytest.mark.req("S4c-02", "S4e-03")
@pytest.mark.parametrize(
    ("profile", "password", "accepted"),
    [
        ("mlps3", "abc12345", False),
        ("mlps3", "abc1234!", True),
        ("mlps3", "ab1!", False),
        ("legacy", "abd92745", True),
        ("legacy", "abcdefgh", False),
        ("asvs", "correct horse battery", True),
        ("asvs", "short", False),
    ],
)
def test_the_password_rule_is_the_installations(
    browser: Any, proof: Proof, configured: Any, profile: str, password: str, accepted: bool
) -> None:
    configured(policy=Policy(password_profile=profile))
    body = ZHANG | proof("13800000000") | {"password": password, "password_again": password}
    answer = browser.http.post("/v1/person-registrations", json=body)
    assert (answer.status_code == 201) is accepted, answer.json
    if not accepted:
        assert {e["path"] for e in answer.json["errors"]} == {"password"}


@pytest.mark.req("S4e-03")
def test_the_legacy_rule_is_off_by_default_and_names_stay_letters_or_digits(browser: Any, configured: Any) -> None:
    def reserve(username: str, password: str) -> Any:
        body = {"username": username, "password": password, **browser.image()}
        return browser.http.post("/v1/account-reservations", json=body)

    assert reserve("单位1", "Hang-Zhou7x").status_code == 422
    assert reserve("unit01", "Hang-Zhou7x").status_code == 201
    assert reserve("unit02", "abc12345").status_code == 422
    configured(policy=Policy(password_profile="legacy"))
    assert reserve("unit02", "Zjxs92745").status_code == 201


@pytest.mark.req("S4c-03")
def test_mobile_and_id_number_open_the_same_account(browser: Any, person: Callable[..., str]) -> None:
    account_id = person()
    for name in ("13800000000", "330000199001010014"):
        token = browser.sign_in(name, PASSWORD)["access_token"]
        assert browser.call("GET", "/v1/me", token).json["account_id"] == account_id
        wrong = browser.enter(browser.challenge(), name, "Wrong-Pass1", entry="person")
        assert (wrong.status_code, wrong.json["code"]) == (422, "sign_in_refused")
    assert browser.enter(browser.challenge(), "13999999999", PASSWORD).json["code"] == "sign_in_refused"


def test_an_account_is_locked_under_all_its_names(browser: Any, person: Callable[..., str]) -> None:
    person()
    for name in ("13800000000", "330000199001010014", "13800000000", "330000199001010014", "13800000000"):
        assert browser.enter(browser.challenge(), name, "Wrong-Pass1").status_code == 422
    assert browser.enter(browser.challenge(), "330000199001010014", PASSWORD).status_code == 429


@pytest.mark.req("S4c-03")
def test_a_forgotten_password_is_set_anew_by_an_sms_code(
    browser: Any, proof: Proof, person: Callable[..., str], identity: UnderTest, mobiles: Any
) -> None:
    person()
    old = browser.sign_in("13800000000", PASSWORD)
    _later(identity)
    body = proof("13800000000") | {"new_password": "Neu-Kennwort8"}
    wrong = browser.http.post("/v1/password-recoveries", json=body | {"sms_code": "000000x"})
    assert [e["code"] for e in wrong.json["errors"]] == ["sms_code_wrong"]
    assert browser.http.post("/v1/password-recoveries", json=body).status_code == 204
    assert browser.http.post("/v1/password-recoveries", json=body).status_code == 422

    assert browser.refresh(old["refresh_token"]).json["error"] == "invalid_grant"
    assert browser.enter(browser.challenge(), "13800000000", PASSWORD).json["code"] == "sign_in_refused"
    assert browser.sign_in("13800000000", "Neu-Kennwort8")
    assert "重新设置" in mobiles.messages()[-1]["text"]


def test_a_recovery_tells_nobody_whether_there_is_an_account(browser: Any, proof: Proof) -> None:
    refused = browser.http.post("/v1/password-recoveries", json=proof("13900001111") | {"new_password": "Neu-Kenn8"})
    assert (refused.status_code, [e["code"] for e in refused.json["errors"]]) == (422, ["sms_code_wrong"])


@pytest.mark.req("S1-04")
def test_an_sms_code_is_sent_after_a_right_image_code_and_works_once(browser: Any, mobiles: Any) -> None:
    image = browser.image()
    wrong = browser.http.post("/v1/sms-codes", json={"mobile": "13800000000", **image, "image_code": "0000"})
    assert (wrong.status_code, wrong.json["code"], mobiles.messages()) == (422, "image_code_wrong", [])

    sent = browser.http.post("/v1/sms-codes", json={"mobile": "13800000000", **browser.image()})
    assert (sent.status_code, sent.json["expires_in"]) == (201, 300)
    assert [m["to"] for m in mobiles.messages()] == ["13800000000"]
    assert mobiles.messages()[0]["key"]
    code = browser.http.get(f"/v1/test/sms-codes/{sent.json['id']}").json["code"]
    assert code in mobiles.messages()[0]["text"]
    body = ZHANG | {"mobile": "13800000000", "sms_code_id": sent.json["id"], "sms_code": code}
    assert browser.http.post("/v1/person-registrations", json=body).status_code == 201
    again = browser.http.post("/v1/person-registrations", json=body)
    assert [e["code"] for e in again.json["errors"]] == ["sms_code_wrong"]


def test_checklist_18_codes_run_out_endure_five_tries_and_come_once_a_minute_and_ten_times_a_day(
    browser: Any, proof: Proof, identity: UnderTest
) -> None:
    proved = proof("13800000000")
    too_soon = browser.http.post("/v1/sms-codes", json={"mobile": "13800000000", **browser.image()})
    assert (too_soon.status_code, too_soon.json["code"]) == (429, "sms_too_often")
    assert 0 < int(too_soon.headers["Retry-After"]) <= 61
    for _ in range(5):
        guess = ZHANG | proved | {"sms_code": "guess"}
        assert browser.http.post("/v1/person-registrations", json=guess).status_code == 422
    assert browser.http.post("/v1/person-registrations", json=ZHANG | proved).status_code == 422

    _later(identity)
    late = proof("13800000000")
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(SmsCode).values(expires_at=sa.func.now()))
    assert browser.http.post("/v1/person-registrations", json=ZHANG | late).status_code == 422

    for _ in range(8):
        _later(identity)
        assert proof("13800000000")["sms_code"].isdigit()
    _later(identity)
    eleventh = browser.http.post("/v1/sms-codes", json={"mobile": "13800000000", **browser.image()})
    assert eleventh.status_code == 429
    assert int(eleventh.headers["Retry-After"]) > 80_000


def test_a_message_is_kept_while_the_gateway_is_away_and_sent_once_afterwards(
    browser: Any, mobiles: Any, identity: UnderTest
) -> None:
    mobiles.away = True
    browser.http.post("/v1/sms-codes", json={"mobile": "13800000000", **browser.image()})
    assert mobiles.messages() == []
    with identity.sessions() as session:
        rows = session.execute(sa.text("select content::text from delivery")).scalars().all()
    assert len(rows) == 1
    assert b"13800000000".hex() not in rows[0]
    mobiles.away = False
    assert len(mobiles.messages(later=timedelta(seconds=31))) == 1
    assert len(mobiles.messages(later=timedelta(seconds=90))) == 1
    with identity.sessions() as session:
        done = session.execute(sa.text("select state, content from delivery")).one()
        assert tuple(done) == ("sent", None)


@pytest.mark.req("S3-38", "S4c-05")
def test_checklist_6_the_personal_centre_takes_details_and_keeps_what_is_fixed(
    browser: Any, person: Callable[..., str], identity: UnderTest
) -> None:
    person()
    token = browser.sign_in("13800000000", PASSWORD)["access_token"]
    shown = browser.call("GET", "/v1/me/profile", token)
    assert (shown.json["name"], shown.json["id_number"], shown.json["mobile"]) == ("张三", "3*****4", "138****0000")
    assert (shown.json["sex"], shown.json["birth_date"]) == ("男", "1990-01-01")

    with identity.service.sessions.begin() as session:
        session.execute(sa.update(Account).values(verified=True))
    tag = {"If-Match": shown.headers["ETag"], "Authorization": f"Bearer {token}"}
    for body in ({"name": "李四"}, {"id_number": "330000198506150026"}, {"sex": "女"}):
        refused = browser.http.patch("/v1/me/profile", json=body, headers=tag)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "read_only")
    changed = {"address": "杭州市西湖区示例路 1 号", "email": "a@example.com", "work_unit": "示例科技有限公司"}
    assert browser.http.patch("/v1/me/profile", json=changed, headers=tag).status_code == 200
    assert browser.http.patch("/v1/me/profile", json=changed, headers=tag).status_code == 412
    again = browser.call("GET", "/v1/me/profile", token).json
    assert {name: again[name] for name in changed} == changed
    assert again["name"] == "张三"


@pytest.mark.req("S1-16")
def test_a_bound_mobile_is_shown_masked_and_changed_by_a_code_to_the_new_number(
    browser: Any, proof: Proof, unit: Callable[..., Actor], mobiles: Any, identity: UnderTest
) -> None:
    unit("unitA1")
    token = browser.sign_in("unitA1")["access_token"]
    assert browser.call("PUT", "/v1/me/mobile", token, json=proof("13800000000")).status_code == 200
    assert browser.call("GET", "/v1/me/profile", token).json["mobile"] == "138****0000"

    proved = proof("13900001111")
    wrong = browser.call("PUT", "/v1/me/mobile", token, json=proved | {"sms_code": "12345"})
    assert (wrong.status_code, [e["code"] for e in wrong.json["errors"]]) == (422, ["sms_code_wrong"])
    assert browser.call("GET", "/v1/me/profile", token).json["mobile"] == "138****0000"
    right = browser.call("PUT", "/v1/me/mobile", token, json=proved)
    assert right.json["mobile"] == "139****1111"
    assert (mobiles.messages()[-1]["to"], "改绑" in mobiles.messages()[-1]["text"]) == ("13800000000", True)

    _later(identity)
    third = browser.call("PUT", "/v1/me/mobile", token, json=proof("13800000000"))
    assert third.status_code == 200
    assert mobiles.messages()[-1]["to"] == "13900001111"


def test_a_code_for_one_mobile_does_not_prove_another(browser: Any, proof: Proof, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    token = browser.sign_in("unitA1")["access_token"]
    other = proof("13900001111") | {"mobile": "13800000000"}
    assert browser.call("PUT", "/v1/me/mobile", token, json=other).status_code == 422


def test_a_stranger_has_no_profile_of_another(identity: UnderTest) -> None:
    answer = identity.client(person_actor()).get("/v1/me/profile")
    assert (answer.status_code, answer.json["code"]) == (401, "account_disabled")


@pytest.mark.req("S4e-04")
def test_checklist_14_initial_passwords_are_random_unless_the_installation_fixes_one(
    browser: Any, configured: Any, unit: Callable[..., Actor], identity: UnderTest
) -> None:
    owner = unit("unitA1")
    client = identity.client(owner)

    def initial(username: str) -> str:
        made = client.post("/v1/sub-account-reservations", json={"username": username})
        return str(made.json["initial_password"])

    first, second = initial("unitA1a"), initial("unitA1b")
    assert len({first, second, "123456"}) == 3
    configured(policy=Policy(fixed_initial_password="123456"))
    assert initial("unitA1c") == "123456"
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(Account).where(Account.username == "unitA1c").values(state="active"))
    challenge = browser.challenge()
    assert browser.enter(challenge, "unitA1c", "123456").json == {"password_change_required": True}
    assert browser.enter(browser.challenge(), "unitA1c", "123456").json["code"] == "sign_in_refused"


def _later(identity: UnderTest) -> None:
    """A minute passes, as far as codes are concerned."""
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(SmsCode).values(sent_at=SmsCode.sent_at - timedelta(seconds=61)))


def test_an_address_gets_as_many_codes_as_the_installation_allows(browser: Any, configured: Callable[..., Any]) -> None:
    configured(codes_per_address=3)
    answers = [
        browser.http.post("/v1/sms-codes", json={"mobile": f"1380000100{n}", **browser.image()}) for n in range(4)
    ]
    assert [a.status_code for a in answers] == [201, 201, 201, 429]
    assert answers[-1].json["code"] == "too_many_tries"
