"""Rules of subscriptions: pauses between tries, addresses that may be asked, answers."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest

from shenbao_common.contracts import catalogue
from shenbao_subscriptions.domain import facts, pace, targets
from shenbao_subscriptions.domain.outcome import LONGEST_WISH, of_status

NOW = datetime(2014, 5, 6, 1, 30, tzinfo=UTC)


def test_every_result_is_that_of_an_event_that_exists() -> None:
    assert set(facts.RESULTS) <= set(catalogue.BY_TYPE)
    assert facts.result_of("applications.withdrawn.v1") == "withdrawn"
    assert facts.result_of("applications.saved.v1") is None


def test_tries_of_a_delivery_are_spread_over_a_day() -> None:
    whole = sum(pace.SCHEDULE, timedelta())
    assert timedelta(hours=23) < whole < timedelta(hours=25)
    assert list(pace.SCHEDULE) == sorted(pace.SCHEDULE)
    assert pace.next_try(len(pace.SCHEDULE), NOW) is not None
    assert pace.next_try(len(pace.SCHEDULE) + 1, NOW) is None


def test_a_subscriber_is_asked_at_once_after_two_failures_and_then_ever_later() -> None:
    assert pace.quiet_until(2, NOW) is None
    pauses = [pace.quiet_until(failures, NOW) for failures in range(3, 20)]
    assert all(pauses)
    assert pauses[0] == NOW + timedelta(seconds=5)
    assert pauses[-1] == NOW + timedelta(minutes=5), "within minutes of its recovery it is noticed"


def test_a_wish_for_time_is_granted_within_reason() -> None:
    assert of_status(429, "120").wish == timedelta(minutes=2)
    assert of_status(503, "999999").wish == LONGEST_WISH
    assert of_status(503, "Wed, 21 Oct 2015 07:28:00 GMT").wish is None
    assert pace.next_try(1, NOW, not_before=timedelta(hours=1)) == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "fec0::1", "feff:ffff::1", "192.0.0.192", "192.0.0.9",
        "::ffff:192.0.0.192", "192.88.99.1", "64:ff9b:1::a00:1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_an_address_inside_a_house_is_not_asked(address: str) -> None:
    assert not targets.is_allowed(ip_address(address), [])
    host = f"[{address}]" if ":" in address else address
    (problem,) = targets.objections(f"https://{host}/events", "webhook.url", [])
    assert problem.code == "private_address"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_a_public_address_is_asked(address: str) -> None:
    assert targets.is_allowed(ip_address(address), [])


def test_a_network_that_the_deployment_allows_is_asked_and_no_other() -> None:
    intranet = [ip_network("10.8.0.0/16")]
    assert targets.is_allowed(ip_address("10.8.3.4"), intranet)
    assert targets.is_allowed(ip_address("::ffff:10.8.3.4"), intranet)
    assert not targets.is_allowed(ip_address("10.9.3.4"), intranet)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.gov.cn/", "wrong_format"),
        ("file:///etc/passwd", "wrong_format"),
        ("https://", "wrong_format"),
        ("https://user:secret@example.gov.cn/", "wrong_format"),
        ("https://example.gov.cn/#part", "wrong_format"),
        ("https://example.gov.cn:99999/", "wrong_format"),
        ("https://example.gov.cn:0/", "wrong_format"),
        ("https://exa mple.gov.cn/", "wrong_format"),
        ("https://example.gov.cn/\r\nHost: x", "wrong_format"),
        ("https://例子.中国/", "wrong_format"),
        ("https://[::1", "wrong_format"),
        ("http://example.gov.cn/events", "https_required"),
        ("https://2130706433/", None),
        ("https://example.gov.cn/events?key=1", None),
    ],
)
def test_an_address_is_judged_before_it_is_looked_up(url: str, code: str | None) -> None:
    found = [problem.code for problem in targets.objections(url, "webhook.url", [])]
    assert found == ([code] if code else [])


def test_plain_http_is_for_allowed_networks() -> None:
    intranet = [ip_network("10.8.0.0/16")]
    assert targets.objections("http://10.8.0.1/events", "webhook.url", intranet) == []
    (problem,) = targets.objections("http://93.184.216.34/events", "webhook.url", intranet)
    assert problem.code == "https_required"
