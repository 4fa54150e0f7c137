"""`try KIND`: a look at a real source before it is configured; nothing is stored."""

import argparse
import sys
from typing import TYPE_CHECKING

from monitor.commands.lines import UsageProblem, put, settings_from
from monitor.words import _, refusal

if TYPE_CHECKING:
    from connectors.core.contract import Card


def look(arguments: argparse.Namespace) -> int:
    """`try KIND`: check a real source and show its first page; nothing is stored."""
    from itertools import islice

    from connectors.core import registry
    from connectors.core.errors import ConnectorError
    from connectors.core.export import as_json

    try:
        settings = settings_from(arguments.kind, _with_secrets(arguments.rest), examples=False)
        connection = registry.open_connection(arguments.kind, settings)
        card = connection.check()
        print(
            _("{name}: erreichbar. Antworten: {reply}{length}").format(
                name=card.name, reply=_answers(card), length=_at_most(card)
            ),
            file=sys.stderr,
        )
        for page in islice(connection.pages(None), 1):
            for item in page.items:
                put(as_json(item))
    except UsageProblem as problem:
        for mistake in problem.mistakes:
            print(f"{mistake.path}: {mistake.sentence}", file=sys.stderr)
        return 2
    except registry.UnknownKind:
        print(
            _("{kind} gibt es nicht. Bekannt sind: {known}").format(
                kind=arguments.kind, known=", ".join(registry.kinds())
            ),
            file=sys.stderr,
        )
        return 2
    except ConnectorError as error:
        from monitor.saying import of_error

        print(of_error(error), file=sys.stderr)
        print(_("Einzelheiten: {note}").format(note=error), file=sys.stderr)
        return 1
    return 0


def _answers(card: "Card") -> str:
    """Who brings an answer there."""
    return {
        "api": _("von Widerhall selbst"),
        "manual": _("von Hand, eine Person trägt sie ein"),
        "none": _("keine möglich"),
    }[card.reply]


def _at_most(card: "Card") -> str:
    return _(", höchstens {n} Zeichen").format(n=card.max_length) if card.max_length else ""


def _with_secrets(rest: list[str]) -> list[str]:
    """`--token-file PATH` becomes `--token VALUE`, so that no secret stands in the process list."""
    from pathlib import Path

    found: list[str] = []
    words = iter(rest)
    for word in words:
        name, equals, value = word.partition("=")
        if not name.endswith("-file"):
            found.append(word)
            continue
        path = Path(value if equals else next(words, ""))
        try:
            found += [name.removesuffix("-file"), path.read_text(encoding="utf-8-sig").strip()]
        except OSError as error:
            from monitor.config import Mistake

            raise UsageProblem(
                Mistake(name, _("{path} lässt sich nicht lesen: {why}").format(path=path, why=refusal(error)))
            ) from error
    return found
