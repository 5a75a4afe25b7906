"""RabbitMQ's management API: the virtual host of subscribers, and in it a user each who may read its own queue."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from shenbao_subscriptions.domain.passwords import VIRTUAL_HOST

_NOTHING = "^$"
_ALL = ".*"


class Management:
    """url: of the API, with a user who may make virtual hosts and users. Raises httpx.HTTPError."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        origin = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        auth = (parts.username or "", parts.password or "")
        self._http = httpx.Client(base_url=f"{origin}/api", auth=auth, timeout=10)

    def open_house(self, own_user: str) -> None:
        """The virtual host, and everything in it for ourselves."""
        self._put(f"/vhosts/{VIRTUAL_HOST}", {})
        self._permit(own_user, configure=_ALL, write=_ALL, read=_ALL)

    def admit(self, user: str, password_hash: str) -> None:
        """May read the queue of its name, and the one beside it with what it could not read; nothing else."""
        self._put(f"/users/{quote(user, safe='')}", {"password_hash": password_hash, "tags": ""})
        self._permit(user, configure=_NOTHING, write=_NOTHING, read=rf"^{re.escape(user)}(\.dead)?$")

    def dismiss(self, user: str) -> None:
        answer = self._http.delete(f"/users/{quote(user, safe='')}")
        if answer.status_code != httpx.codes.NOT_FOUND:
            answer.raise_for_status()

    def close(self) -> None:
        self._http.close()

    def _permit(self, user: str, **rights: str) -> None:
        self._put(f"/permissions/{VIRTUAL_HOST}/{quote(user, safe='')}", rights)

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self._http.put(path, json=body).raise_for_status()
