"""Twenty systems of other people in one process: real HTTP/1.1, and as little work as can be, for it is not ours."""

import asyncio
import json
import re
import time
from datetime import datetime
from multiprocessing.connection import Connection

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Desk(asyncio.Protocol):
    """Takes every post and keeps it with the time at which it had come whole."""

    def __init__(self, taken: list[tuple[float, bytes]]) -> None:
        self._taken = taken
        self._come = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._come += data
        while (end := self._come.find(b"\r\n\r\n") + 4) > 3:
            length = _LENGTH.search(self._come, 0, end)
            if length is None or len(self._come) < end + int(length[1]):
                return
            whole = end + int(length[1])
            self._taken.append((time.time(), self._come[end:whole]))
            self._come = self._come[whole:]
            self._line.write(_TAKEN)


def receive(line: Connection, servers: int) -> None:
    """Sends the addresses; for a number of posts, when so many have come: seconds from the first to the last, and of
    each the seconds since its event was made."""
    asyncio.run(_receive(line, servers))


async def _receive(line: Connection, servers: int) -> None:
    taken: list[tuple[float, bytes]] = []
    loop = asyncio.get_running_loop()
    running = [await loop.create_server(lambda: _Desk(taken), "127.0.0.1", 0, backlog=128) for _ in range(servers)]
    line.send([f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events" for server in running])
    wanted = await asyncio.to_thread(line.recv)
    while len(taken) < wanted:
        await asyncio.sleep(0.02)
    at = [when for when, _ in taken]
    line.send((max(at) - min(at), [when - _made(body) for when, body in taken]))
    await asyncio.to_thread(line.recv)


def _made(body: bytes) -> float:
    """When its event was made, in seconds of the epoch."""
    return datetime.fromisoformat(json.loads(body)["time"]).timestamp()
