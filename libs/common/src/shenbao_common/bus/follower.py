"""Without a broker: the same subscriptions live from the feeds alone, woken inside the process, polling each second."""

import threading
from collections.abc import Iterable

from shenbao_common.bus import wake
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.single import Turn

POLL = 1.0


def follow(healer: Healer, intake: Intake, sources: Iterable[str], stop: threading.Event, turn: Turn) -> None:
    """Runs until `stop`. A feed that is away is asked again; the own database's errors are raised."""
    sources = tuple(sources)
    with wake.called_by(*sources) as called:
        while not stop.is_set():
            called.clear()
            turn.ensure_held()
            for source in sources:
                healer.heal(source)
            intake.take_due()
            if not healer.replay_asked():
                called.wait(POLL)
