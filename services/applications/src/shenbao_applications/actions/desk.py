"""The desk at which somebody fills in, reports or deletes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Refusal


@dataclass(frozen=True)
class Desk:
    """Who acts and when. verify: the claims of a receipt that documents signed; refuses any other text."""

    actor: Actor
    now: datetime
    verify: Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Result:
    """What became of one of many; refused: why it was not done. reference: "" for what the actor does not see."""

    application_id: UUID
    reference: str
    refused: Refusal | None = None
