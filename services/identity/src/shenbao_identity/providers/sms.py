"""The gateway that sends short messages: one POST a message, with a key by which a repeated one is known."""

from dataclasses import dataclass

import httpx

from shenbao_identity.providers.outgoing import Outcome, Outgoing

_OF_THE_MESSAGE = {400, 404, 409, 410, 413, 422}
"""Answers that say that this message will never be taken; any other refusal is about us or the moment."""


@dataclass(frozen=True, kw_only=True)
class SmsGateway:
    """url takes {"key", "to", "text"} as JSON and answers 2xx when it has the message."""

    url: str
    token: str

    def send(self, message: Outgoing) -> Outcome:
        headers = {"Authorization": f"Bearer {self.token}"}
        body = {"key": str(message.key), "to": message.to, "text": message.text}
        try:
            answer = httpx.post(self.url, json=body, headers=headers, timeout=5.0)
        except httpx.HTTPError:
            return Outcome.AWAY
        if answer.is_success:
            return Outcome.TAKEN
        return Outcome.REFUSED if answer.status_code in _OF_THE_MESSAGE else Outcome.AWAY
