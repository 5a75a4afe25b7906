"""By which address tries are counted."""

import pytest

from shenbao_common.web.callers import counted


@pytest.mark.parametrize(
    ("address", "stands"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:7:1:2:3:4", "2001:db8:0:7::"),
        ("2001:db8:0:7:ffff::1", "2001:db8:0:7::"),
        ("2001:db8:0:8::1", "2001:db8:0:8::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_network_of_64_bits_is_one_caller_and_so_is_an_address_of_the_older_kind(address: str, stands: str) -> None:
    assert counted(address) == stands
