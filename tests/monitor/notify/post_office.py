"""A real mail server on loopback (aiosmtpd): STARTTLS and a login, a list of what it took, and faults on demand."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.peers.processes import free_port

USER, PASSWORD = "widerhall@example.de", "kanarienvogel-mail"


@dataclass
class PostOffice:
    """What arrived, and the answers it is to give: each entry of `faults` answers one message."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    wire: list[bytes] = field(default_factory=list)  # the same as they came
    refuses: dict[str, str] = field(default_factory=dict)  # recipient -> "550 …"
    faults: list[str] = field(default_factory=list)  # "451 …", or "hang up": takes the mail and cuts the line

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        """Take the recipient, or not."""
        if address not in self.refuses:
            envelope.rcpt_tos.append(address)
        return self.refuses.get(address, "250 OK")

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        """Take it, or do what the test says."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault[:1] in ("4", "5"):
            return fault
        self.wire.append(envelope.original_content)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if fault:
            server.transport.abort()
        return "250 OK"

    def subjects(self) -> list[str]:
        """Of all that arrived."""
        return [str(mail["Subject"]) for mail in self.mails]


def certificate(folder: Path) -> Path:
    """Key and certificate of localhost in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).add_extension(x509.SubjectAlternativeName(names), False)
    built = built.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(30))
    signed = built.sign(key, hashes.SHA256())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "mail.pem"
    file.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return file


def _right(server, session, envelope, mechanism, data) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)  # the server says 535 itself


@contextmanager
def open_office(pem: Path) -> Iterator[PostOffice]:
    """Run it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    office = PostOffice(free_port())
    secure = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _right}
    controller = Controller(office, "127.0.0.1", office.port, **secure)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
