"""Proofs that a data provider holds, over HTTP: POST {url} with {name, id_number, proof}, answered by the PDF itself.

Whatever else happens, it is away: the caller asks the applicant for the file, and never waits longer than `BUDGET`.
"""

import time
from collections.abc import Mapping

import httpx
import structlog

from shenbao_common.kernel.circuit import Circuit

BUDGET = 6.0
"""Seconds that one question may take in all, its retry included."""

_ATTEMPT = 2.8
_ATTEMPTS = 2
_log = structlog.get_logger()


class ProviderAway(Exception):
    """No usable answer: refused, too slow, broken, or not asked because it failed a moment ago."""


class Provider:
    """One provider of one kind of proof."""

    def __init__(self, key: str, *, url: str, token: str, circuit: Circuit | None = None) -> None:
        self._key, self._url = key, url
        self._circuit = circuit or Circuit()
        self._http = httpx.Client(
            timeout=_ATTEMPT, follow_redirects=False, headers={"Authorization": f"Bearer {token}"}
        )

    def fetch(self, *, name: str, id_number: str, most_bytes: int) -> bytes:
        """The proof about this person. Raises ProviderAway."""
        if not self._circuit.lets_through():
            raise ProviderAway
        until = time.monotonic() + BUDGET
        for _ in range(_ATTEMPTS):
            try:
                found = self._ask({"name": name, "id_number": id_number, "proof": self._key}, until, most_bytes)
            except httpx.HTTPError as fault:
                # Only the kind of fault: a body may name somebody.
                _log.warning("provider_failed", provider=self._key, fault=type(fault).__name__)
            else:
                self._circuit.succeeded()
                return found
        self._circuit.failed()
        raise ProviderAway

    def _ask(self, question: Mapping[str, str], until: float, most_bytes: int) -> bytes:
        left = min(_ATTEMPT, until - time.monotonic())
        if left <= 0:
            raise httpx.ReadTimeout("no time left")
        with self._http.stream("POST", self._url, json=question, timeout=left) as answer:
            if answer.status_code != httpx.codes.OK:
                raise httpx.RemoteProtocolError("no proof")
            body = bytearray()
            # A timeout of the client is one of each read; a body that drips would outlast it.
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > most_bytes or time.monotonic() > until:
                    raise httpx.ReadTimeout("too large or too slow")
            return bytes(body)


def providers(told: Mapping[str, Mapping[str, str]]) -> dict[str, Provider]:
    """By the key that packs call them."""
    return {key: Provider(key, url=one["url"], token=one.get("token", "")) for key, one in told.items()}
