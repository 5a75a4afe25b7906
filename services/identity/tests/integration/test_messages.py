"""Messages: once for each fact, by the channels that people chose, kept while a provider is away (B-32)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import ApplicationSubmittedV1, ProgrammePublishedV1
from shenbao_common.contracts.documents import ExportWrittenV1, FormsPrintedV1
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import PublicityStartedV1, StepFailedV1, StepPassedV1, StepReturnedV1
from shenbao_common.kernel import clock
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_identity.actions import deliveries
from shenbao_identity.actions.application_news import NotHeardOfYet
from shenbao_identity.models import Account, SmsCode
from shenbao_identity.models.messages import Delivery, OutgoingSms

PASSWORD = "abc1234!x"
OTHER = {"name": "李四", "id_number": "330000199001010030"}


@dataclass
class Applicant:
    """A person who reported an application, and what is told of it."""

    identity: UnderTest
    browser: Any
    account_id: str
    token: str
    application_id: str = field(default_factory=lambda: str(uuid4()))

    def reports(self, **pack: Any) -> "Applicant":
        """pack: words that the programme's pack has besides those of the example."""
        published = catalogue.example(ProgrammePublishedV1)
        said = published | {"pack": published["pack"] | pack, "programme": f"p_{self.application_id[:8]}"}
        self.identity.hear(ProgrammePublishedV1.from_wire(said))
        told = {"application_id": self.application_id, "programme": said["programme"]}
        accounts = {"filler_id": self.account_id, "operator_id": self.account_id}
        self.identity.hear(example_event(ApplicationSubmittedV1, **told, **accounts))
        return self

    def hears(self, event_type: type[Event], **changes: Any) -> Any:
        now = {"decided_at": clock.now().isoformat()} if "decided_at" in catalogue.example(event_type) else {}
        event = example_event(event_type, **{"application_id": self.application_id} | now | changes)
        return self.identity.hear(event)

    def inbox(self, **query: Any) -> list[dict[str, Any]]:
        shown = self.browser.call("GET", "/v1/me/messages", self.token, query_string=query)
        assert shown.status_code == 200, shown.json
        return list(shown.json["items"])

    def chooses(self, channels: list[str], language: str = "zh") -> Any:
        body = {"channels": channels, "language": language}
        return self.browser.call("PUT", "/v1/me/message-choices", self.token, json=body)


@pytest.fixture
def applicant(identity: UnderTest, browser: Any, person: Callable[..., str], mobiles: Any) -> Applicant:
    account_id = person()
    made = Applicant(identity, browser, account_id, browser.sign_in("13800000000", PASSWORD)["access_token"])
    mobiles.received.clear()
    return made


@pytest.mark.req("B-32")
def test_a_return_is_in_the_portal_at_once_and_the_sms_comes_once_when_the_provider_is_back_after_an_hour(
    applicant: Applicant, mobiles: Any, identity: UnderTest
) -> None:
    applicant.reports()
    mobiles.away = True
    envelope = applicant.hears(StepReturnedV1)

    (shown,) = applicant.inbox()
    assert (shown["topic"], shown["application_id"]) == ("returned", applicant.application_id)
    assert "2014-000123" in shown["text"]["zh"]
    assert "2014-000123" in shown["text"]["en"]
    for minutes in (0, 1, 5, 20, 40):
        assert mobiles.messages(later=timedelta(minutes=minutes)) == []
    with identity.service.sessions.begin() as session:
        kept = session.scalars(sa.select(Delivery).where(Delivery.channel == "sms", Delivery.message_id.is_not(None)))
        assert [(row.state, row.attempts) for row in kept] == [("waiting", 5)]
        assert not identity.service.subscriptions.deliver(session, envelope)

    mobiles.away = False
    (sent,) = mobiles.messages(later=timedelta(hours=1))
    assert (sent["to"], "2014-000123" in sent["text"]) == ("13800000000", True)
    # The same fact under a new event's name, as a publisher that was restored may tell it.
    applicant.hears(StepReturnedV1)
    assert len(mobiles.messages(later=timedelta(hours=9))) == 1
    assert len(applicant.inbox()) == 1


def test_news_that_overtakes_the_report_waits_for_it(applicant: Applicant, identity: UnderTest) -> None:
    with pytest.raises(NotHeardOfYet):
        applicant.hears(StepReturnedV1)
    assert applicant.inbox() == []
    applicant.reports().hears(StepReturnedV1)
    assert [m["topic"] for m in applicant.inbox()] == ["returned"]


def test_each_outcome_has_words_of_its_own_and_a_further_round_is_a_further_fact(applicant: Applicant) -> None:
    applicant.reports()
    applicant.hears(StepReturnedV1)
    applicant.hears(StepReturnedV1, round=2)
    applicant.hears(StepPassedV1, final=False, round=3)
    applicant.hears(PublicityStartedV1, ends_on="2026-12-11")
    applicant.hears(StepPassedV1, final=True, step_key="publicity", round=3)
    applicant.hears(StepFailedV1, round=4)
    told = applicant.inbox()
    assert sorted(m["topic"] for m in told) == ["approved", "publicity_started", "rejected", "returned", "returned"]
    (publicity,) = [m for m in told if m["topic"] == "publicity_started"]
    assert "2026-12-11" in publicity["text"]["zh"]


def test_a_programme_says_it_in_its_own_words(applicant: Applicant, mobiles: Any) -> None:
    own = {
        "title": {"zh": "退案通知", "en": "Case returned"},
        "text": {"zh": "{programme} {reference}：请补正。", "en": "{programme} {reference}: please correct."},
        "sms": {"zh": "【本市】{reference} 请补正。", "en": "{reference}: correct"},
    }
    applicant.reports(messages={"returned": own}, zh="人才引进", en="Settling in")
    applicant.hears(StepReturnedV1)
    (shown,) = applicant.inbox()
    assert shown["title"] == own["title"]
    assert shown["text"] == {"zh": "人才引进 2014-000123：请补正。", "en": "Settling in 2014-000123: please correct."}
    assert [m["text"] for m in mobiles.messages()] == ["【本市】2014-000123 请补正。"]


def test_channels_and_language_are_the_persons_choice_but_warnings_come_by_sms(
    applicant: Applicant, mobiles: Any, post: Callable[..., Any], proof: Callable[[str], dict[str, str]]
) -> None:
    profile = applicant.browser.call("GET", "/v1/me/profile", applicant.token)
    headers = {"If-Match": profile.headers["ETag"], "Authorization": f"Bearer {applicant.token}"}
    applicant.browser.http.patch("/v1/me/profile", json={"email": "zhang@example.cn"}, headers=headers)
    chosen = applicant.chooses(["mail"], "en")
    assert (chosen.json["channels"], chosen.json["language"]) == (["mail"], "en")
    assert [k["to"] for k in chosen.json["known"]] == ["138****0000", "zhang@example.cn"]

    applicant.reports().hears(StepReturnedV1)

    assert mobiles.messages() == []
    assert post(answer="451 busy").received == []
    (mail,) = post(later=timedelta(minutes=1)).received
    told = (mail["To"], mail["Subject"], "2014-000123" in mail.get_content())
    assert told == ("zhang@example.cn", "Returned for correction", True)
    assert len(post(later=timedelta(hours=2)).received) == 1

    with applicant.identity.service.sessions.begin() as session:
        session.execute(sa.delete(SmsCode))  # or a further code would have to wait for a minute
    new = {"new_password": "Neu-Wort77x", **proof("13800000000")}
    assert applicant.browser.http.post("/v1/password-recoveries", json=new).status_code == 204
    assert "password was set anew" in mobiles.messages()[-1]["text"]


def test_a_receiver_whom_the_server_will_never_take_is_given_up(
    applicant: Applicant, post: Callable[..., Any], identity: UnderTest
) -> None:
    with identity.service.sessions.begin() as session:
        account = session.get_one(Account, applicant.account_id)
        account.personal = account.personal | {"email": "nobody@example.cn"}
    applicant.reports().hears(StepReturnedV1)
    assert post(answer="550 no such user").received == []
    assert post(later=timedelta(days=1)).received == []
    with identity.service.sessions() as session:
        row = session.scalars(sa.select(Delivery).where(Delivery.channel == "mail")).one()
    assert (row.state, row.error, row.attempts) == ("given_up", "refused", 1)


def test_two_workers_send_each_message_once_and_one_that_was_cut_off_goes_out_again_under_its_key(
    applicant: Applicant, mobiles: Any, identity: UnderTest
) -> None:
    applicant.reports()
    for number in range(1, 31):
        applicant.hears(StepReturnedV1, round=number)
    start = threading.Barrier(2)

    def work(_: int) -> None:
        start.wait()
        mobiles.messages()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    keys = [m["key"] for m in mobiles.received]
    assert (len(keys), len(set(keys))) == (30, 30)

    applicant.hears(StepReturnedV1, round=31)
    (row,) = deliveries._claimed(identity.service.sessions, "sms", clock.now())  # and the worker is killed
    assert len(mobiles.messages()) == 30
    assert mobiles.messages(later=timedelta(minutes=3))[-1]["key"] == str(row.id)


def test_who_exported_a_long_list_hears_once_that_it_is_written_and_by_the_chosen_channels(
    applicant: Applicant, identity: UnderTest, mobiles: Any
) -> None:
    now = {"written_at": clock.now().isoformat(), "kept_until": "2026-12-05T01:12:00+00:00"}
    export_id = str(uuid4())
    for _ in range(2):
        identity.hear(
            example_event(ExportWrittenV1, export_id=export_id, account_id=applicant.account_id, rows=5000, **now)
        )
    (shown,) = applicant.inbox()
    assert (shown["topic"], shown["export_id"], shown["application_id"]) == ("export_written", export_id, None)
    assert shown["text"]["zh"] == "您导出的工作簿（共 5000 行）已生成，请在 2026-12-05 09:12 之前登录下载。"
    assert "5000 rows" in shown["text"]["en"]
    assert [("5000" in m["text"]) for m in mobiles.messages()] == [True]

    applicant.chooses([])
    identity.hear(example_event(ExportWrittenV1, export_id=str(uuid4()), account_id=applicant.account_id, **now))
    assert len(applicant.inbox()) == 2
    assert len(mobiles.messages()) == 1


def test_who_had_many_forms_printed_hears_once_that_they_are_ready(
    applicant: Applicant, identity: UnderTest, mobiles: Any
) -> None:
    ready = {"printed_at": clock.now().isoformat(), "kept_until": "2026-12-05T01:12:00+00:00"}
    event = {"print_job_id": str(uuid4()), "account_id": applicant.account_id, "forms": 300, **ready}
    for _ in range(2):
        identity.hear(example_event(FormsPrintedV1, **event))
    (shown,) = applicant.inbox()
    assert (shown["topic"], shown["export_id"]) == ("forms_printed", None)
    assert shown["text"]["zh"] == (
        "您批量打印的材料（共 300 份）已完成，请在 2026-12-05 09:12 之前登录，在“批量打印”中下载。"
    )
    assert "300 forms" in shown["text"]["en"]
    assert [("300" in m["text"]) for m in mobiles.messages()] == [True]


def test_an_export_of_an_account_that_is_not_there_is_told_to_nobody(applicant: Applicant, identity: UnderTest) -> None:
    now = {"written_at": clock.now().isoformat()}
    identity.hear(example_event(ExportWrittenV1, account_id=str(uuid4()), **now))
    assert applicant.inbox() == []


def test_old_news_calls_nobody_up(applicant: Applicant, mobiles: Any) -> None:
    applicant.reports().hears(StepReturnedV1, decided_at="2014-05-06T01:30:00+00:00")
    (shown,) = applicant.inbox()
    assert shown["read_at"]
    assert mobiles.messages() == []


def test_one_reads_and_marks_ones_own_messages_only(
    applicant: Applicant, person: Callable[..., str], another_browser: Any, proof: Callable[[str], dict[str, str]]
) -> None:
    browser = another_browser()
    applicant.reports().hears(StepReturnedV1)
    (own,) = applicant.inbox(unread=True)
    with applicant.identity.service.sessions.begin() as session:
        session.execute(sa.delete(SmsCode))  # or the second registration would have to wait for a minute
    person(**OTHER, **proof("13900001111"))
    stranger = browser.sign_in("13900001111", PASSWORD)["access_token"]
    assert browser.call("GET", "/v1/me/messages", stranger).json["items"] == []
    for ids in ([own["id"]], None):
        assert browser.call("POST", "/v1/me/message-readings", stranger, json={"ids": ids}).status_code == 204
    assert browser.call("GET", "/v1/me/unread-messages", applicant.token).json == {"number": 1, "more": False}
    marked = browser.call("POST", "/v1/me/message-readings", applicant.token, json={"ids": [own["id"]]})
    assert marked.status_code == 204
    assert applicant.inbox(unread=True) == []
    assert browser.call("GET", "/v1/me/unread-messages", applicant.token).json == {"number": 0, "more": False}


def test_every_problem_of_a_choice_is_named_at_once(applicant: Applicant) -> None:
    refused = applicant.chooses(["pigeon"], "la")
    assert refused.status_code == 422
    assert {p["path"] for p in refused.json["errors"]} == {"language", "channels.0"}


def test_numbers_and_addresses_stand_in_no_row_of_what_is_sent(
    applicant: Applicant, mobiles: Any, identity: UnderTest
) -> None:
    mobiles.away = True
    applicant.reports().hears(StepReturnedV1)
    mobiles.messages()
    with identity.sessions() as session:
        for table in ("message", "delivery", "declared"):
            text = str(session.execute(sa.text(f"select t::text from {table} t")).scalars().all())  # noqa: S608
            assert "13800000000" not in text
            assert b"13800000000".hex() not in text


def test_what_the_version_before_left_to_be_sent_goes_out(applicant: Applicant, mobiles: Any) -> None:
    with applicant.identity.service.sessions.begin() as session:
        now = clock.now()
        left = {"to": "13700000000", "text": "旧版本"}
        session.add(OutgoingSms(message=left, due_at=now, not_after=now + timedelta(days=1)))
    assert [(m["to"], m["text"]) for m in mobiles.messages()] == [("13700000000", "旧版本")]
    assert len(mobiles.messages(later=timedelta(hours=1))) == 1
