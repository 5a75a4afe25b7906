"""Names, passwords, proofs, tries: the rules as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from shenbao_identity.domain import assurance, lockout, passwords, pkce, usernames

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("unitA1", []),
        ("unitA1zhangsan", []),
        ("007", []),
        ("单位A", ["letters_or_digits_only"]),
        ("unitA1张三", ["letters_or_digits_only"]),
        ("unit A1", ["letters_or_digits_only"]),
        ("unit_A1", ["letters_or_digits_only"]),
        ("ünit1", ["letters_or_digits_only"]),
        ("unit１", ["letters_or_digits_only"]),
        ("unitA1\n", ["letters_or_digits_only"]),
        ("a1", ["too_short"]),
        ("a" * 41, ["too_long"]),
        ("", ["letters_or_digits_only", "too_short"]),
    ],
)
def test_a_user_name_has_letters_or_digits_only(name: str, codes: list[str]) -> None:
    assert [problem.code for problem in usernames.objections(name)] == codes
    assert usernames.is_possible(name) or codes


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Hang-Zhou7x", []),
        ("correct horse 7", []),
        ("密码Ab12345!", []),
        ("123456", ["too_short", "letters_digits_signs", "too_common"]),
        ("12345678", ["letters_digits_signs", "too_common"]),
        ("Abcd1234!", ["too_common"]),
        ("Password1!", ["too_common"]),
        ("P@ssw0rd", ["too_common"]),
        ("1qaz@WSX", ["too_common"]),
        ("alllowercase", ["letters_digits_signs"]),
        ("lower1234", ["letters_digits_signs"]),
        ("Unit-A1-unitA1", ["contains_username"]),
        ("xUNITa1-9", ["contains_username"]),
        ("Aa1-" * 33, ["too_long"]),
    ],
)
def test_a_password_is_long_mixed_and_uncommon(password: str, codes: list[str]) -> None:
    found = passwords.objections(password, username="unitA1")
    assert [problem.code for problem in found] == codes
    assert {problem.path for problem in found} <= {"password"}


def test_an_initial_password_keeps_the_rule_and_is_never_the_same() -> None:
    made = {passwords.random_initial() for _ in range(200)}
    assert len(made) == 200
    assert not any(passwords.objections(password, username="unitA1") for password in made)


def test_the_proof_of_the_standard_is_right() -> None:
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert pkce.challenge_of(verifier) == challenge
    assert pkce.is_proved(challenge, verifier)
    assert not pkce.is_proved(challenge, verifier[:-1] + "l")
    assert not pkce.is_proved(challenge, "")
    assert pkce.is_challenge(challenge)
    assert not pkce.is_challenge(challenge + "=")


def test_the_fifth_try_locks_for_a_quarter_of_an_hour() -> None:
    tries = None
    for number in range(1, 6):
        tries = lockout.after_try(tries, limit=lockout.PER_ACCOUNT, now=NOW)
        assert (tries.seconds_locked(NOW) > 0) == (number == 5)
    assert tries is not None
    assert tries.seconds_locked(NOW + timedelta(minutes=14, seconds=59)) > 0
    assert tries.seconds_locked(NOW + timedelta(minutes=15)) == 0
    assert lockout.after_try(tries, limit=5, now=NOW + timedelta(minutes=15)).failures == 1


def test_tries_of_an_earlier_window_do_not_count() -> None:
    tries = lockout.Tries(failures=4, since=NOW)
    assert lockout.after_try(tries, limit=5, now=NOW + timedelta(minutes=16)).failures == 1


@pytest.mark.parametrize(
    ("acr", "level"),
    [("urn:shenbao:loa:4", 4), ("urn:shenbao:loa:5", 5), ("urn:shenbao:loa:9", 2), ("", 2), ("high", 2)],
)
def test_what_a_provider_does_not_say_clearly_counts_least(acr: str, level: int) -> None:
    assert assurance.level(acr) == level
