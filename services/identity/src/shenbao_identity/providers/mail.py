"""The server that sends mail (RFC 5321), one connection a message."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from shenbao_common.kernel import clock
from shenbao_identity.providers.outgoing import Outcome, Outgoing
from shenbao_identity.settings import MAIL_SCHEMES

_SECONDS = 10.0
_LASTING = range(500, 600)


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """url: `smtps://user:password@host:465`; sender: whom mail comes from."""

    url: str
    sender: str

    def send(self, message: Outgoing) -> Outcome:
        try:
            with self._connected() as server:
                server.send_message(self._mail(message))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            return Outcome.REFUSED if all(code in _LASTING for code in codes) else Outcome.AWAY
        except smtplib.SMTPDataError as refused:
            return Outcome.REFUSED if refused.smtp_code in _LASTING else Outcome.AWAY
        except (smtplib.SMTPException, OSError):
            return Outcome.AWAY
        except ValueError:
            # An address that no header can hold.
            return Outcome.REFUSED
        return Outcome.TAKEN

    def _connected(self) -> smtplib.SMTP:
        told = urlsplit(self.url)
        port = told.port or MAIL_SCHEMES[told.scheme]
        safe = ssl.create_default_context()
        if told.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(told.hostname or "", port, timeout=_SECONDS, context=safe)
        else:
            server = smtplib.SMTP(told.hostname or "", port, timeout=_SECONDS)
        if told.scheme == "smtp+starttls":
            server.starttls(context=safe)
        if told.username:
            server.login(unquote(told.username), unquote(told.password or ""))
        return server

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"] = format_datetime(clock.now())
        # The same whenever it is sent again, so that a mailbox shows it once.
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail
