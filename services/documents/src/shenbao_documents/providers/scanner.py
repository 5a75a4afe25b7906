"""Asks clamd whether a file is known to be harmful (INSTREAM of its protocol, clamd(8))."""

import socket
import struct
from pathlib import Path

from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken

_CHUNK = 256 * 1024
_SECONDS = 60.0


class ScannerAway(Conflict):
    """Nobody answers at its address: no file is to blame."""

    def __init__(self) -> None:
        super().__init__("check_unavailable")


class Scanner:
    """One clamd, at `unix:<path>` or `<host>:<port>`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ensure_harmless(self, path: Path) -> None:
        """Refuses with file_infected; with check_unavailable, to be tried again, where clamd comes to no verdict."""
        try:
            peer = self._connected()
        except OSError as away:
            raise ScannerAway from away
        try:
            verdict = self._asked(peer, path)
        except OSError as broken:
            raise Conflict("check_unavailable") from broken
        if verdict.endswith(" FOUND"):
            raise RuleBroken("invalid", Problem("file_infected", "file"))
        if not verdict.endswith(": OK"):
            raise Conflict("check_unavailable")

    def _asked(self, peer: socket.socket, path: Path) -> str:
        with peer, path.open("rb") as stream:
            peer.sendall(b"zINSTREAM\0")
            while chunk := stream.read(_CHUNK):
                peer.sendall(struct.pack("!I", len(chunk)) + chunk)
            peer.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and (part := peer.recv(4096)):
                answer += part
        return answer.rstrip(b"\0").decode("utf-8", "replace")

    def _connected(self) -> socket.socket:
        if self._address.startswith("unix:"):
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(_SECONDS)
            try:
                peer.connect(self._address.removeprefix("unix:"))
            except OSError:
                peer.close()
                raise
            return peer
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_SECONDS)
