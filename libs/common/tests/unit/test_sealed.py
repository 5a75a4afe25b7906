"""Sealed values: unreadable without the key, unalterable, found by blind index only."""

import os

import pytest
from cryptography.exceptions import InvalidTag

from shenbao_common.data.sealed import Sealer

KEY = b"k" * 32


def test_a_sealed_value_opens_with_its_key_and_names_its_algorithm() -> None:
    sealed = Sealer(KEY).seal(b"330000199001010014")
    assert sealed.startswith(b"v1.aes256gcm.")
    assert b"330000199001010014" not in sealed
    assert Sealer(KEY).open(sealed) == b"330000199001010014"


def test_the_same_value_is_sealed_differently_each_time() -> None:
    sealer = Sealer(KEY)
    assert sealer.seal(b"same") != sealer.seal(b"same")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(ValueError, match="another key"):
        Sealer(os.urandom(32)).open(Sealer(KEY).seal(b"value"))


def test_an_altered_value_does_not_open() -> None:
    sealed = Sealer(KEY).seal(b"value")
    with pytest.raises(InvalidTag):
        Sealer(KEY).open(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_blind_index_finds_equal_values_of_the_same_key_only() -> None:
    assert Sealer(KEY).blind("张三") == Sealer(KEY).blind("张三")
    assert Sealer(KEY).blind("张三") != Sealer(KEY).blind("李四")
    assert Sealer(KEY).blind("张三") != Sealer(b"o" * 32).blind("张三")


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(b"short")
