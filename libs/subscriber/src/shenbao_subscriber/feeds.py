"""The publishers' feeds: what they told, by position, over HTTP with a token by client credentials (RFC 6749 4.4)."""

import base64
import http.client
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PAGE = 200
_TIMEOUT = 10.0
_EARLY = 30.0  # seconds before its end in which a token is renewed
_FAULTS = (OSError, http.client.HTTPException, ValueError, KeyError, TypeError)


class FeedAway(Exception):
    """The feed, or whoever gives tokens, did not answer as it should; it is asked again."""


@dataclass(frozen=True, slots=True)
class Page:
    """entries: oldest first, as they came; next: the position that this page has come to; watermark: the last one."""

    entries: Sequence[Any]
    next: int
    watermark: int


class Feeds:
    """The feeds `<base>/<publisher>/v1/events`; one per subscriber, not for several threads at once."""

    def __init__(self, base: str, *, token_url: str, client_id: str, client_secret: str) -> None:
        """Raises ValueError for addresses that are not http or https."""
        if not all(url.startswith(("http://", "https://")) for url in (base, token_url)):
            raise ValueError("feeds and tokens are read over http or https")
        self._base = base.rstrip("/")
        self._token_url = token_url
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._token = ""
        self._until = float("-inf")

    def read(self, source: str, after: int, types: Sequence[str]) -> Page:
        """At most PAGE events of these types after a position. Raises FeedAway."""
        query = urllib.parse.urlencode({"after": after, "limit": PAGE, "types": ",".join(types)})
        try:
            headers = {"Authorization": f"Bearer {self._current_token()}"}
            url = f"{self._base}/{source}/v1/events?{query}"
            body = _json(urllib.request.Request(url, headers=headers))  # noqa: S310  (the constructor checked it)
            return Page(list(body["events"]), int(body["next"]), int(body["watermark"]))
        except _FAULTS as away:
            self._until = float("-inf")  # it may have been refused
            raise FeedAway(f"{source}: {away}") from away

    def _current_token(self) -> str:
        if time.monotonic() > self._until:
            headers = {"Authorization": f"Basic {self._basic}"}
            form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
            body = _json(urllib.request.Request(self._token_url, data=form, headers=headers))  # noqa: S310  (as above)
            self._token = str(body["access_token"])
            self._until = time.monotonic() + float(body["expires_in"]) - _EARLY
        return self._token


def _json(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  (as above)
        return json.load(answer)
