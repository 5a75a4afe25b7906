"""Sealed values: unreadable without the key, unalterable, found by blind index only."""

import os

import pytest
from cryptography.exceptions import InvalidTag

from shenbao_common.data.sealed import Sealer, Sm4Gcm, unpacked

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


@pytest.mark.parametrize("value", [{"works": ["论文"] * 500}, "x" * 600, ["x"], None, {}, "", 1.5, {"a": "短"}])
def test_what_is_compressed_is_read_whatever_the_setting_and_so_is_what_is_not(value: object) -> None:
    plain, compressing = Sealer(KEY), Sealer(KEY, compresses=True)
    assert unpacked(plain.packed(value)) == value
    assert unpacked(compressing.packed(value)) == value
    assert len(compressing.packed(value)) <= len(plain.packed(value))


def test_a_large_form_takes_a_tenth_of_its_length() -> None:
    form = {"works": [{"title": "基于语义的知识图谱构建方法研究", "year": year} for year in range(1000, 2000)]}
    assert len(Sealer(KEY, compresses=True).packed(form)) < len(Sealer(KEY).packed(form)) / 10


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(b"short")


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    known = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("AABBCCDDEEFFEEAA"))
    sealed = Sm4Gcm(key).encrypt(nonce, plain, known)
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert Sm4Gcm(key).decrypt(nonce, sealed, known) == plain
    with pytest.raises(InvalidTag):
        Sm4Gcm(key).decrypt(nonce, sealed, b"other")


@pytest.mark.req("B-27")
def test_with_the_setting_national_the_envelope_names_sm4_and_earlier_values_stay_readable() -> None:
    earlier = Sealer(KEY).seal(b"330000199001010014")
    national = Sealer(KEY, suite="national")
    sealed = national.seal(b"330000199001010014")
    assert sealed.startswith(b"v1.sm4gcm.")
    assert (national.open(sealed), national.open(earlier)) == (b"330000199001010014",) * 2
    assert Sealer(KEY).open(sealed) == b"330000199001010014"
    with pytest.raises(InvalidTag):
        national.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    mark, digest = national.authenticate(b"entry")
    assert mark.startswith("hmac-sm3.")
    assert Sealer(KEY).is_authentic(b"entry", mark, digest) is True
    assert Sealer(KEY).is_authentic(b"other", mark, digest) is False


def test_a_new_key_seals_the_old_one_still_opens_and_indexes_stay() -> None:
    new = b"n" * 32
    old = Sealer(KEY)
    rotated = Sealer(new, others=[KEY], index_key=KEY)
    assert rotated.open(old.seal(b"value")) == b"value"
    assert rotated.blind("张三") == old.blind("张三")
    assert Sealer(KEY, others=[new]).open(rotated.seal(b"value")) == b"value"
    with pytest.raises(ValueError, match="another key"):
        old.open(rotated.seal(b"value"))
    assert Sealer(new).is_authentic(b"entry", *old.authenticate(b"entry")) is None
    for odd in (b"", b"v1", b"v1.aes256gcm", b"v2.aes256gcm.00000000.x", b"v1.\xff.\xff.x"):
        with pytest.raises(ValueError, match="another key"):
            rotated.open(odd)
