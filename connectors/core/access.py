"""Where and as whom a connector calls: light values that need no HTTP library.

A connector module that talks HTTP has `def access(settings: Settings) -> Access`; the registry builds its `Http`
from that.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from connectors.core.errors import ConfigProblem, ConnectorError, Gone

Rows = Mapping[tuple[int, str | None], type[ConnectorError]]
"""A platform's exceptions from the table in `connectors.core.status`: (status, code or None for any) -> class.

A module sets them as `STATUS: Rows = {(400, "comment_flood"): RateLimited}`; the registry hands them to its `Http`.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost us.

    Attributes:
        connect: seconds for name look-up, TCP and TLS, each.
        read: seconds of silence between two pieces of an answer.
        total: seconds for everything, retries included; a server that drips bytes ends here (RELIABILITY 3.4).
        max_body: bytes of an answer after decompression.
        max_ratio: decompressed size / transferred size, looked at above 1 MiB (an ordinary JSON list has 5 to 30).
        user_agent: what we call ourselves.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 30.0
    max_body: int = 16 * 1024 * 1024
    max_ratio: int = 200
    user_agent: str = "Widerhall/0.1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login for one host. Its value shows in no repr, and `secrets` lists what must be masked in messages."""

    header: str = field(repr=False)
    value: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def basic(cls, user: str, password: str) -> "Credentials":
        """HTTP Basic, UTF-8 (RFC 7617)."""
        pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        return cls("Authorization", f"Basic {pair}", (password, pair))

    @classmethod
    def bearer(cls, token: str) -> "Credentials":
        """An OAuth bearer token."""
        return cls.key("Authorization", f"Bearer {token}", token)

    @classmethod
    def key(cls, header: str, value: str, secret: str | None = None) -> "Credentials":
        """A key in a header of the platform's own, like `Api-Key`.

        Raises:
            ConfigProblem: the value cannot stand in a header (line break, letters outside ASCII).
        """
        if not value.isascii() or not value.isprintable():
            raise ConfigProblem("the configured token contains characters that cannot be sent; copy it again")
        return cls(header, value, (value if secret is None else secret,))


@dataclass(frozen=True, slots=True)
class Access:
    """Base address and login of one source."""

    base_url: str
    credentials: Credentials | None = None


def segment(ref: str) -> str:
    """A platform's id as one segment of a path.

    Raises:
        Gone: it is empty or would lead somewhere else (`..`), so no such post can exist.
    """
    if ref.strip(".") == "" or len(ref) > 500:
        raise Gone(f"no such post: {ref[:80]!r}")
    return quote(ref, safe="")
