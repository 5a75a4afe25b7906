"""Hears everything, delivers it to subscribers, and takes away what is old."""

import threading

import structlog
from sqlalchemy.exc import DBAPIError

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.tokens import Signer
from shenbao_common.web.worker import listen, until_signalled
from shenbao_subscriptions.actions import keeping
from shenbao_subscriptions.actions.dispatching import Dispatcher
from shenbao_subscriptions.actions.porting import Porter
from shenbao_subscriptions.handlers import subscriptions
from shenbao_subscriptions.providers.webhooks import Webhooks
from shenbao_subscriptions.settings import Settings

_PAUSE = 3600.0
"""Seconds between two cleanings."""

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop` is set."""
    beside = [
        threading.Thread(target=work, args=(settings, stop), name=f"subscriptions.{work.__name__}", daemon=True)
        for work in (deliver, fill_queues, clean)
    ]
    for thread in beside:
        thread.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        for thread in beside:
            thread.join(timeout=5)


def deliver(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    signer = Signer(settings.service, settings.signing_key)
    try:
        Dispatcher(sessions, Webhooks(settings.private_targets), signer.detached).run(stop)
    finally:
        engine.dispose()


def fill_queues(settings: Settings, stop: threading.Event) -> None:
    if settings.broker_url is None or settings.broker_api_url is None:
        return
    engine, sessions = database(settings)
    try:
        Porter(sessions, settings.broker_url, settings.broker_api_url).run(stop)
    finally:
        engine.dispose()


def clean(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    while not stop.is_set():
        try:
            while not stop.is_set():
                with sessions.begin() as session:
                    if not keeping.clean(session, now=clock.now()):
                        break
        except DBAPIError as lost:
            _log.warning("cleaning_interrupted", reason=type(lost).__name__)
        stop.wait(_PAUSE)
    engine.dispose()


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


if __name__ == "__main__":
    main()
