"""Tokens: proven once by their signature, judged each time by kind, issuer, audience and end."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web import tokens
from shenbao_common.web.tokens import Keys, Signer

KEY = ECKey.generate_key("P-256").as_pem(private=True).decode()


@pytest.fixture
def signer() -> Signer:
    return Signer("identity", KEY)


@pytest.fixture
def keys(signer: Signer) -> Keys:
    return Keys("identity", signer.published)


def test_a_token_is_read_as_it_was_signed_also_the_second_time(signer: Signer, keys: Keys) -> None:
    text = signer.sign("slip+jwt", {"what": "a fact"}, seconds=60)
    assert [keys.verify("slip+jwt", text)["what"] for _ in range(2)] == ["a fact", "a fact"]


def test_a_token_that_was_proven_still_ends(signer: Signer, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    text = signer.sign("slip+jwt", {}, seconds=60)
    keys.verify("slip+jwt", text)
    monkeypatch.setattr(clock, "_moved", timedelta(seconds=61))
    with pytest.raises(Unauthenticated, match="token_expired"):
        keys.verify("slip+jwt", text)


def test_a_token_that_was_proven_as_one_kind_is_not_taken_for_another(signer: Signer, keys: Keys) -> None:
    text = signer.sign("slip+jwt", {"aud": "shenbao"}, seconds=60)
    keys.verify("slip+jwt", text)
    for kind, audience in (("at+jwt", None), ("slip+jwt", "another")):
        with pytest.raises(Unauthenticated, match="token_invalid"):
            keys.verify(kind, text, audience=audience)


def test_a_changed_claim_breaks_the_signature(signer: Signer, keys: Keys) -> None:
    head, _, signature = signer.sign("slip+jwt", {"what": "a"}, seconds=60).split(".")
    _, other, _ = signer.sign("slip+jwt", {"what": "b"}, seconds=60).split(".")
    with pytest.raises(Unauthenticated, match="token_invalid"):
        keys.verify("slip+jwt", f"{head}.{other}.{signature}")


def test_two_keys_are_live_in_a_rotation_and_a_withdrawn_one_is_soon_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    new = ECKey.generate_key("P-256").as_pem(private=True).decode()
    published = Signer("identity", KEY, new).published()
    assert len(published["keys"]) == 2
    keys = Keys("identity", lambda: published)
    old_token = Signer("identity", KEY).sign("t", {}, seconds=60)
    new_token = Signer("identity", new).sign("t", {}, seconds=60)
    assert keys.verify("t", old_token)["iss"] == keys.verify("t", new_token)["iss"] == "identity"
    published = Signer("identity", new).published()
    monkeypatch.setattr(tokens, "_KNOWN_FOR", 0.0)
    assert keys.verify("t", Signer("identity", new).sign("t", {}, seconds=61))
    with pytest.raises(Unauthenticated):
        keys.verify("t", old_token)


def test_what_was_known_stays_good_while_the_signer_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Signer("identity", KEY).published()]

    def fetch() -> dict[str, Any]:
        if not answers:
            raise httpx.ConnectError("away")
        return answers.pop()

    keys = Keys("identity", fetch)
    monkeypatch.setattr(tokens, "_KNOWN_FOR", 0.0)
    for number in range(2):
        assert keys.verify("t", Signer("identity", KEY).sign("t", {"n": number}, seconds=60))["n"] == number


class Slow:
    """A signer whose answers come when the test lets them."""

    def __init__(self) -> None:
        self.asked, self.answers, self.count = threading.Event(), threading.Event(), 0

    def __call__(self) -> dict[str, Any]:
        self.count += 1
        self.asked.set()
        assert self.answers.wait(20)
        return Signer("identity", KEY).published()


def test_a_slow_signer_holds_up_nobody_whose_keys_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    slow.answers.set()
    keys = Keys("identity", slow)
    signer = Signer("identity", KEY)
    keys.verify("t", signer.sign("t", {"n": 0}, seconds=60))
    slow.answers.clear()
    slow.asked.clear()
    monkeypatch.setattr(tokens, "_KNOWN_FOR", 0.0)
    monkeypatch.setattr(tokens, "_REFETCH_AFTER", 0.0)
    unknown = Signer("identity", ECKey.generate_key("P-256").as_pem(private=True).decode()).sign("t", {}, seconds=60)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(keys.verify, "t", unknown)
        assert slow.asked.wait(20)
        texts = [signer.sign("t", {"n": number}, seconds=60) for number in range(1, 4)]
        others = [pool.submit(keys.verify, "t", text) for text in texts]
        assert [other.result(timeout=10)["n"] for other in others] == [1, 2, 3]
        assert not first.done()
        slow.answers.set()
        with pytest.raises(Unauthenticated):
            first.result(timeout=20)
    assert slow.count <= 3


def test_many_who_need_keys_that_nobody_knows_ask_once() -> None:
    slow = Slow()
    keys = Keys("identity", slow)
    text = Signer("identity", KEY).sign("t", {"n": 1}, seconds=60)
    with ThreadPoolExecutor(4) as pool:
        came = [pool.submit(keys.verify, "t", text) for _ in range(4)]
        assert slow.asked.wait(20)
        slow.answers.set()
        assert [one.result(timeout=20)["n"] for one in came] == [1] * 4
    assert slow.count == 1
