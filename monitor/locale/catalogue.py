"""`make catalogue`: the sentences of the source into en.po, refused while one of them is not translated, then compiled.

Sentences stand in three kinds of files: Python (`_`, `ngettext`, `later`), templates, and tables of words in TOML of
which a key is shown to our own people. What goes out to the public is German and no sentence of the catalogue.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PO = HERE / "en/LC_MESSAGES/widerhall.po"
MO = PO.with_suffix(".mo")
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None, "pgettext": ((1, "c"), 2)}
_WORDS = "monitor.locale.catalogue:words_of_toml"
_METHODS = [
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**.py", "python"),
    ("triage/lexicon.de.toml", _WORDS),
    ("policy/policy.de.toml", _WORDS),
    ("policy/guideline.de.toml", _WORDS),
]
_OPTIONS = {
    "**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"},
    "triage/lexicon.de.toml": {"key": "words"},
    "policy/policy.de.toml": {"key": "message"},
    "policy/guideline.de.toml": {"key": "words"},
}
_BEGUN = datetime(2026, 11, 22, tzinfo=UTC)  # always the same: the same source gives the same bytes
_PLACE = re.compile(r"\{[a-z_]*[^{}]*\}|%\([a-z_]+\)[sd]|%%")
_NUMBERS = frozenset({"{n}", "%(n)s", "%(count)s"})  # "one day" and "{n} days" are both right
Found = tuple[int, str, str, list[str]]


def words_of_toml(
    file: IO[bytes], _keywords: object, _comment_tags: object, options: dict[str, Any]
) -> Iterator[Found]:
    """Babel's extraction method for a table of words: every value of the key that `options` names."""
    text = file.read().decode("utf-8")
    for sentence in _values(tomllib.loads(text), options["key"]):
        yield 1, "gettext", sentence, []


def _values(body: object, key: str) -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in body.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from _values(value, key)
    elif isinstance(body, list):
        for part in body:
            yield from _values(part, key)


def of_source() -> Catalog:
    """Every sentence of the source as it stands now, in the order of the files, without a translation."""
    found = Catalog(
        locale="en",
        header_comment="# The English sentences of Widerhall. `make catalogue` renews this file (docs/translating.md).",
        project="Widerhall",
        version="1",
        creation_date=_BEGUN,
        revision_date=_BEGUN,
        fuzzy=False,
    )
    for layer in ("connectors", "monitor", "replies"):
        top = ROOT / layer
        for file, _line, message, comments, context in extract_from_dir(top, _METHODS, _OPTIONS, _KEYWORDS):
            place = [(f"{layer}/{Path(file).as_posix()}", 0)]
            found.add(message, None, place, auto_comments=comments, context=context)
    return found


def stored(path: Path = PO) -> Catalog:
    """The catalogue as it is committed."""
    with path.open("rb") as file:
        return read_po(file, locale="en")


def renewed(old: Catalog) -> Catalog:
    """The sentences of the source with the translations we have; what the source no longer says is left out."""
    new = of_source()
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None and "fuzzy" not in known.flags:
            message.string = known.string
    return new


def lacks(catalogue: Catalog) -> list[str]:
    """What is wrong with it: sentences without a translation, fuzzy ones, and places that are not the German ones."""
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        german, english = _forms(message.id), _forms(message.string)
        if "fuzzy" in message.flags or len(german) != len(english) or not all(english):
            wrong.append(f"not translated: {german[0]!r}")
        elif any(_places(one) - _NUMBERS != _places(german[-1]) - _NUMBERS for one in english):
            wrong.append(f"other placeholders: {german[0]!r}: {english}")
    return wrong


def _forms(text: Any) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _places(text: str) -> frozenset[str]:
    return frozenset(_PLACE.findall(text))


def strangers(one: Catalog, other: Catalog) -> list[str]:
    """Sentences of the one that the other does not hold."""
    return sorted(_forms(m.id)[0] for m in one if m.id and other.get(m.id, m.context) is None)


def written(catalogue: Catalog) -> bytes:
    """The .po file: places without lines, so that moving a function changes nothing."""
    file = BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False, omit_header=False, ignore_obsolete=True)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The .mo file, as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main() -> int:
    """Renew en.po; compile it if it is whole, else say what is missing."""
    catalogue = renewed(stored())
    PO.write_bytes(written(catalogue))
    wrong = lacks(catalogue)
    if wrong:
        wrong.append(f"{len(wrong)} to do in {PO.relative_to(ROOT)}; then make catalogue again")
        sys.stderr.writelines(f"{line}\n" for line in wrong)
        return 1
    MO.write_bytes(compiled(catalogue))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
