"""Tier B: a small transformer (multilingual-e5-small, fine-tuned on our posts) with the same heads as tier A.

It comes with the package and speaks where `onnxruntime` is installed (the extra `strong`). Nothing is
downloaded, no text leaves the computer; the file is checked against its SHA-256 before it is opened.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage.model import strong_files
from monitor.triage.model.heads import Vector
from monitor.triage.model.pieces import BEGIN, END, Pieces

PATH, TABLE = strong_files.PATH, strong_files.TABLE
WINDOW = 192
"""Pieces that are read at once; a longer text is read in windows, whose values count by their length."""
READS_AT_MOST = 5 * WINDOW
"""Pieces of a text that are read: of a longer one its beginning and its end, half each, as tier A does."""
_FILLING = 1
_LETTERS = 20 * READS_AT_MOST


class Damaged(Exception):
    """The model's file is not the one that its table names."""


def calm(text: str) -> str:
    """Small letters where most are capitals: the base model knows few words in capitals.

    On 1,705 posts held back: complaint AUC .931, all in capitals .773, read like this .923; hostile .984, .909, .983.
    """
    letters = [char for char in text[:_LETTERS] if char.isalpha()]
    return text.lower() if 2 * sum(map(str.isupper, letters)) > len(letters) else text


@cache
def digest() -> str:
    """The model's name: the beginning of its SHA-256, read without opening it."""
    with np.load(TABLE, allow_pickle=False) as table:
        return str(table["sha256"])[:12]


def _runtime() -> Any:
    """onnxruntime, silenced: from 1.29 on it keeps a device id in the home folder and reports sessions to its maker.

    The pin in pyproject.toml keeps to versions without that; this is for who installs another (its Privacy.md).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when the library loads, so before the import
    import onnxruntime

    return onnxruntime


class Strong:
    """All heads of the transformer. Immutable but for a memory of words; one instance serves all threads."""

    def __init__(self, model: bytes, table: dict[str, Any]) -> None:
        """`model`: the ONNX file; `table`: names of its heads, pieces, scores, and the file's SHA-256.

        Raises:
            Damaged: the bytes are not those that were measured.
        """
        onnxruntime = _runtime()
        if hashlib.sha256(model).hexdigest() != str(table["sha256"]):
            raise Damaged(f"{PATH.name} is not the file that {TABLE.name} was written for: install Widerhall anew")
        self.names: tuple[str, ...] = tuple(str(name) for name in table["names"])
        self._pieces = Pieces([str(piece) for piece in table["pieces"]], table["scores"].tolist())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums in one order; the daemon has other work
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def logits(self, text: str) -> Vector:
        """The value of every head, in the order of `names`; 0 for a text without words."""
        text = calm(text)
        ids = self._pieces.ids(text[: _LETTERS // 2] + text[-_LETTERS // 2 :] if len(text) > _LETTERS else text)
        if len(ids) > READS_AT_MOST:
            ids = ids[: READS_AT_MOST // 2] + ids[-READS_AT_MOST // 2 :]
        parts = [ids[first : first + WINDOW] for first in range(0, len(ids), WINDOW)]
        values = [self._run([part])[0] * len(part) for part in parts]
        return np.asarray(sum(values) / np.float32(max(len(ids), 1)), np.float32)

    def of_short(self, texts: Sequence[str]) -> list[Vector]:
        """The same for sentences at once, each read by its first `WINDOW` pieces."""
        return list(self._run([self._pieces.ids(calm(text))[:WINDOW] for text in texts])) if texts else []

    def _run(self, parts: Sequence[Sequence[int]]) -> Any:
        rows = [[BEGIN, *part, END] for part in parts]
        longest = max(map(len, rows))
        ids = np.array([[*row, *[_FILLING] * (longest - len(row))] for row in rows], np.int64)
        mask = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in rows], np.float32)
        return self._session.run(None, {"ids": ids, "mask": mask})[0]


def load(path: Path = PATH, table: Path = TABLE) -> Strong:
    """Read the model. Nothing in its files can run: ONNX is a graph of known operations, pickles are refused."""
    with np.load(table, allow_pickle=False) as stored:
        return Strong(path.read_bytes(), {name: stored[name] for name in stored.files})


@cache
def shipped() -> Strong:
    """The model that comes with the package, read once (about half a second)."""
    return load()
