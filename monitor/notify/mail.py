"""One mail through one server, with the standard library: plain text, one recipient, no fallback to plain login."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from monitor.notify.errors import MaybeSent, NotSent
from monitor.notify.settings import Notify

_TIMEOUT = 20.0  # seconds per answer of the server
_ACCEPTED = 250


def compose(notify: Notify, to: str, subject: str, body: str, mark: str, now: datetime) -> EmailMessage:
    """The whole message. `mark` makes its Message-ID: the same message again is the same for mail programs."""
    sender = notify.sender or notify.smtp_user
    message = EmailMessage()
    message["From"] = Address("Widerhall", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mark}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(body, cte="quoted-printable")
    return message


def send(notify: Notify, password: str | None, to: str, message: EmailMessage) -> None:
    """Hand one message over.

    Raises:
        NotSent: it provably did not leave.
        MaybeSent: the line broke after the last byte.
    """
    try:
        with _server(notify) as server:
            if notify.smtp_user:
                server.login(notify.smtp_user, password or "")
            _must("sender", server.mail(notify.sender or notify.smtp_user))
            _must("recipient", server.rcpt(to))
            _hand_over(server, message)
            with suppress(OSError, smtplib.SMTPException):  # it is taken, whatever becomes of the line
                server.quit()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSent(_what(error)) from error


@contextmanager
def _server(notify: Notify) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    where = (notify.smtp_host, notify.smtp_port)
    server = (
        smtplib.SMTP_SSL(*where, timeout=_TIMEOUT, context=context)
        if notify.smtp_security == "tls"
        else smtplib.SMTP(*where, timeout=_TIMEOUT)
    )
    try:
        if notify.smtp_security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        yield server
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    wire = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))  # RFC 5321 2.3.8: never a bare LF
    try:
        answer = server.data(wire)
    except smtplib.SMTPDataError as error:
        answer = (error.smtp_code, b"")
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise MaybeSent(_what(error)) from error
    _must("content", answer)


def _must(stage: str, answer: tuple[int, bytes]) -> None:
    """The server takes this part of the message, or it is said which part it did not take."""
    if answer[0] != _ACCEPTED:
        raise NotSent(f"{stage} refused: {answer[0]}")


def _what(error: Exception) -> str:
    """For the log and the page: the kind and the server's number, not its words, which may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
