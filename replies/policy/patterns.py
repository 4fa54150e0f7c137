"""The rules' words as data (`policy.de.toml`), compiled to regular expressions over folded words.

A pattern is a row of elements, one blank apart:

    wort  wort*  *wort*  a|b*     a word, its beginning, a part of it, one of several
    ganz+dicht                    two words as one alternative, inside `a|b+c`
    <name>                        a named list of `[names]`; also inside `a|<name>`
    [a|b]                         the same, but it may be missing
    ..4   ~4                      up to four words in between, not over the end of a sentence; `~` not over a comma
    #                             a number
    , ! ? : .                     the mark itself
    ^                             the beginning of a sentence

Every gap is bounded and there is no nesting, so no text can make matching explode.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from replies.policy.findings import Severity
from replies.policy.reading import fold

NEGATIONS = (
    "nicht|kein|keine|keinen|keinem|keiner|keines|nie|niemals|weder|ohne|keinesfalls|keineswegs|niemand|niemanden"
)


class PolicyError(ValueError):
    """The word list cannot be read; the message names the rule and the pattern."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern; `negates`: it contains its own "nicht"."""

    regex: re.Pattern[str]
    negates: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What the word list knows about one rule.

    Attributes:
        negation: "near" (a "nicht" just before the words acquits), "sentence" (anywhere in it) or "none".
        echo: the author's own words, quoted or reported, acquit.
        unless: words in the same sentence that acquit.
        lists: further named patterns of the rule.
    """

    name: str
    rule: str
    severity: Severity
    message: str
    suggestion: str
    why: str
    negation: str = "near"
    echo: bool = False
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    lists: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)


def compile_pattern(text: str, names: Mapping[str, str]) -> Pattern:
    """One pattern of the list.

    Raises:
        PolicyError: an unknown name, or a pattern that begins with a gap.
    """
    parts = ["(?<= )"]
    for element in text.split():
        if element == "^":
            parts[0] = r"(?<=[.!?;:\n] )"
        elif gap := re.fullmatch(r"(\.\.|~)(\d+)", element):
            stop = ".!?;\n" + ("," if gap[1] == "~" else "")
            parts.append(rf"(?:[^ {re.escape(stop)}][^ ]* ){{0,{gap[2]}}}")
        elif element.startswith("["):
            parts.append(f"(?:{_slot(element[1:-1], names, text)} )?")
        else:
            parts.append(f"{_slot(element, names, text)} ")
    if parts[-1].endswith(" "):
        parts[-1] = parts[-1][:-1] + "(?= )"
    negates = any(word in NEGATIONS.split("|") for word in re.split(r"[ |\[\]]", text)) or "kein*" in text
    return Pattern(re.compile("".join(parts)), negates)


def _slot(element: str, names: Mapping[str, str], pattern: str) -> str:
    shapes: list[str] = []
    for shape in element.split("|"):
        if shape.startswith("<"):
            if shape[1:-1] not in names:
                raise PolicyError(f"policy: {pattern!r} names an unknown list {shape}")
            shapes.append(_slot(names[shape[1:-1]], names, pattern))
        elif shape == "#":
            shapes.append(r"\d[\d.,:]*")
        elif "+" in shape:
            shapes.append(" ".join(_slot(word, names, pattern) for word in shape.split("+")))
        elif not any(char.isalnum() for char in shape):
            shapes.append(re.escape(shape))
        else:
            word = re.escape(fold(shape.strip("*")))
            shapes.append(("[^ ]*" if shape.startswith("*") else "") + word + ("[^ ]*" if shape.endswith("*") else ""))
    return f"(?:{'|'.join(shapes)})"


def compiled(texts: Sequence[str], names: Mapping[str, str]) -> tuple[Pattern, ...]:
    """A list of patterns; rows of plain single words become one expression."""
    single = [text for text in texts if " " not in text and "[" not in text]
    rows = [text for text in texts if text not in single]
    joined = [compile_pattern("|".join(single), names)] if single else []
    return (*joined, *(compile_pattern(text, names) for text in rows))


def _read(name: str) -> dict[str, dict[str, dict[str, object]]]:
    text = resources.files("replies.policy").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def paragraphs() -> dict[str, Paragraph]:
    """Every rule's words and sentences by name."""
    words, sentences = _read("policy.de.toml"), guideline()
    names = {name: str(value) for name, value in words["names"].items()}
    found: dict[str, Paragraph] = {}
    for name, body in words["rule"].items():
        lists = body.get("lists", {})
        source = str(body.get("sentence", body["id"]))
        found[name] = Paragraph(
            name=name,
            rule=str(body["id"]),
            severity=Severity(str(body["severity"])),
            message=str(body["message"]),
            suggestion=str(body["suggestion"]),
            why=sentences[source],
            negation=str(body.get("negation", "near")),
            echo=bool(body.get("echo", False)),
            patterns=compiled(_strings(body.get("patterns")), names),
            unless=compiled(_strings(body.get("unless")), names),
            lists={key: compiled(_strings(value), names) for key, value in lists.items()}
            if isinstance(lists, dict)
            else {},
        )
    return found


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


@cache
def guideline() -> dict[str, str]:
    """Id -> the sentence that people read: the guideline's own words, or the law in plain ones."""
    body = _read("guideline.de.toml")
    quotes = {key: f"Der Leitfaden sagt: „{row['quote']}“" for key, row in body["guideline"].items()}
    return quotes | {key: str(row["words"]) for key, row in body["law"].items()}
