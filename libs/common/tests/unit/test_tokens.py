"""Tokens: proven once by their signature, judged each time by kind, issuer, audience and end."""

import time

import pytest
from joserfc.jwk import ECKey

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
    later = time.time() + 61
    monkeypatch.setattr(tokens.time, "time", lambda: later)
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
