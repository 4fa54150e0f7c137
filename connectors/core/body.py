"""An answer's body, unpacked piece by piece within fixed bounds.

httpx inflates a whole chunk before anybody can look (64 MiB past an 8 MiB limit, RELIABILITY 6.8); `zlib.decompressobj`
with `max_length` stops where we say.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping

from connectors.core.access import Limits
from connectors.core.errors import Changed, ConnectorError, Unavailable

STEP = 64 * 1024  # bytes unpacked at once
RATIO_FROM = 1024 * 1024  # below this the ratio is not looked at


def read_body(pieces: Iterable[bytes], headers: Mapping[str, str], limits: Limits, where: str) -> bytes:
    """All of an answer, decompressed.

    Args:
        pieces: raw bytes as they arrive.
        headers: names in lower case.
        limits: bounds.
        where: for messages.

    Raises:
        Changed: larger than `max_body`, packed tighter than `max_ratio`, unknown or wrong encoding.
        Unavailable: the packed stream ends in the middle.
    """
    packed, out = 0, bytearray()
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.max_body:
        raise Changed(f"{where}: answer of {announced} bytes is larger than {limits.max_body} bytes")
    unpacker = _unpacker(headers.get("content-encoding", "").strip().lower(), where)
    for piece in pieces:
        packed += len(piece)
        for part in unpacker.feed(piece):
            out += part
            _check(len(out), packed, limits, where)
    unpacker.end()
    return bytes(out)


def _check(size: int, packed: int, limits: Limits, where: str) -> None:
    if size > limits.max_body:
        raise Changed(f"{where}: answer is larger than {limits.max_body} bytes (stopped at {size})")
    if size > RATIO_FROM and size > packed * limits.max_ratio:
        raise Changed(f"{where}: {packed} bytes unpack to more than {size}, limit is {limits.max_ratio} to 1")


def _unpacker(encoding: str, where: str) -> "_Plain | _Packed":
    if encoding in {"", "identity"}:
        return _Plain()
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Packed(where)
    raise Changed(f"{where}: unknown content encoding {encoding[:40]!r}")


class _Plain:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def end(self) -> None:
        pass


class _Packed:
    """gzip or zlib by its own header, several gzip members one after the other."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._zip = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        more = bool(piece)
        while more:
            if self._zip.eof:
                self._zip = zlib.decompressobj(zlib.MAX_WBITS | 32)
            self._begun = True
            try:
                part = self._zip.decompress(piece, STEP)
            except zlib.error:
                raise self._broken() from None
            yield part
            piece = self._zip.unconsumed_tail or self._zip.unused_data
            more = bool(piece) or len(part) == STEP  # a full step may leave output inside zlib without any input

    def _broken(self) -> ConnectorError:
        return Changed(f"{self._where}: the answer says it is compressed, but it cannot be unpacked")

    def end(self) -> None:
        # An empty body with the header set is what servers send to HEAD-like errors; that is fine.
        if self._begun and not self._zip.eof:
            raise Unavailable(f"{self._where}: the compressed answer ends in the middle")
