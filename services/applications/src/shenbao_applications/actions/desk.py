"""The desk at which somebody fills in, reports or deletes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shenbao_common.kernel.actor import Actor


@dataclass(frozen=True)
class Desk:
    """Who acts and when. verify: the claims of a receipt that documents signed; refuses any other text."""

    actor: Actor
    now: datetime
    verify: Callable[[str], Mapping[str, Any]]
