"""The `widerhall` command: names, arguments, exit codes. Every command's code and its heavy imports load when it runs.

Exit codes: 0 done; 1 something was found or failed; 2 wrong usage; 130 interrupted.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, pairwise
from pathlib import Path

from monitor import words
from monitor.faults import told
from monitor.german_usage import speak
from monitor.words import _, later

Arguments = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, where its code is, one line of help, and its arguments."""

    name: str
    place: str  # module:function below monitor.commands
    help: str
    arguments: Arguments | None = None
    config: bool = True
    open_options: bool = False  # takes further --option value pairs


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080, help=_("Port der Seite"))
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help=_("Ordner der Vorführung"))
    parser.add_argument("--fresh", action="store_true", help=_("den Ordner vorher leeren"))


def _kind_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help=_("Art der Quelle"))
    parser.add_argument("file", metavar="FILE|-", help=_("Datei mit einer Antwort der Plattform; - liest die Eingabe"))


def _kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help=_("Art der Quelle"))


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", nargs="?", help=_("Name der Quelle; ohne Angabe alle"))


def _judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE|-", nargs="?", default="-", help=_("JSON-Zeilen; - liest die Eingabe"))
    parser.add_argument("--stored", action="store_true", help=_("gespeicherte Einschätzungen erneuern"))


def _lines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE|-", nargs="?", default="-", help=_("JSON-Zeilen; - liest die Eingabe"))


def _queue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("als JSON-Zeilen"))
    parser.add_argument("--overdue", action="store_true", help=_("nur überfällige"))


def _week(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="YYYY-Www", help=_("eine Woche wie 2026-W47; ohne Angabe diese"))


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help=_("Name der Quelle"))
    parser.add_argument("file", metavar="FILE", help=_("CSV oder JSON-Zeilen; - liest die Eingabe"))


def _redrive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--drop", metavar="SOURCE", help=_("die Datensätze dieser Quelle nicht mehr lesen, sondern abhaken")
    )


def _outbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "verb", choices=_OUTBOX, metavar=_all(_OUTBOX), help=_("anhalten, weiterlaufen lassen, auflisten")
    )


_OUTBOX = ("pause", "resume", "list")
_USER = ("add", "list", "disable", "enable", "password", "mail", "second-factor-off")


def _all(verbs: tuple[str, ...]) -> str:
    """How a usage and an error name them."""
    return "{" + ",".join(verbs) + "}"


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("als JSON-Zeilen"))


def _verify(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    known = _("Stand des Protokolls aus einer Morgenmail, wie 1234:0a1b2c3d4e5f6071; er muss noch darin stehen")
    parser.add_argument("--known", metavar=_("NUMMER:SIEGEL"), type=_end_of_journal, help=known)


def _end_of_journal(word: str) -> str:
    if re.fullmatch(r"[0-9]+:[0-9a-f]{8,64}", word) is None:
        raise argparse.ArgumentTypeError(_("erwartet wird eine Nummer und ein Siegel, wie 1234:0a1b2c3d4e5f6071"))
    return word


def _user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=_USER, metavar=_all(_USER), help=_("was geschehen soll"))
    parser.add_argument("name", nargs="?", help=_("Name der Person"))
    parser.add_argument("--role", choices=("staff", "owner", "auditor"), help=_("Mitarbeit, Inhaber oder Prüfung"))
    parser.add_argument("--password-file", type=Path, help=_("Datei mit dem Passwort; sonst wird gefragt"))
    parser.add_argument("--mail", help=_("Adresse für Erinnerungen; leer: keine"))


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", help=_("nur dieser Teil"))
    parser.add_argument("--posts", type=int, help=_("so viele Beiträge statt der vorgesehenen Zahl"))
    parser.add_argument("--seconds", type=float, help=_("so lange wird der ruhende Daemon beobachtet (nur idle)"))
    parser.add_argument("--data", type=Path, help=_("Ordner mit fremden Daten (judgement, repetition)"))
    parser.add_argument(
        "--write", type=Path, help=_("die Tabelle auch in diese Datei schreiben (judgement, repetition)")
    )


def _author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("author", metavar="AUTHOR", help=_("Kennung oder Name, wie die Plattform sie nennt"))
    parser.add_argument("--source", help=_("nur bei dieser Quelle"))


def _erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("author", metavar="AUTHOR", nargs="?", help=_("Kennung oder Name, wie die Plattform sie nennt"))
    parser.add_argument("--source", help=_("nur bei dieser Quelle"))
    parser.add_argument("--yes", action="store_true", help=_("nicht nachfragen"))
    parser.add_argument("--sweep", action="store_true", help=_("nur die Reste in den Dateien der Datenbank tilgen"))


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("die Sicherung, eine Datei für beide Datenbanken"))


COMMANDS: tuple[Command, ...] = (
    Command("demo", "demo:demo", later("eine Vorführung mit einem erdachten Betrieb starten"), _demo, config=False),
    Command("run", "serve:run", later("Daemon und Seite in einem starten")),
    Command("daemon", "serve:daemon", later("nur den Daemon starten: lesen, veröffentlichen, nachsehen")),
    Command("web", "serve:web", later("nur die Seite starten")),
    Command("check-config", "setup:check_config", later("die Konfiguration prüfen, alle Fehler auf einmal")),
    Command("migrate", "setup:migrate", later("die Datenbank auf den neuen Stand bringen")),
    Command("status", "status:status", later("Quellen und Warnungen zeigen")),
    Command(
        "try", "look:look", later("eine Quelle nur ansehen, nichts speichern"), _kind, config=False, open_options=True
    ),
    Command("fetch", "sources:fetch", later("jetzt eine Runde lesen"), _source),
    Command(
        "parse",
        "lines:parse",
        later("eine Antwort der Plattform in JSON-Zeilen verwandeln"),
        _kind_file,
        config=False,
        open_options=True,
    ),
    Command("judge", "lines:judge", later("Texte einschätzen, eine JSON-Zeile je Text"), _judge),
    Command(
        "check-reply",
        "replies:check_reply",
        later("Antworten gegen den Leitfaden prüfen, Befunde je Zeile"),
        _lines,
        config=False,
    ),
    Command("queue", "queue:queue", later("zeigen, was zu beantworten ist"), _queue),
    Command("report", "report:report", later("die Woche zum Ausdrucken: Anlässe, Zeiten, Maßnahmen"), _week),
    Command("import", "sources:take_in", later("eine Datei in eine Quelle einlesen"), _import),
    Command("outbox", "outbox:outbox", later("den Ausgang anhalten, fortsetzen oder auflisten"), _outbox),
    Command("redrive", "sources:redrive", later("zurückgestellte Datensätze noch einmal lesen"), _redrive),
    Command("verify", "verify:verify", later("alle Zusagen und das Protokoll nachprüfen"), _verify),
    Command(
        "user",
        "people:user",
        later("Personen anlegen, auflisten, sperren, entsperren, Passwort und Mailadresse setzen"),
        _user,
    ),
    Command("export", "privacy:export", later("alles über eine Person als JSON ausgeben (Auskunft)"), _author),
    Command("erase", "privacy:erase", later("alles von einer Person löschen; Pflicht und Protokoll bleiben"), _erase),
    Command("backup", "backup:backup", later("alles in eine Datei sichern, ohne den Schlüssel"), _file),
    Command("restore", "backup:restore", later("eine Sicherung in eine leere Datenbank zurückspielen"), _file),
    Command("doctor", "doctor:doctor", later("die Installation untersuchen und sagen, was zu beheben ist")),
    Command("bench", "bench:bench", later("Verhältnisse messen und neben die Ziele stellen"), _bench),
)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    speak()
    spoken = argparse.ArgumentParser(add_help=False)
    spoken.add_argument(
        "--lang",
        choices=words.LANGUAGES,
        metavar="LANG",
        default=argparse.SUPPRESS,
        help=_("Sprache der Ausgabe, de oder en"),
    )
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument(
        "--config", type=Path, default=argparse.SUPPRESS, help=_("Konfigurationsdatei (sonst config.toml)")
    )
    top = argparse.ArgumentParser(
        prog="widerhall",
        description=_(
            "Jede öffentliche Beschwerde bekommt eine sachliche, freigegebene Antwort, die dann zu sehen ist."
        ),
        parents=[config, spoken],
        allow_abbrev=False,
    )
    names = top.add_subparsers(dest="command", metavar=_("BEFEHL"), required=True, title=_("Befehle"))
    for command in COMMANDS:
        parents = [config, spoken] if command.config else [spoken]
        sub = names.add_parser(
            command.name, help=_(command.help), description=_(command.help), parents=parents, allow_abbrev=False
        )
        if command.arguments is not None:
            command.arguments(sub)
    return top


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code. No stack trace reaches a person."""
    _steady_streams()
    before = words.house()
    words.speak(_chosen(argv) or words.GERMAN)
    try:
        return _run(argv)
    finally:
        words.speak(before)


def _chosen(argv: Sequence[str]) -> str:
    """The language that was asked for, before anything is said: by --lang, else by WIDERHALL_LANG; "" by neither."""
    asked = [two for one, two in pairwise(argv) if one == "--lang"]
    asked += [word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")]
    return next((one for one in (*asked, os.environ.get("WIDERHALL_LANG", "")) if one in words.LANGUAGES), "")


def _configured(path: Path) -> str:
    """The language of the house, as far as its file can be read; its mistakes are the command's to tell."""
    import tomllib

    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["business"]["language"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _run(argv: Sequence[str]) -> int:
    top = parser()
    try:
        arguments, rest = top.parse_known_args(_options_last(argv))
    except SystemExit as end:
        return _flushed(int(end.code or 0))
    except (BrokenPipeError, OSError) as error:
        return _explain(error)
    command = next(entry for entry in COMMANDS if entry.name == arguments.command)
    if rest and not command.open_options:
        top.print_usage(sys.stderr)
        print(_("widerhall: Diese Angaben kenne ich nicht: {rest}").format(rest=" ".join(rest)), file=sys.stderr)
        return 2
    arguments.rest = rest
    arguments.config_named = hasattr(arguments, "config") or "WIDERHALL_CONFIG" in os.environ
    if not hasattr(arguments, "config"):
        arguments.config = Path(os.environ.get("WIDERHALL_CONFIG", "config.toml"))
    if command.config and not _chosen(argv):
        words.speak(_configured(arguments.config))
    return _call(command, arguments)


def _steady_streams() -> None:
    """No letter of a post, and no terminal that cannot show it, may end a command."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the caller closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for the life of the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _options_last(argv: Sequence[str]) -> list[str]:
    """`parse --own X mastodon FILE` means `parse mastodon FILE --own X`: every open option takes one value."""
    given = list(argv)
    at = 0
    while at < len(given) and given[at].startswith("-"):
        at += 2 if given[at] in {"--config", "--lang"} else 1
    is_open = at < len(given) and any(command.name == given[at] and command.open_options for command in COMMANDS)
    if not is_open or "-h" in given or "--help" in given:
        return given
    plain: list[str] = []
    options: list[str] = []
    rest = iter(given[at + 1 :])
    for word in rest:
        if not word.startswith("--"):
            plain.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        options.append(word)
        if not equals:
            options += (found := [*islice(rest, 1)])
            value = "".join(found)
        if name == "option" and "=" not in value:
            options += islice(rest, 1)
    return [*given[: at + 1], *plain, *options]


def _call(command: Command, arguments: argparse.Namespace) -> int:
    module, function = command.place.split(":")
    try:
        code: int = getattr(import_module(f"monitor.commands.{module}"), function)(arguments)
    except KeyboardInterrupt:
        return _flushed(130)
    except Exception as error:  # noqa: BLE001 - the last net: a sentence for the person, the trace for those who ask
        return _flushed(_explain(error, arguments.config if command.config else None))
    return _flushed(code)


def _flushed(code: int) -> int:
    """Everything is out, or nobody reads it: then the rest goes nowhere, without Python's own complaint."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or _explain(error)
    return code


def _explain(error: Exception, config: Path | None = None) -> int:
    if isinstance(error, BrokenPipeError):
        return 1
    if os.environ.get("WIDERHALL_DEBUG"):
        raise error
    for line in told(error, config):
        print(line, file=sys.stderr)
    return 1
