"""What a service's refusal becomes in the portal: exceptions that pages catch, or the error pages answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

TYPED_WRONG = frozenset({409, 412, 422})
"""Refusals of what somebody typed, or of its present state: told on the page itself, with what was typed."""


@dataclass(frozen=True)
class Trouble:
    """One objection: a stable code, the path of the field it is about ("" for the whole), values for the wording."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the path that is a name: `phone` of `contacts.0.phone`."""
        return next((part for part in reversed(self.path.split(".")) if part and not part.isdigit()), "")


class Refused(Exception):
    """A service refused with problem+json; `troubles` has every objection, or the one of the whole."""

    def __init__(self, status: int, code: str, params: Mapping[str, Any], troubles: tuple[Trouble, ...]) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.params = params
        self.troubles = troubles or (Trouble(code, "", params),)

    def __iter__(self) -> Iterator[Trouble]:
        return iter(self.troubles)

    @classmethod
    def of(cls, status: int, body: Mapping[str, Any]) -> Self:
        troubles = tuple(
            Trouble(e.get("code", "invalid"), e.get("path", ""), e.get("params") or {}) for e in body.get("errors", ())
        )
        return cls(status, body.get("code", f"http_{status}"), body.get("params") or {}, troubles)


class Unreachable(Exception):
    """A service does not answer, or answers that it is broken; the others go on."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


class SignedOut(Exception):
    """The session is over; `code` says why, for the sign-in page."""

    def __init__(self, code: str = "session_over") -> None:
        super().__init__(code)
        self.code = code
