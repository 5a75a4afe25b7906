"""The listening half of documents; it also clears away what is deleted."""

import threading

import structlog

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.handlers import subscriptions
from shenbao_documents.providers.storage import FolderStorage
from shenbao_documents.settings import Settings

_BETWEEN_SWEEPS = 600.0
_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens until `stop`."""
    clearing = threading.Thread(target=_clear, args=(settings, stop), name="clearing")
    clearing.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        stop.set()
        clearing.join()


def _clear(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    storage = FolderStorage(settings.folder)
    try:
        while not stop.is_set():
            try:
                sweep(sessions, storage, clock.now())
            except Exception as wrong:  # noqa: BLE001  (a database that is away comes back; the next round does it)
                _log.warning("sweep_failed", error=type(wrong).__name__)
            clock.wait(stop, _BETWEEN_SWEEPS)
    finally:
        engine.dispose()


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
