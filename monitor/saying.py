# ruff: noqa: E501 - tables of sentences
"""What a platform's error means for a person: one German sentence with what to do. The English line is a detail.

Connectors speak English to the log (connectors/core/errors.py). Here, at the edge, the class says who must act, and
where the line is a known one, a closer sentence takes its place. A test walks all classes and all known lines.
"""

import re

from connectors.core import errors
from connectors.core.registry import UnknownKind
from monitor.tables import Problem
from monitor.words import Spoken, _, later

PROBLEMS = Spoken(
    {
        Problem.NONE: "",
        Problem.CONFIG: later(
            "Bitte prüfen Sie die Einstellungen dieser Quelle mit „widerhall check-config“. Die Fristen laufen weiter."
        ),
        Problem.LOGIN: later(
            "Bitte melden Sie sich dort neu an. Antworten warten so lange, die Fristen laufen weiter."
        ),
        Problem.QUOTA: later("Sie müssen nichts tun. Widerhall fragt nach der Pause wieder."),
        Problem.UNAVAILABLE: later(
            "Sie müssen nichts tun. Widerhall versucht es weiter. Dauert es länger, sehen Sie dort selbst nach."
        ),
        Problem.CHANGED: later(
            "Bitte geben Sie die Meldung an die Technik weiter. Bis dahin sehen Sie dort bitte selbst nach."
        ),
        Problem.SILENT: later("Bitte sehen Sie auf der Plattform nach, ob dort wirklich nichts Neues steht."),
    }
)

CLASSES = Spoken(
    {
        errors.ConnectorError: later("Bei der Verbindung ging etwas schief. Bitte geben Sie die Einzelheiten weiter."),
        errors.ConfigProblem: later(
            "Adresse, Rechte oder Einstellungen stimmen nicht. Bitte prüfen Sie die Konfiguration."
        ),
        UnknownKind: later("Diese Art von Quelle gibt es nicht. Welche es gibt, steht in config.example.toml."),
        errors.LoginExpired: later(
            "Die Plattform nimmt die Anmeldung nicht mehr an. Bitte melden Sie sich dort neu an."
        ),
        errors.RateLimited: later("Die Plattform bittet um eine Pause. Widerhall wartet und fragt dann wieder."),
        errors.Unavailable: later(
            "Die Plattform ist nicht erreichbar. Widerhall versucht es weiter; nichts ging hinaus."
        ),
        errors.Changed: later("Die Plattform antwortet anders als bisher. Bitte geben Sie die Einzelheiten weiter."),
        errors.Refused: later("Die Plattform nimmt diesen Text nicht an. Bitte überarbeiten Sie ihn."),
        errors.Unclear: later("Es ist unklar, ob der Text ankam. Widerhall sieht nach und sendet nichts doppelt."),
        errors.Gone: later("Der Beitrag ist auf der Plattform nicht mehr da."),
    }
)

# what stands in the line -> what to do; the first that fits
LINES: tuple[tuple[str, str], ...] = (
    (r"plain http is not allowed", later("Die Adresse ist unverschlüsselt. Nehmen Sie https, oder erlauben Sie das Netz mit allow_networks.")),
    (r"resolves to ", later("Die Adresse führt in ein privates Netz. Ist das gewollt, nennen Sie es in allow_networks.")),
    (r"allow_networks: ", later("In allow_networks steht kein gültiges Netz; eines sieht so aus: 192.168.0.0/16.")),
    (r"must begin with https:// and name a host|is not an address|address is not valid", later("Die Adresse in der Konfiguration ist keine vollständige Adresse mit https://.")),
    (r"must not hold a login, a query or a fragment", later("Die Adresse darf weder Anmeldung noch ? oder # enthalten.")),
    (r"token is missing|app_password is missing|answering needs username", later("Es fehlen die Zugangsdaten. Tragen Sie sie ein, wie config.example.toml es zeigt.")),
    (r"configured token contains characters", later("Im Zugangscode stehen Zeichen, die dort nicht hingehören. Bitte kopieren Sie ihn neu.")),
    (r"token is not accepted", later("Die Plattform nimmt den Zugangscode nicht mehr an. Bitte erzeugen Sie dort einen neuen.")),
    (r"nobody has the handle", later("Dieses Konto gibt es auf der Plattform nicht. Bitte prüfen Sie die Schreibweise.")),
    (r"no login is stored", later("Die Plattform lässt Fremde nicht lesen. Hinterlegen Sie Zugangsdaten, wie config.example.toml es zeigt.")),
    (r"may not moderate comments", later("Das WordPress-Konto darf keine Kommentare verwalten. Geben Sie ihm die Rolle Redakteur.")),
    (r"own user unknown", later("WordPress verrät die Nummer des eigenen Kontos nicht. Tragen Sie sie in own_accounts ein.")),
    (r"there is no feed at this address|this is no feed|root element", later("Unter dieser Adresse steht kein Feed. Bitte prüfen Sie sie im Browser.")),
    (r"public_url is no AppView", later("public_url ist kein Bluesky-Dienst. Lassen Sie die Zeile weg.")),
    (r"is larger than|unpack to more than", later("Die Antwort oder Datei ist zu groß und wurde nicht gelesen. Teilen Sie die Datei, oder sagen Sie der Technik Bescheid.")),
    (r"workbook or a PDF", later("Das ist eine Arbeitsmappe oder ein PDF. Speichern Sie die Tabelle als CSV und lesen Sie diese ein.")),
    (r"this source has no path", later("Diese Quelle liest nichts von selbst. Bringen Sie die Dateien mit widerhall import.")),
    (r"cannot be read: ", later("Die Datei lässt sich nicht lesen. Bitte prüfen Sie Pfad und Rechte.")),
    (r"cannot connect|timed out|name resolution|cannot be reached", later("Die Plattform ist nicht zu erreichen. Widerhall versucht es weiter; prüfen Sie sonst die Leitung.")),
    (r"the connection broke", later("Die Verbindung brach ab.")),
    (r"certificate", later("Das Zertifikat der Plattform stimmt nicht. Widerhall liest dort nichts, bis es wieder stimmt.")),
    (r"points to another host", later("Die Plattform leitet auf einen anderen Namen um. Tragen Sie die neue Adresse ein, wenn sie richtig ist.")),
    (r"database was busy or full", later("Unsere eigene Datenbank war beschäftigt oder voll. Bitte prüfen Sie den freien Platz.")),
    (r"turns in circles|repeats what was read", later("Die Plattform schickt immer dieselbe Seite. Der Durchgang wurde beendet, der nächste beginnt von vorn.")),
    (r"not configured any more|no source .* is configured", later("Diese Quelle steht nicht mehr in der Konfiguration.")),
    (r"settings of .* do not fit", later("Die Einstellungen dieser Quelle passen nicht. Bitte prüfen Sie sie mit widerhall check-config.")),
    (r"another worker has taken over", later("Ein anderer Prozess hat diese Quelle übernommen. Sie müssen nichts tun.")),
    (r"the text is empty", later("Der Text ist leer. Bitte schreiben Sie einen.")),
    (r"the text has \d+ ", later("Der Text ist länger, als die Plattform erlaubt. Bitte kürzen Sie ihn.")),
    (r"invisible character", later("Im Text steht ein unsichtbares Zeichen. Bitte tippen Sie die Stelle neu.")),
    (r"the text must contain", later("Die Antwort muss die Person mit @Namen nennen, sonst erfährt sie nichts davon.")),
    (r"would drop or change what stands between", later("WordPress würde Zeichen wie < oder & im Text ändern. Bitte schreiben Sie sie aus.")),
    (r"does not allow us to answer", later("Wer das schrieb, lässt keine Antworten zu. Bitte erledigen Sie den Beitrag auf einem anderen Weg.")),
    (r"comment_duplicate", later("WordPress hält die Antwort für doppelt. Bitte sehen Sie nach, ob sie schon dort steht.")),
    (r"comment_flood", later("WordPress sind das zu viele Antworten auf einmal. Widerhall wartet.")),
)  # fmt: skip

# why a record could not be read -> the same for a person
RECORDS: tuple[tuple[str, str], ...] = (
    (r"^row has neither|the row has neither", later("Die Zeile hat weder Text noch Sterne.")),
    (r"no column for text or stars", later("Keine Spalte für Text oder Sterne gefunden. Nennen Sie sie in der Quelle unter columns.")),
    (r"two columns for", later("Zwei Spalten passen auf dasselbe Feld. Nennen Sie die richtige in der Quelle unter columns.")),
    (r"not a time|cannot be right", later("Das Datum lässt sich nicht lesen.")),
    (r"not a number of stars|rating", later("Die Sterne lassen sich nicht lesen oder sind mehr, als es gibt.")),
    (r"expected yes or no", later("Hier steht weder ja noch nein.")),
    (r"no id|expected an id", later("Dem Datensatz fehlt seine Kennung.")),
    (r"not JSON|nested", later("Das ist kein lesbares JSON.")),
    (r"expected|not a number|is not between", later("Ein Feld hat eine andere Form als erwartet.")),
)  # fmt: skip

# why a message to our own people did not get out
MESSAGES: tuple[tuple[str, str], ...] = (
    (r"apprise is not installed", later("Apprise ist nicht installiert: make setup.")),
    (r"address is not understood", later("Eine Adresse in apprise_file wird nicht verstanden.")),
    (r"place did not take it", later("Der Dienst hat die Kurznachricht nicht angenommen.")),
    (r"interrupted", later("Das Senden wurde unterbrochen.")),
    (r"(?i)auth|535", later("Der Mailserver nimmt die Anmeldung nicht an.")),
    (r"sender refused", later("Der Mailserver nimmt die Absenderadresse nicht an. Bitte prüfen Sie sender und smtp_user.")),
    (r"recipient refused", later("Der Mailserver nimmt eine Empfängeradresse nicht an.")),
    (r"content refused: 4", later("Der Mailserver nimmt gerade keine Nachrichten an. Widerhall versucht es wieder.")),
    (r"content refused: 5", later("Der Mailserver nimmt den Inhalt der Nachricht nicht an. Bitte fragen Sie, wer ihn betreibt.")),
)  # fmt: skip


def of_error(error: errors.ConnectorError) -> str:
    """The sentence for an error at hand."""
    known = known_line(str(error)) or (known_line(error.code) if error.code else "")
    return known or next(CLASSES[kind] for kind in type(error).__mro__ if kind in CLASSES)


def of_source(problem: Problem, note: str) -> str:
    """The sentence for what is stored about a source."""
    return known_line(note) or PROBLEMS[problem]


def of_record(reason: str) -> str:
    """The sentence for a record that could not be read."""
    return _first(RECORDS, reason) or _("Dieser Datensatz lässt sich nicht lesen.")


def of_message(problem: str) -> str:
    """The sentence for a message to our own people that did not get out."""
    return _first(MESSAGES, problem) or _("Der Mailserver hat die Nachricht nicht angenommen.")


def known_line(note: str) -> str:
    """The closer sentence for a known line of a connector; empty for others."""
    return _first(LINES, note)


def _first(table: tuple[tuple[str, str], ...], words: str) -> str:
    return _(next((sentence for pattern, sentence in table if re.search(pattern, words)), ""))
