"""`widerhall judge`: posts as JSON lines in, one verdict a line out, same order (DESIGN 6)."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.core.contract import PostKind
from monitor.triage.judgement import Judge, Judgement, PostText
from monitor.triage.repetition import Repeats
from monitor.words import _

KEYS = (
    "id", "lang", "sentiment", "polarity", "hostile", "is_hostile", "complaint", "needs_answer", "sure", "repeats",
    "topics", "demands", "reasons",
)  # fmt: skip
_STARS = 5.0


class BadLine(ValueError):
    """An input line that cannot be judged; the message is German and for people."""


def judge_lines(lines: Iterable[str], judge: Judge) -> Iterator[dict[str, Any]]:
    """Judge each line, streaming and in order; blank lines are passed over.

    A broken line gives `{"line": n, "error": "…"}` in its place; the caller ends with exit 1 if there was one.
    `repeats` are ids of earlier lines of this run, named like in the input.

    Args:
        lines: JSON objects with `id`, `text` and optionally `rating`, `rating_max`, `author_id`, `created`, `kind`.
        judge: who judges.
    """
    repeats = Repeats()
    names: dict[str, str | int] = {}
    for number, line in enumerate(lines, start=1):
        content = line.removeprefix("\ufeff") if number == 1 else line
        if not content.strip():
            continue
        try:
            given, post = _read(content)
        except BadLine as error:
            yield {"line": number, "error": str(error)}
            continue
        place = str(number)  # ids may come twice in a file; places do not
        names[place] = given
        judgement = judge.judge(post)
        matches = repeats.add(replace(post, id=place), judgement)
        earlier = [names[match.id] for match in sorted(matches, key=lambda match: int(match.id))]
        yield _row(given, judgement, list(dict.fromkeys(earlier)))


def _read(line: str) -> tuple[str | int, PostText]:
    try:
        record = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadLine(_("Die Zeile ist kein gültiges JSON.")) from error
    if not isinstance(record, dict):
        raise BadLine(_("Die Zeile ist kein JSON-Objekt mit „id“ und „text“."))
    given = _id(record)
    rating, rating_max = _rating(record)
    return given, PostText(
        id=str(given),
        text=_text(record),
        rating=rating,
        rating_max=rating_max,
        author_id=_author(record),
        created=_created(record),
        kind=_kind(record),
    )


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _id(record: Mapping[str, Any]) -> str | int:
    given = record.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
        raise BadLine(_("„id“ fehlt oder ist weder Text noch ganze Zahl."))
    return given


def _text(record: Mapping[str, Any]) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise BadLine(_("„text“ fehlt oder ist kein Text."))
    return text


def _rating(record: Mapping[str, Any]) -> tuple[float | None, float | None]:
    rating, top = record.get("rating"), record.get("rating_max")
    for name, value in (("rating", rating), ("rating_max", top)):
        if value is not None and not _is_number(value):
            raise BadLine(_("„{name}“ ist keine Zahl.").format(name=name))
    if top is not None and top <= 0:
        raise BadLine(_("„rating_max“ muss größer als 0 sein."))
    if rating is None:
        return None, None
    highest = _STARS if top is None else float(top)
    if not 0 <= rating <= highest:
        raise BadLine(_("„rating“ muss zwischen 0 und {highest} liegen.").format(highest=f"{highest:g}"))
    return float(rating), highest


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _author(record: Mapping[str, Any]) -> str | None:
    author = record.get("author_id")
    if author is None or author == "":
        return None
    if isinstance(author, bool) or not isinstance(author, str | int):
        raise BadLine(_("„author_id“ ist weder Text noch ganze Zahl."))
    return str(author)


def _created(record: Mapping[str, Any]) -> datetime | None:
    written = record.get("created")
    if written is None or written == "":
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadLine(_("„created“ ist kein Zeitpunkt wie 2026-11-30T09:00:00Z.")) from error


def _kind(record: Mapping[str, Any]) -> str:
    kind = record.get("kind")
    if kind is None:
        return PostKind.REVIEW.value if record.get("rating") is not None else PostKind.POST.value
    if not isinstance(kind, str) or kind not in set(PostKind):
        allowed = ", ".join(PostKind)
        raise BadLine(_("„kind“ muss eines von {allowed} sein.").format(allowed=allowed))
    return kind


def _row(given: str | int, judgement: Judgement, repeats: list[str | int]) -> dict[str, Any]:
    values = (
        given,
        judgement.lang,
        judgement.sentiment.value,
        judgement.polarity,
        judgement.hostile,
        judgement.is_hostile,
        judgement.complaint,
        judgement.needs_answer,
        judgement.sure,
        repeats,
        [topic.value for topic in judgement.topics],
        [demand.value for demand in judgement.demands],
        [
            {"rule": reason.rule, "start": reason.start, "end": reason.end, "words": reason.words}
            for reason in judgement.reasons
        ],
    )
    return dict(zip(KEYS, values, strict=True))
