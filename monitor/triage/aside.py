"""The judge in a process of its own, which ends when nothing was asked for a while: its models hold 130 MB.

One JSON line there and one back, in turns: a text and its judgement, or keys and the signatures that posts are found
again by (prints.py). Neither has effects, so a process that ended, or was killed, is started again and asked again.
What is loaded, and how long that takes, is `default_judge`'s matter.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from monitor.triage import prints
from monitor.triage.judgement import Judge, Judgement, PostText

IDLE = 120.0  # seconds without a question after which the process ends
_PATIENCE = 300.0  # seconds for one answer, the loading of the models on a busy machine included
_HOME = Path(__file__).resolve().parents[2]


class JudgeGone(Exception):
    """The judge's process could not be asked, twice in a row."""


class Aside:
    """A judge like the built-in one, in a process of its own. Thread-safe; one question at a time."""

    def __init__(self, idle: float = IDLE, *, strong: bool = False) -> None:
        """Starts nothing yet; `strong`: whether the strong tier judges there, as `default_judge` takes it."""
        self._arguments = (f"{idle:g}", *(["strong"] if strong else []))
        self._name = ""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """Name and version of the judge that answers; asked for once."""
        if not self._name:
            self._ask(None)
        return self._name

    def judge(self, text: PostText) -> Judgement:
        """Judge one post.

        Raises:
            JudgeGone: the process does not answer.
        """
        answer = self._ask(_fields(text))
        return _judgements().validate_python(answer["judgement"])  # type: ignore[no-any-return]

    def signatures(self, keys: Sequence[str]) -> list[bytes]:
        """What `prints.signatures` says, without its numpy in this process.

        Raises:
            JudgeGone: the process does not answer.
        """
        return [bytes.fromhex(told) for told in self._ask(list(keys))["signatures"]] if keys else []

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    @property
    def running(self) -> bool:
        """Is there a process now?"""
        return self._process is not None and self._process.poll() is None

    def _ask(self, question: dict[str, Any] | list[str] | None) -> dict[str, Any]:
        line = json.dumps(question).encode() + b"\n"  # in ASCII, so that no string is too strange for it
        with self._lock:
            for _time in range(2):
                try:
                    answer = self._exchange(line)
                except (OSError, ValueError):
                    self._end()
                    continue
                self._name = answer["name"]
                return answer
        raise JudgeGone("the judge's process does not answer; its own words stand in the log before this line")

    def _exchange(self, line: bytes) -> dict[str, Any]:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            process = self._process = _start(self._arguments)
        asked, said = _pipes(process)
        asked.write(line)
        asked.flush()
        ready, _w, _x = select.select([said], [], [], _PATIENCE)
        found: dict[str, Any] = json.loads(said.readline() if ready else b"")
        return found

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in _pipes(process):
            with suppress(OSError):
                pipe.close()
        process.kill()
        process.wait()


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - we asked for both
    return process.stdin, process.stdout


def _start(arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(filter(None, (str(_HOME), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "monitor.triage.aside", *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}
    )
    threading.Thread(target=process.wait, name="judge's end", daemon=True).start()  # or it stays on as a zombie
    return process


def _fields(text: PostText) -> dict[str, Any]:
    return asdict(text) | {"created": text.created and text.created.isoformat()}


def _text(fields: dict[str, Any]) -> PostText:
    at = fields.pop("created")
    return PostText(**fields, created=at and datetime.fromisoformat(at))


@cache
def _judgements() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Judgement)


def main(idle: float, *, strong: bool = False) -> None:
    """Answer until nobody asks any more. Ends with its parent, not with the signals that the parent gets."""
    from monitor.triage.stage import default_judge

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    asked, judge = sys.stdin.buffer, default_judge(strong=strong)
    while select.select([asked], [], [], idle)[0]:
        line = asked.readline()
        if not line:
            return
        answer = {"name": judge.name, **_answer(judge, json.loads(line))}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _answer(judge: Judge, question: dict[str, Any] | list[str] | None) -> dict[str, Any]:
    if isinstance(question, list):
        return {"signatures": [signature.hex() for signature in prints.signatures(question)]}
    return {"judgement": question and _judgements().dump_python(judge.judge(_text(question)), mode="json")}


if __name__ == "__main__":
    main(float(sys.argv[1]), strong="strong" in sys.argv[2:])
