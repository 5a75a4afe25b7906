"""A unit gets back to a forgotten password by a code to the mail address that it registered with (S4e-01)."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.units import OfficerDismissedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest
from shenbao_identity.actions import cleaning
from shenbao_identity.models import SmsCode
from shenbao_identity.models.messages import Delivery

HR = "hr@example.cn"
NEW = "Xi-Hu-2026x"
CLAIM = {"username": "unitA1", "email": HR}


@pytest.fixture(autouse=True)
def _mail_is_sent(configured: Callable[..., Any]) -> None:
    configured(mail_url="smtp://127.0.0.1:1", mail_from="noreply@shenbao.test")


@pytest.fixture
def u1(unit: Callable[..., Actor]) -> Actor:
    return unit(email=HR)


@pytest.fixture
def ask(browser: Any) -> Callable[..., Any]:
    def send(**changes: Any) -> Any:
        return browser.http.post("/v1/mail-recovery-codes", json=CLAIM | browser.image() | changes)

    return send


@pytest.fixture
def recover(browser: Any) -> Callable[..., Any]:
    def send(code_id: str, code: str, **changes: Any) -> Any:
        body = CLAIM | {"mail_code_id": code_id, "mail_code": code, "new_password": NEW} | changes
        return browser.http.post("/v1/mail-recoveries", json=body)

    return send


def code_in(mail: Any) -> str:
    found = re.search(r"\b\d{6}\b", mail.get_content())
    assert found
    return found.group()


def a_minute_later(identity: UnderTest) -> None:
    """What was sent was sent a while ago."""
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(SmsCode).values(sent_at=SmsCode.sent_at - timedelta(minutes=2)))


@pytest.mark.req("S4e-01")
def test_a_code_to_the_registered_address_sets_the_password_anew_once(
    browser: Any, u1: Actor, ask: Callable[..., Any], recover: Callable[..., Any], post: Callable[..., Any]
) -> None:
    before = browser.sign_in("unitA1")
    sent = ask(username="UNITA1", email="HR@Example.cn")
    assert (sent.status_code, sent.json["expires_in"]) == (201, 900)
    (mail,) = post().received
    assert (mail["To"], "邮箱验证码" in mail["Subject"]) == ("HR@Example.cn", True)
    code = code_in(mail)
    for _ in range(5):
        assert browser.enter(browser.challenge(), "unitA1", "not-it-77").status_code == 422
    assert recover(sent.json["id"], code).status_code == 204
    assert browser.refresh(before["refresh_token"]).status_code == 400
    # The lock of the wrong passwords is over too.
    signed_in = browser.sign_in("unitA1", NEW)
    (told,) = browser.call("GET", "/v1/me/messages", signed_in["access_token"]).json["items"]
    assert told["topic"] == "password_recovered"
    again = recover(sent.json["id"], code, new_password="Another-77x")
    assert (again.status_code, [e["code"] for e in again.json["errors"]]) == (422, ["mail_code_wrong"])


@pytest.mark.req("S4e-01")
def test_whether_there_is_such_an_account_is_told_neither_by_the_answers_nor_by_a_mail(
    identity: UnderTest, unit: Callable[..., Actor], ask: Callable[..., Any], recover: Any, post: Any
) -> None:
    unit(email=HR)
    unit("unitB2")
    gone = unit("unitC3", email=HR)
    identity.hear(OfficerDismissedV1(unit_id=gone.unit_id or uuid7(), account_id=gone.account_id))
    claims = [CLAIM, {"username": "nobody1"}, {"email": "x@example.cn"}, {"username": "unitB2"}, {"username": "unitC3"}]
    answers = [ask(**claim) for claim in claims]
    assert {one.status_code for one in answers} == {201}
    assert {frozenset(one.json) for one in answers} == {frozenset({"id", "expires_in"})}
    assert [mail["To"] for mail in post().received] == [HR]
    wrong = [recover(one.json["id"], "000000x", **claim) for one, claim in zip(answers, claims, strict=True)]
    assert {one.status_code for one in wrong} == {422}
    told = [{name: value for name, value in one.json.items() if name != "trace"} for one in wrong]
    assert all(one == told[0] for one in told)
    with identity.service.sessions() as session:
        kept = session.scalars(sa.select(Delivery).where(Delivery.channel == "mail")).all()
        assert sorted(row.state for row in kept) == ["given_up"] * 4 + ["sent"]


def test_the_answer_takes_the_same_time_for_known_and_unknown_names(
    identity: UnderTest, u1: Actor, ask: Callable[..., Any]
) -> None:
    took: dict[str, list[float]] = {"unitA1": [], "nobody1": []}
    for _ in range(7):
        for name, times in took.items():
            a_minute_later(identity)
            begun = time.perf_counter()
            assert ask(username=name).status_code == 201
            times.append(time.perf_counter() - begun)
    known, unknown = (min(times) for times in took.values())  # what other work on the machine adds is no difference
    assert abs(known - unknown) < max(0.5 * unknown, 0.02)


def test_a_code_comes_once_a_minute_and_ten_times_a_day_for_a_claim_whether_right_or_wrong(
    identity: UnderTest, u1: Actor, ask: Callable[..., Any], post: Callable[..., Any]
) -> None:
    for claim in ({}, {"username": "nobody1"}):
        assert ask(**claim).status_code == 201
        soon = ask(**claim)
        assert (soon.status_code, soon.json["code"]) == (429, "mail_too_often")
        assert 0 < int(soon.headers["Retry-After"]) <= 61
        for _ in range(9):
            a_minute_later(identity)
            assert ask(**claim).status_code == 201
        a_minute_later(identity)
        assert ask(**claim).status_code == 429
        with identity.service.sessions.begin() as session:
            session.execute(sa.text("delete from failed_tries"))
    # Whoever asks with a wrong address takes none of the owner's.
    assert ask(email="other@example.cn").status_code == 201
    assert len(post().received) == 10


def test_from_one_address_twenty_codes_in_a_quarter_of_an_hour(u1: Actor, ask: Callable[..., Any]) -> None:
    for number in range(19):
        assert ask(username=f"nobody{number}").status_code == 201
    assert ask(username="nobody19").status_code == 201
    assert (ask().status_code, ask().json["code"]) == (429, "too_many_tries")


def test_guessing_uses_the_code_up_and_closes_recovery_for_the_name(
    u1: Actor, ask: Callable[..., Any], recover: Callable[..., Any], post: Callable[..., Any]
) -> None:
    sent = ask().json["id"]
    right = code_in(post().received[0])
    wrong = "000000" if right != "000000" else "000001"
    weak = recover(sent, right, new_password="abc")
    assert {e["path"] for e in weak.json["errors"]} == {"new_password"}
    for _ in range(5):
        assert recover(sent, wrong).status_code == 422
    assert recover(sent, right).status_code == 422
    for _ in range(4):
        recover(sent, wrong)
    closed = recover(sent, right)
    assert (closed.status_code, closed.json["code"]) == (429, "recovery_locked")


def test_a_code_is_for_the_claim_that_it_was_sent_for(
    unit: Callable[..., Actor], ask: Callable[..., Any], recover: Callable[..., Any], post: Callable[..., Any]
) -> None:
    unit(email="mallory@example.cn", username="mallory1")
    unit(email=HR)
    own = {"username": "mallory1", "email": "mallory@example.cn"}
    sent = ask(**own).json["id"]
    code = code_in(post().received[0])
    assert recover(sent, code).status_code == 422
    assert recover(sent, code, **own).status_code == 204


def test_a_unit_changes_the_address_after_a_code_to_the_new_one(
    browser: Any, unit: Callable[..., Actor], ask: Callable[..., Any], post: Callable[..., Any]
) -> None:
    unit()
    token = browser.sign_in("unitA1")["access_token"]
    asked = browser.call("POST", "/v1/me/email-codes", token, json={"email": HR})
    assert asked.status_code == 201
    body = {"email": HR, "mail_code_id": asked.json["id"], "mail_code": code_in(post().received[0])}
    elsewhere = browser.call("PUT", "/v1/me/email", token, json=body | {"email": "other@example.cn"})
    assert [e["code"] for e in elsewhere.json["errors"]] == ["mail_code_wrong"]
    assert browser.call("PUT", "/v1/me/email", token, json=body).status_code == 204
    assert browser.call("GET", "/v1/me/profile", token).json["email"] == HR
    assert browser.call("PUT", "/v1/me/email", token, json=body).status_code == 422
    again = browser.call("POST", "/v1/me/email-codes", token, json={"email": HR})
    assert (again.status_code, again.json["code"]) == (429, "mail_too_often")
    assert ask().status_code == 201
    assert post().received[-1]["To"] == HR


def test_only_a_unit_that_has_just_signed_in_changes_its_address(
    identity: UnderTest, u1: Actor, sub_account: Callable[..., Any]
) -> None:
    own = UUID(sub_account(u1, "unitA1zs")["account_id"])
    clerk = Actor(account_id=own, kind=Kind.SUB_ACCOUNT, revision=1, unit_id=u1.unit_id)
    for client, status in ((identity.client(), 401), (identity.client(u1), 403), (identity.client(clerk), 403)):
        assert client.post("/v1/me/email-codes", json={"email": HR}).status_code == status
        body = {"email": HR, "mail_code_id": str(uuid7()), "mail_code": "123456"}
        assert client.put("/v1/me/email", json=body).status_code == status


def test_every_problem_of_a_claim_is_named_at_once(browser: Any, configured: Callable[..., Any]) -> None:
    body = {"username": "", "email": "hr.example.cn", "image_code_id": "no", "image_code": "x"}
    refused = browser.http.post("/v1/mail-recovery-codes", json=body)
    assert refused.status_code == 422
    assert {e["path"] for e in refused.json["errors"]} == {"username", "email", "image_code_id"}
    configured(mail_url="")
    answer = browser.http.post("/v1/mail-recovery-codes", json=CLAIM | browser.image())
    assert (answer.status_code, answer.json["code"]) == (409, "mail_unavailable")


def test_the_address_is_sealed_and_goes_with_a_registration_that_came_to_nothing(
    identity: UnderTest, browser: Any
) -> None:
    body = {"username": "unitD4", "password": "Hang-Zhou7x", "email": HR, **browser.image()}
    assert browser.http.post("/v1/account-reservations", json=body).status_code == 201
    with identity.sessions() as session:
        text = str(session.execute(sa.text("select t::text from account t")).scalars().all())
    assert HR not in text
    assert HR.encode().hex() not in text
    with identity.service.sessions.begin() as session:
        cleaning.clean(session, now=clock.now() + timedelta(days=60))
    with identity.sessions() as session:
        assert session.scalar(sa.text("select count(*) from account where username = 'unitD4'")) == 0
