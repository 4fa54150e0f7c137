"""The cipher of the vault: XChaCha20-Poly1305 of libsodium (RFC 8439 with a nonce of 24 random bytes), one key.

Each text is bound to its place, so that a row copied to another source or another person opens nowhere. PyNaCl holds
2 MB in a daemon for years; `cryptography`, with an OpenSSL of its own, held 8 (docs/speed.md).
"""

import base64
import binascii
import secrets

from nacl.exceptions import CryptoError
from nacl.secret import Aead


def new_key() -> bytes:
    """A fresh key as the key file holds it: 32 random bytes in URL-safe base64, 44 letters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(Aead.KEY_SIZE))


class Cipher:
    """Locks and opens texts with one key; its repr shows nothing."""

    __slots__ = ("_box",)

    def __init__(self, key: bytes) -> None:
        """The cipher of a key in the form of `new_key`.

        Raises:
            ValueError: this is no key.
        """
        try:
            self._box = Aead(base64.b64decode(key, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError) as wrong:
            raise ValueError("no key") from wrong

    def encrypt(self, text: str, place: str) -> bytes:
        """Nonce, cipher text and tag; opens only for the same `place`."""
        return bytes(self._box.encrypt(text.encode(), place.encode()))

    def decrypt(self, data: bytes, place: str) -> str | None:
        """The text; None where key, place or data are not those of `encrypt`."""
        try:
            return self._box.decrypt(data, place.encode()).decode()
        except (CryptoError, ValueError):  # ValueError: shorter than a nonce
            return None
