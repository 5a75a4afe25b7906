"""What the service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from environs import Env

from shenbao_common.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """registry_url: base address of the register of organisations; "" for none, so that every unit brings a scan.

    code_digits: an organisation's code is its parent's and so many digits; 0 for codes that are chosen freely.
    registration: what is asked of a unit that registers, read by domain.profile when the app starts.
    """

    registry_url: str
    code_digits: int = 0
    registration: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def own(cls, env: Env) -> dict[str, Any]:
        return {
            "registry_url": env.str("UNITS_REGISTRY_URL", validate=_address),
            "code_digits": env.int("UNITS_CODE_DIGITS", 0, validate=_digits),
            "registration": env.json("UNITS_REGISTRATION", {}),
        }

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        return cls.of("units", environment)


def _digits(value: int) -> None:
    if not 0 <= value <= 6:
        raise ValueError("a number of digits from 0 to 6")


def _address(value: str) -> None:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("an http address, or nothing")
