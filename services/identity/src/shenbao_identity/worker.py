"""Listens to the others, sends the messages that are due, and removes what has run out."""

import threading

import structlog
from sqlalchemy.exc import DBAPIError

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_common.web.worker import listen, until_signalled
from shenbao_identity.actions import cleaning, deliveries
from shenbao_identity.handlers import subscriptions
from shenbao_identity.providers.mail import MailServer
from shenbao_identity.providers.outgoing import Gateway
from shenbao_identity.providers.sms import SmsGateway
from shenbao_identity.settings import Settings

_PAUSE = 60.0
"""Seconds between two cleanings."""
_BETWEEN_SENDINGS = 1.0

_log = structlog.get_logger()


def run(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop` is set."""
    cleaner = threading.Thread(target=_clean, args=(settings, stop), name="identity.cleaner", daemon=True)
    cleaner.start()
    sender = threading.Thread(target=_send, args=(settings, stop), name="identity.sender", daemon=True)
    sender.start()
    try:
        listen(settings, subscriptions, stop)
    finally:
        cleaner.join(timeout=5)
        sender.join(timeout=5)


def main() -> None:
    until_signalled(lambda stop: run(Settings.from_env(), stop))


def _clean(settings: Settings, stop: threading.Event) -> None:
    engine, sessions = database(settings)
    while not stop.is_set():
        try:
            with sessions.begin() as session:
                gone = cleaning.clean(session, now=clock.now())
            if gone:
                _log.info("cleaned", **gone)
        except DBAPIError as lost:
            _log.warning("cleaning_interrupted", reason=type(lost).__name__)
        clock.wait(stop, _PAUSE)
    engine.dispose()


def _send(settings: Settings, stop: threading.Event) -> None:
    gateways = gateways_of(settings)
    if not gateways:
        return
    engine, sessions = database(settings)
    while not stop.is_set():
        try:
            deliveries.deliver_due(sessions, gateways, now=clock.now())
        except DBAPIError as lost:
            _log.warning("sending_interrupted", reason=type(lost).__name__)
        stop.wait(_BETWEEN_SENDINGS)
    engine.dispose()


def gateways_of(settings: Settings) -> dict[str, Gateway]:
    """The provider of each channel that this installation has."""
    found: dict[str, Gateway] = {}
    if settings.sms_url:
        found["sms"] = SmsGateway(url=settings.sms_url, token=settings.sms_token)
    if settings.mail_url:
        found["mail"] = MailServer(url=settings.mail_url, sender=settings.mail_from)
    return found


if __name__ == "__main__":
    main()
