"""Without a broker: the same subscriptions live from the feeds alone. Who has rung inside the process is read at once,
everybody every few seconds."""

import threading
import time
from collections.abc import Iterable

from shenbao_common.bus import wake
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.single import Turn

POLL = 5.0
_DUE = 1.0
"""Seconds between looks at what was put off."""


def follow(healer: Healer, intake: Intake, sources: Iterable[str], stop: threading.Event, turn: Turn) -> None:
    """Runs until `stop`, reading in the order of `sources`. A feed that is away is asked again soon; the own database's
    errors are raised."""
    sources = tuple(sources)
    with wake.called_by(*sources) as calls:
        to_read, all_read = sources, time.monotonic()
        while not stop.is_set():
            turn.ensure_held()
            away = {source for source in to_read if healer.heal(source) is None}
            intake.take_due()
            rung = calls.wait(0 if healer.replay_asked() else _DUE)
            to_read = tuple(source for source in sources if source in away | rung)
            if time.monotonic() - all_read > POLL:
                to_read, all_read = sources, time.monotonic()
