"""`parse` and `judge`: raw answers and texts in, one JSON object per line out. Other programs call these."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, get_origin

from pydantic import ValidationError

from connectors.core import registry
from connectors.core.contract import Malformed, Post, SourceSettings
from connectors.core.errors import ConnectorError
from connectors.core.export import as_json
from monitor.config import Mistake, load, mistakes_of
from monitor.words import GERMAN, _, refusal, speaking


class UsageProblem(Exception):
    """The options of the command line do not fit; carries every mistake."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("; ".join(mistake.sentence for mistake in mistakes))
        self.mistakes = list(mistakes)


def parse(arguments: argparse.Namespace) -> int:
    """A raw answer of the platform -> one JSON object per record; exit 1 if one of them was broken."""
    try:
        connector = registry.module(arguments.kind)
        settings = settings_from(arguments.kind, arguments.rest)
    except registry.UnknownKind:
        known = ", ".join(registry.kinds())
        print(
            _("{kind} gibt es nicht. Bekannt sind: {known}").format(kind=arguments.kind, known=known), file=sys.stderr
        )
        return 2
    except UsageProblem as problem:
        for mistake in problem.mistakes:
            print(f"{mistake.path}: {mistake.sentence}", file=sys.stderr)
        return 2
    body = read_bytes(arguments.file)
    if body is None:
        return 2
    broken = False
    for item in items_of(connector, body, settings):
        broken = broken or isinstance(item, Malformed)
        put(as_json(item))
    return 1 if broken else 0


def items_of(connector: registry.Connector, body: bytes, settings: SourceSettings) -> Iterator[Post | Malformed]:
    """Split and parse a whole answer; a body that cannot be split ends as one `Malformed`."""
    records = iter(connector.split(body))
    while True:
        try:
            raw = next(records)
        except StopIteration:
            return
        except ConnectorError as error:
            yield Malformed(str(error), body[:2000].decode("utf-8", "replace"))
            return
        yield raw if isinstance(raw, Malformed) else connector.parse(raw, settings)


def settings_from(kind: str, rest: Iterable[str], *, examples: bool = True) -> SourceSettings:
    """A connector's settings from `--name value` or `--option name=value`.

    `examples` fills what is required and missing: enough to read a file, and never to ask a platform.

    Raises:
        UsageProblem: an option that the connector does not know, a value that does not fit, or one that is missing.
    """
    model = registry.settings_class(kind)
    values: dict[str, Any] = {}
    for name, value in _pairs(rest):
        field = name.replace("-", "_")
        field = "own_accounts" if field in {"own", "own_account"} else field
        info = model.model_fields.get(field)
        shape = get_origin(info.annotation) if info is not None else None
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if shape in (tuple, list):
            values.setdefault(field, []).extend(parts)
        elif shape is dict:
            values.setdefault(field, {}).update(_entry(name, part) for part in parts)
        else:
            values[field] = value
    for field, info in model.model_fields.items():
        if examples and info.is_required() and field not in values:
            values[field] = (info.examples or ["x"])[0]
    try:
        return model.model_validate(values, strict=False)
    except ValidationError as error:
        found = mistakes_of(error, "--", model)
        raise UsageProblem(*(Mistake(one.path.replace("--.", "--"), one.sentence) for one in found)) from None


def _entry(name: str, part: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not equals:
        raise UsageProblem(Mistake(f"--{name}", _("Hier wird eine Zuordnung der Form a=b,c=d erwartet.")))
    return key.strip(), value.strip()


def _pairs(rest: Iterable[str]) -> Iterator[tuple[str, str]]:
    words = iter(rest)
    for word in words:
        if not word.startswith("--"):
            raise UsageProblem(Mistake(word, _("Hier wird ein Schalter der Form --name wert erwartet.")))
        name, equals, value = word[2:].partition("=")
        if not equals:
            found = next(words, None)
            if found is None:
                raise UsageProblem(Mistake(word, _("Hier fehlt ein Wert.")))
            value = found
        if name == "option":
            name, equals, value = value.partition("=")
            if not equals:
                value = next(words, "")
        yield name, value


def read_bytes(name: str) -> bytes | None:
    """The file's content, or standard input for `-`; None after a sentence about what is wrong."""
    try:
        if name == "-":
            with open(0, "rb", closefd=False) as source:
                return source.read()
        return Path(name).read_bytes()
    except OSError as error:
        print(_("{name} lässt sich nicht lesen: {why}").format(name=name, why=refusal(error)), file=sys.stderr)
        return None


def put(data: dict[str, Any]) -> None:
    """One JSON object on one line. Lone surrogates are escaped, so that any terminal and pipe can take it."""
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(data, ensure_ascii=True)
    sys.stdout.buffer.write(line.encode("utf-8") + b"\n")


def judge(arguments: argparse.Namespace) -> int:
    """JSON lines -> one verdict per line in the same order; a broken line is told in its place."""
    if arguments.stored:
        if arguments.file != "-":
            print(_("--stored liest keine Datei; lassen Sie {file} weg.").format(file=arguments.file), file=sys.stderr)
            return 2
        return _judge_stored(arguments)
    from monitor.triage import default_judge
    from monitor.triage.jsonl import judge_lines

    strong = _strong_wanted(arguments.config, named=arguments.config_named)
    broken = False
    with _open_lines(arguments.file) as source, speaking(GERMAN):  # JSON speaks no person's language
        if source is None:
            return 2
        for line in judge_lines(source, default_judge(strong=strong)):
            broken = broken or "error" in line
            put(line)
            sys.stdout.buffer.flush()
    return 1 if broken else 0


def _strong_wanted(config: Path, *, named: bool) -> bool:
    """[judging] strong where there is a configuration; texts can be judged without one, unless somebody named it."""
    from monitor.config.sections import Judging

    return (load(config).judging if named or config.exists() else Judging()).strong


class _open_lines:  # noqa: N801 - used like a function
    """Lines of a file or of standard input, decoded so that no byte can stop the run."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.handle: IO[str] | None = None

    def __enter__(self) -> Iterable[str] | None:
        place: Any = 0 if self.name == "-" else self.name
        try:
            self.handle = open(
                place, encoding="utf-8", errors="surrogateescape", newline="\n", closefd=self.name != "-"
            )
        except OSError as error:
            print(_("{name} lässt sich nicht lesen: {why}").format(name=self.name, why=refusal(error)), file=sys.stderr)
        return self.handle

    def __exit__(self, *_: object) -> None:
        if self.handle is not None:
            self.handle.close()


def _judge_stored(arguments: argparse.Namespace) -> int:
    from monitor.bootstrap import open_house
    from monitor.jobs import judge_stored

    house = open_house(arguments.config)
    done = 0
    while step := judge_stored(house, house.now()):
        done += step
    house.close()
    print(_("{done} Einschätzungen erneuert.").format(done=done))
    return 0
