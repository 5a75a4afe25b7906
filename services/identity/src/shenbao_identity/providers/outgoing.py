"""What every provider of messages is given, and what it may answer."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message to one receiver. key: the same whenever it is handed over again. subject: "" for a code."""

    key: UUID
    to: str
    subject: str
    text: str


class Outcome(Enum):
    """TAKEN: the provider has it. AWAY: it goes out later. REFUSED: not this one, now or later."""

    TAKEN = "taken"
    AWAY = "away"
    REFUSED = "refused"


class Gateway(Protocol):
    """Raises nothing: whatever goes wrong on the way is an outcome."""

    def send(self, message: Outgoing) -> Outcome: ...
