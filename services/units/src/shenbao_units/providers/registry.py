"""The register of organisations, over HTTP: GET {url}/organisations/{code}.

Answers 200 {code, name, legal_representative, province_level} or 404. Whatever else happens, it is away: the caller
goes on without it, and never waits longer than `BUDGET`.
"""

import time
from urllib.parse import quote

import httpx
import structlog

from shenbao_common.kernel.circuit import Circuit
from shenbao_units.domain.recognition import RegisterEntry

BUDGET = 2.0
"""Seconds that one question may take in all, its retry included."""

_ATTEMPT = 0.9
_ATTEMPTS = 2
_LARGEST = 64 * 1024
_log = structlog.get_logger()


class RegistryAway(Exception):
    """No usable answer: refused, too slow, broken, or not asked because it failed a moment ago."""


class Registry:
    """Finds entries by code; url "" means that there is no register."""

    def __init__(self, url: str, *, circuit: Circuit | None = None) -> None:
        self._url = url.rstrip("/")
        self._circuit = circuit or Circuit()
        self._http = httpx.Client(timeout=_ATTEMPT, follow_redirects=False)

    def find(self, code: str) -> RegisterEntry | None:
        """The entry of a checked code, None when the register has none. Raises RegistryAway."""
        if not self._url or not self._circuit.lets_through():
            raise RegistryAway
        until = time.monotonic() + BUDGET
        for _ in range(_ATTEMPTS):
            try:
                found = self._ask(code, until)
            except (httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
                # Only the kind of fault: an address or a body may name somebody.
                _log.warning("registry_failed", fault=type(fault).__name__)
            else:
                self._circuit.succeeded()
                return found
        self._circuit.failed()
        raise RegistryAway

    def close(self) -> None:
        self._http.close()

    def _ask(self, code: str, until: float) -> RegisterEntry | None:
        left = min(_ATTEMPT, until - time.monotonic())
        if left <= 0:
            raise httpx.ReadTimeout("no time left")
        address = f"{self._url}/organisations/{quote(code, safe='')}"
        with self._http.stream("GET", address, timeout=left) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            if answer.status_code != httpx.codes.OK:
                raise httpx.RemoteProtocolError("neither an entry nor none")
            return _entry(httpx.Response(200, content=_body(answer, until)).json())


def _body(answer: httpx.Response, until: float) -> bytes:
    # A timeout of the client is one of each read; a body that drips would outlast it.
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > _LARGEST or time.monotonic() > until:
            raise httpx.ReadTimeout("too large or too slow")
    return bytes(body)


def _entry(body: dict[str, object]) -> RegisterEntry:
    texts = [body[name] for name in ("code", "name", "legal_representative")]
    if not all(isinstance(text, str) and 0 < len(text) <= 200 for text in texts):
        raise ValueError("not an entry")
    code, name, legal_representative = map(str, texts)
    return RegisterEntry(
        code=code,
        name=name,
        legal_representative=legal_representative,
        province_level=body.get("province_level") is True,
    )
