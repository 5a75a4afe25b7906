"""The gateway that sends short messages: one POST a message, with a key by which a repeated one is known."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx


@dataclass(frozen=True, kw_only=True)
class SmsGateway:
    """url takes {"key", "to", "text"} as JSON and answers 2xx when it has the message."""

    url: str
    token: str

    def accepts(self, key: UUID, message: dict[str, Any]) -> bool:
        """Whether the gateway has it now; False when it is away or refuses, and the message is kept."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = {"key": str(key), "to": message["to"], "text": message["text"]}
        try:
            return httpx.post(self.url, json=body, headers=headers, timeout=5.0).is_success
        except httpx.HTTPError:
            return False
