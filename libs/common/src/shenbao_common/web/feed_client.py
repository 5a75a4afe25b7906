"""Reads another service's feed over HTTP with a service token; the worker's way to the past."""

from collections.abc import Sequence

import httpx

from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import FeedPage
from shenbao_common.kernel import clock
from shenbao_common.web.settings import ServiceSettings


class ServiceToken:
    """A token by client credentials (RFC 6749 4.4), renewed shortly before it ends."""

    def __init__(self, settings: ServiceSettings, http: httpx.Client) -> None:
        self._http = http
        self._url = f"{settings.service_urls['identity']}/token"
        self._auth = (settings.service, settings.client_secret)
        self._token = ""
        self._until = 0.0

    def get(self) -> str:
        if clock.now().timestamp() > self._until:
            answer = self._http.post(self._url, data={"grant_type": "client_credentials"}, auth=self._auth)
            body = answer.raise_for_status().json()
            self._token = body["access_token"]
            self._until = clock.now().timestamp() + body["expires_in"] - 30
        return self._token


class HttpFeed:
    """One publisher's feed (a FeedSource); raises httpx.HTTPError when the publisher is away."""

    def __init__(self, url: str, token: ServiceToken, http: httpx.Client) -> None:
        self._url = f"{url}/v1/events"
        self._token = token
        self._http = http

    def read(
        self, after: int, limit: int, types: Sequence[str] | None = None, *, subject: str | None = None
    ) -> FeedPage:
        query = {"after": str(after), "limit": str(limit)}
        query |= ({"types": ",".join(types)} if types else {}) | ({"subject": subject} if subject else {})
        answer = self._http.get(self._url, params=query, headers={"Authorization": f"Bearer {self._token.get()}"})
        body = answer.raise_for_status().json()
        events = [Envelope.from_structured(e) for e in body["events"]]
        return FeedPage(events, watermark=body["watermark"], next=body["next"])


def feeds(settings: ServiceSettings, sources: Sequence[str]) -> dict[str, HttpFeed]:
    """A feed per publisher that a service listens to."""
    http = httpx.Client(timeout=10)
    token = ServiceToken(settings, http)
    return {source: HttpFeed(settings.service_urls[source], token, http) for source in sources}
