"""Webhook deliveries, proven to be Shenbao's and for this subscriber. Needs the extra `shenbao-subscriber[verify]`."""

import json
import threading
import time
import urllib.request
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from shenbao_subscriber.event import Event, Unreadable, from_structured

HEADER = "Shenbao-Signature"
_TYPE = "shenbao-event+jws"
_TIMEOUT = 10.0
_REFETCH_AFTER = 5.0
"""Seconds; whoever posts signatures of keys that nobody has does not make us ask more often."""


class NotProven(ValueError):
    """Not signed by Shenbao, changed on its way, or for somebody else. Answer 4xx; the text says why."""


class KeysAway(Exception):
    """The published keys cannot be fetched. Answer 503: the delivery comes again."""


class Signatures:
    """Proves deliveries with the published keys, which are fetched when first needed and when an unknown one signed.

    For several threads at once.
    """

    def __init__(self, keys_url: str, *, subscriber: str) -> None:
        """keys_url: `<base>/subscriptions/.well-known/jwks.json`; subscriber: the own id, from the registration.

        Raises ValueError for an address that is not http or https.
        """
        if not keys_url.startswith(("http://", "https://")):
            raise ValueError("keys are read over http or https")
        self._url = keys_url
        self._subscriber = subscriber
        self._keys = KeySet([])
        self._fetched_at = float("-inf")
        self._lock = threading.Lock()

    def verify(self, body: bytes, signature: str) -> Event:
        """The event of a delivery, from its body as it came and its header `Shenbao-Signature`.

        Raises NotProven, KeysAway, and Unreadable for what Shenbao signed but this version cannot read.
        """
        self._prove(body, signature)
        entry = json.loads(body)
        if not isinstance(entry, dict):
            raise Unreadable("the entry is no JSON object")
        if entry.get("subscriber") != self._subscriber:
            raise NotProven("for another subscriber")
        return from_structured(entry)

    def _prove(self, body: bytes, signature: str) -> None:
        registry = JWSRegistry(algorithms=["ES256"])
        registry.max_payload_length = max(registry.max_payload_length, len(body) * 2)
        try:
            found = jws.extract_compact(signature.encode(), body, registry)
            header = found.headers()
            proven = jws.validate_compact(found, self._keys_with(header.get("kid")), registry=registry)
        except (JoseError, ValueError) as wrong:
            raise NotProven(f"not signed by Shenbao: {wrong}") from wrong
        if not proven or header.get("typ") != _TYPE:
            raise NotProven("changed on its way, or a signature of something else")

    def _keys_with(self, kid: Any) -> KeySet:
        with self._lock:
            known = any(key.kid == kid for key in self._keys.keys)
            if not known and time.monotonic() >= self._fetched_at + _REFETCH_AFTER:
                self._keys = self._fetched()
                self._fetched_at = time.monotonic()
            return self._keys

    def _fetched(self) -> KeySet:
        try:
            with urllib.request.urlopen(self._url, timeout=_TIMEOUT) as answer:  # noqa: S310  (the constructor checked it)
                return KeySet.import_key_set(json.load(answer))
        except (OSError, ValueError, JoseError) as away:
            raise KeysAway(f"{self._url}: {away}") from away
