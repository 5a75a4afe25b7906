"""The simulated mail server: takes everything, as identity's adapter sends it, and shows what came last."""

from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

_KEPT = 50
_COOKIE = "shenbao_language"
"""The portal's: who reads it in English reads this in English too."""


@dataclass
class _Mailbox:
    received: deque[EmailMessage] = field(default_factory=lambda: deque(maxlen=_KEPT))

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (its name)
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self.received.appendleft(mail)
        return "250 OK"

    def shown(self) -> list[tuple[str, str, str]]:
        """To whom, subject and text, the latest first."""
        return [(str(mail["To"]), str(mail["Subject"]), str(mail.get_content())) for mail in self.received]


def app(port: int) -> Flask:
    """Mounted at /demo/mail; its server takes mail at this port of the machine itself."""
    flask = Flask(__name__, static_folder=None)
    mailbox = _Mailbox()
    Controller(mailbox, hostname="127.0.0.1", port=port).start()

    @flask.get("/")
    def page() -> ResponseReturnValue:
        language = request.args.get("lang") or request.cookies.get(_COOKIE)
        return render_template("mail.html", mails=mailbox.shown(), english=language == "en")

    return flask
