"""Tokens: proven once by their signature, judged each time by kind, issuer, audience and end."""

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
