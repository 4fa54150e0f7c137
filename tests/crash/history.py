"""What workers asked for and what they were told, in Jepsen's words, and the judge who compares it with the truth.

Each write leaves `invoke`, then `ok`, `fail` or `info`. A worker that is killed in between leaves the `invoke` alone,
which says as much as `info`: it may have happened.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replies.lifecycle import State
from replies.tables import Reply


@dataclass(frozen=True, slots=True)
class History:
    """A file that survives the one who writes it; without a path nothing is kept."""

    path: Path | None = None

    def write(self, what: str, nonce: str, ref: str = "-") -> None:
        """One line, in one piece."""
        if self.path is not None:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, f"{what} {nonce} {ref}\n".encode())
            os.close(file)

    def read(self) -> list[tuple[str, str, str]]:
        """(what, nonce, ref) in order."""
        lines = self.path.read_text().splitlines() if self.path is not None and self.path.exists() else []
        return [tuple(line.split(" ")) for line in lines]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of all replies of one run.

    Attributes:
        duplicates: texts that stand there once too often.
        lost: replies that count as out and are not there, or that wait for nobody.
        to_a_person: replies that wait for somebody who looks.
        lies: sentences about what the history says and the platform's truth does not.
    """

    duplicates: int
    lost: int
    to_a_person: int
    lies: list[str]


def judge(history: History, truth: dict[str, Any], replies: Iterable[Reply], attempts: Counter[int]) -> Verdict:
    """Compare what is believed with what is true.

    Args:
        attempts: how many attempt rows each reply has.
    """
    replies = list(replies)
    standing = Counter((copy["post"], copy["text"]) for copy in truth["copies"])
    posts = {reply.id: text.split()[-1] for reply in replies for text in [reply.text]}
    copies = {reply.id: standing.pop((posts[reply.id], reply.text), 0) for reply in replies}
    waiting = {reply.id for reply in replies if reply.needs_human}
    gone = [reply.id for reply in replies if not copies[reply.id] and reply.id not in waiting]
    lies = [f"reply {number} is nowhere, and nobody is asked" for number in gone]
    lies += [f"{count} times under {post}, approved by nobody: {text}" for (post, text), count in standing.items()]
    lies += [*_history_lies(history, truth), *_attempt_lies(history, replies, attempts)]
    duplicates = sum(max(count - 1, 0) for count in copies.values())
    return Verdict(duplicates, len(gone), len(waiting), lies)


def _history_lies(history: History, truth: dict[str, Any]) -> Iterator[str]:
    """Every ok stands there, every fail was never carried out, and whatever was asked for had been invoked."""
    refs = {copy["ref"] for copy in truth["copies"]}
    carried_out = {*truth["done"], *truth["pending"]}
    invoked = {nonce for what, nonce, _ in history.read() if what == "invoke"}
    for what, nonce, ref in history.read():
        if what == "ok" and ref not in refs:
            yield f"{nonce} was told ok with {ref}, which is not there"
        if what == "fail" and nonce in carried_out:
            yield f"{nonce} was told that nothing happened, and it did"
    for nonce in {*truth["asked"], *carried_out} - invoked:
        yield f"{nonce} reached the platform without being invoked"


def _attempt_lies(history: History, replies: list[Reply], attempts: Counter[int]) -> Iterator[str]:
    """The row of an attempt is there before its first byte: never more requests than rows."""
    asked = Counter(nonce.rpartition(".")[0] for what, nonce, _ in history.read() if what == "invoke")
    for reply in replies:
        if asked[reply.key or ""] > attempts[reply.id or 0]:
            yield f"reply {reply.id} was sent {asked[reply.key or '']} times, attempts: {attempts[reply.id or 0]}"
        if reply.state == State.SENDING:
            yield f"reply {reply.id} still counts as being sent"
