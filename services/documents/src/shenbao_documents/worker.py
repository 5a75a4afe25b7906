"""The listening half of documents.

It also checks what waited for the scanner, reads images, writes large tables, prints, and clears what is deleted.
"""

import threading
from collections.abc import Callable
from functools import cached_property

import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_documents.actions import exports, print_jobs, uploads
from shenbao_documents.actions.files import Intake
from shenbao_documents.actions.prints import Press
from shenbao_documents.actions.recognitions import work_off
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.handlers import subscriptions
from shenbao_documents.providers.chosen_storage import storage_of
from shenbao_documents.providers.recognition import Reader
from shenbao_documents.providers.scanner import Scanner
from shenbao_documents.providers.signing import PdfSigner
from shenbao_documents.providers.typesetting import Typesetter
from shenbao_documents.settings import Settings

_BETWEEN_SWEEPS, _BETWEEN_LOOKS = 600.0, 1.0
_log = structlog.get_logger()


class Tools:
    """What the deeds of one thread work with; fonts are read when the first form is printed."""

    def __init__(self, settings: Settings) -> None:
        self.storage = storage_of(settings)
        self.reader = Reader()
        self.intake = Intake(self.storage, Scanner(settings.scanner) if settings.scanner else None)
        self._settings = settings

    @cached_property
    def press(self) -> Press:
        seal, address = self._settings.seal, f"{self._settings.portal_url}/verify/form"
        signer = PdfSigner(seal, self._settings.timestamps) if seal else None
        return Press(Typesetter(self._settings.fonts), signer, self.storage, address)


Deed = Callable[[sessionmaker[Session], Tools], bool]


def run(settings: Settings, stop: threading.Event) -> None:
    """Listens until `stop`."""
    beside = [
        threading.Thread(target=_again_and_again, args=(settings, stop, pause, deed), name=deed.__name__)
        for pause, deed in (
            (_BETWEEN_SWEEPS, _clear),
            (_BETWEEN_LOOKS, _check),
            (_BETWEEN_LOOKS, _read),
            (_BETWEEN_LOOKS, _export),
            (_BETWEEN_LOOKS, _print),
        )
    ]
    for thread in beside:
        thread.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        stop.set()
        for thread in beside:
            thread.join()


def _again_and_again(settings: Settings, stop: threading.Event, pause: float, deed: Deed) -> None:
    engine, sessions = database(settings)
    tools = Tools(settings)
    try:
        while not stop.is_set():
            try:
                more = deed(sessions, tools)
            except Exception as wrong:  # noqa: BLE001  (a database that is away comes back; the next round does it)
                _log.warning("round_failed", deed=deed.__name__, error=type(wrong).__name__)
                more = False
            if not more:
                clock.wait(stop, pause)
    finally:
        tools.reader.close()
        engine.dispose()


def _clear(sessions: sessionmaker[Session], tools: Tools) -> bool:
    sweep(sessions, tools.storage, clock.now())
    return False


def _check(sessions: sessionmaker[Session], tools: Tools) -> bool:
    return uploads.check_waiting(sessions, tools.intake, clock.now())


def _read(sessions: sessionmaker[Session], tools: Tools) -> bool:
    return work_off(sessions, tools.storage, tools.reader, clock.now())


def _export(sessions: sessionmaker[Session], tools: Tools) -> bool:
    return exports.work_off(sessions, tools.storage, clock.now)


def _print(sessions: sessionmaker[Session], tools: Tools) -> bool:
    return print_jobs.work_off(sessions, tools.press, clock.now)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
