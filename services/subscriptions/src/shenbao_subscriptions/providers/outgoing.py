"""HTTP to addresses that others gave us: looked up once and held on to, no redirects, an end to every wait.

A name is resolved when the connection is made, every address that it has is judged, and the connection goes to one of
those very addresses: a name that means another address a moment later changes nothing (DNS rebinding). TLS still
proves the name. `http.client` follows no redirect and knows no proxy.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from shenbao_subscriptions.domain.targets import Network, is_allowed, is_private_target

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""From the first byte sent to the last one read, however slowly they drip."""

_MOST_READ = 64 * 1024


class Forbidden(Exception):
    """The address is one that nobody may make us ask; the text is a code."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Target:
    """One origin; keeps its connection between calls. Not for several threads at once."""

    def __init__(self, url: str, private: Sequence[Network], tls: ssl.SSLContext) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._private = private
        self._tls = tls
        self._line: _Line | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Forbidden, OSError (a timeout and a wrong certificate are such) and http.client.HTTPException."""
        reused = self._line is not None
        try:
            return self._post(body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            # A kept connection may have been closed by the other side meanwhile; a new one is tried once.
            if not reused:
                raise
            return self._post(body, headers)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._line is None:
            self._line = self._connected()
        try:
            answer = self._line.ask(self._path, body, headers)
        except BaseException:
            self.close()
            raise
        if not self._line.is_open:
            self.close()
        return answer

    def _connected(self) -> "_Line":
        raw = self._socket()
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = self._tls.wrap_socket(raw, server_hostname=self._host) if self._secure else raw
        except BaseException:
            raw.close()
            raise
        return _Line(self._host, self._port, line, secure=self._secure)

    def _socket(self) -> socket.socket:
        """Connected to an address that was judged; the first of those that answers."""
        found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        for *_, place in found:
            self._judge(str(place[0]))
        last: OSError | None = None
        for family, kind, protocol, _, place in found:
            raw = socket.socket(family, kind, protocol)
            raw.settimeout(CONNECT_SECONDS)
            try:
                raw.connect(place)
            except OSError as refused:
                raw.close()
                last = refused
            else:
                return raw
        raise last or OSError("no address")

    def _judge(self, text: str) -> None:
        """One wrong address among several is enough: the next look-up may give that one."""
        address = ip_address(text.split("%", 1)[0])
        if not is_allowed(address, self._private):
            raise Forbidden("private_address")
        if not self._secure and not is_private_target(address, self._private):
            raise Forbidden("https_required")


class _Line:
    """A connection that is there already, spoken over by http.client."""

    def __init__(self, host: str, port: int, line: socket.socket, *, secure: bool) -> None:
        made = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._http = made(host, port)  # the port for the header Host alone
        self._paced = _Paced(line)
        self._http.sock = self._paced

    @property
    def is_open(self) -> bool:
        return self._http.sock is not None

    def ask(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._paced.until = time.monotonic() + ANSWER_SECONDS
        self._http.request("POST", path, body, dict(headers))
        answer = self._http.getresponse()
        read = answer.read(_MOST_READ)
        if not answer.isclosed():
            self.close()  # there is more of it, which nobody wants
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)

    def close(self) -> None:
        self._http.close()
        self._paced.line.close()


class _Paced:
    """What http.client needs of a socket, with one deadline for all of an exchange.

    Head and body leave in one piece, when the answer is asked for.
    """

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.until = time.monotonic() + ANSWER_SECONDS
        self._unsent = b""

    def left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def sendall(self, data: bytes) -> None:
        self._unsent += data

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        self.line.settimeout(self.left())
        self.line.sendall(self._unsent)
        self._unsent = b""
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """http.client closes its socket while an answer is still being read; the line is closed by its owner."""


class _Reader(io.RawIOBase):
    def __init__(self, paced: _Paced) -> None:
        self._paced = paced

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._paced.line.settimeout(self._paced.left())
        return self._paced.line.recv_into(buffer)
