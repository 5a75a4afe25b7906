"""The registers of the government that an analysis asks, each at its own place below one address."""

from collections.abc import Mapping

from shenbao_applications.domain.pack.pretest_words import REGISTERS
from shenbao_common.web.registers import Register


def at(url: str, token: str) -> Mapping[str, Register]:
    """By name: education, degree, title, social_insurance, recognition; empty without an address."""
    return {name: Register(name, f"{url}/{name}", token) for name in REGISTERS} if url else {}
