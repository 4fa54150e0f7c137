"""Every enum member in German words, and the functions that look up words and sentences. A test walks all enums."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from connectors.core.contract import Capability, Card, PostKind, ReplyMode
from connectors.core.text import length
from monitor.saying import known_line
from monitor.tables import Forgotten, NoticeState, Problem, RunKind
from monitor.triage.judgement import Demand, Sentiment, Topic
from monitor.web import care_words, language
from monitor.web.sentences import ERRORS, EVENTS, REOPENED, TROUBLE
from monitor.words import Spoken, _, later
from replies.lifecycle import Action, Cause, DutyEvent, DutyState, FactVerdict, Outcome, Proof, ReplyKind, Role, State
from replies.policy import Severity

_LONGEST_REASON = 300
_WORDS: dict[type[StrEnum], dict[str, str]] = {
    State: {
        "draft": later("Entwurf"),
        "submitted": later("wartet auf Freigabe"),
        "approved": later("freigegeben"),
        "sending": later("wird veröffentlicht"),
        "unclear": later("unklar, ob veröffentlicht"),
        "delivered": later("übergeben, noch nicht gesichtet"),
        "published": later("öffentlich gesichtet"),
        "refused": later("nicht angenommen"),
        "withdrawn": later("zurückgezogen"),
    },
    Action: {
        "edit": later("Text geändert"),
        "submit": later("zur Freigabe gegeben"),
        "return": later("mit Grund zurückgegeben"),
        "approve": later("freigegeben"),
        "countersign": later("gegengezeichnet"),
        "undo": later("Freigabe rückgängig gemacht"),
        "revoke": later("Freigabe aufgehoben"),
        "withdraw": later("zurückgezogen"),
        "claim": later("Veröffentlichung begonnen"),
        "postpone": later("ging nachweislich nicht hinaus"),
        "lose": later("Ausgang unklar"),
        "deliver": later("der Plattform übergeben"),
        "refuse": later("von der Plattform nicht angenommen"),
        "confirm": later("öffentlich gesichtet"),
        "rework": later("wird überarbeitet"),
        "restore": later("nach Wiederherstellung unklar"),
    },
    Role: {
        "staff": later("Mitarbeit"),
        "owner": later("Inhaber"),
        "auditor": later("Prüfung"),
        "daemon": later("Widerhall"),
        "hand": later("von Hand"),
    },
    DutyState: {
        "open": later("offen"),
        "held": later("Zwischenstand steht"),
        "answered": later("beantwortet"),
        "released": later("ohne Antwort erledigt"),
    },
    DutyEvent: {
        "contact_seen": later("Zwischenstand öffentlich gesichtet"),
        "contact_lost": later("Zwischenstand ist verschwunden"),
        "answer_seen": later("Antwort öffentlich gesichtet"),
        "reopen": later("wieder geöffnet"),
        "release": later("ohne Antwort erledigt"),
        "return": later("wieder aufgenommen"),
    },
    Proof: {
        "gone": later("Der Beitrag ist verschwunden"),
        "answered_elsewhere": later("An anderer Stelle beantwortet"),
        "no_complaint": later("Keine Beschwerde, von zweien bestätigt"),
        "extortion_reported": later("Erpressung gemeldet"),
        "legal_hold": later("Rechtliche Sperre"),
    },
    ReplyKind: {"holding": later("Halteantwort"), "question": later("Rückfrage"), "final": later("Antwort")},
    FactVerdict: {
        "justified": later("berechtigt"),
        "partly": later("teilweise berechtigt"),
        "unjustified": later("nicht berechtigt"),
        "unclear": later("noch unklar"),
    },
    Cause: {
        "unknown": later("noch nicht bekannt"),
        "service": later("bei uns ging etwas schief"),
        "delay": later("es hat zu lange gedauert"),
        "price": later("Preis oder Rechnung"),
        "misunderstanding": later("Missverständnis"),
        "expectation": later("mehr erwartet, als wir zusagen"),
        "declined": later("ein Wunsch, den wir nicht erfüllen"),
        "address": later("gemeint ist jemand anderes"),
        "stranger": later("war nicht bei uns"),
    },
    Outcome: {
        "started": later("läuft"),
        "delivered": later("übergeben"),
        "refused": later("nicht angenommen"),
        "not_sent": later("nicht hinausgegangen"),
        "unclear": later("unklar"),
        "late": later("Ergebnis kam zu spät"),
    },
    Problem: {
        "": later("in Ordnung"),
        "config": later("Adresse oder Rechte stimmen nicht"),
        "login": later("Die Plattform hat die Anmeldung beendet"),
        "quota": later("Die Plattform bittet uns zu warten"),
        "unavailable": later("Die Plattform ist nicht erreichbar"),
        "changed": later("Die Plattform antwortet anders als bisher"),
        "silent": later("Ungewöhnlich lange nichts Neues"),
    },
    Forgotten: {
        "": later("vorhanden"),
        "term": later("nach Ablauf der Frist gelöscht"),
        "request": later("auf Wunsch gelöscht"),
    },
    NoticeState: {
        "queued": later("wartet"),
        "sending": later("wird verschickt"),
        "sent": later("verschickt"),
        "dropped": later("nicht mehr nötig"),
        "unknown": later("vielleicht angekommen"),
    },
    RunKind: {
        "poll": later("Runde"),
        "sweep": later("voller Durchgang"),
        "backfill": later("erste Übernahme"),
        "import": later("Einlesen"),
    },
    PostKind: {
        "review": later("Bewertung"),
        "comment": later("Kommentar"),
        "mention": later("Erwähnung"),
        "post": later("Beitrag"),
        "alert": later("Hinweis"),
    },
    ReplyMode: {
        "none": later("Antworten gibt es hier nicht"),
        "manual": later("wird von Hand veröffentlicht"),
        "api": later("veröffentlicht Widerhall"),
    },
    Capability: {
        "put": later("eine Antwort je Beitrag, Wiederholen überschreibt"),
        "rkey": later("Kennung der Antwort steht vorher fest"),
        "key": later("doppeltes Senden erkennt die Plattform"),
        "list": later("eigene Antworten lassen sich nachlesen"),
        "blind": later("ein Mensch sieht nach"),
    },
    Severity: {"stop": later("Geht nicht"), "warn": later("Bitte ansehen"), "hint": later("Tipp")},
    Sentiment: {"negative": later("ablehnend"), "neutral": later("sachlich"), "positive": later("freundlich")},
    Topic: {
        "delivery": later("Lieferung"),
        "price": later("Preis"),
        "staff": later("Personal"),
        "quality": later("Qualität"),
        "hygiene": later("Sauberkeit"),
        "waiting": later("Wartezeit"),
        "availability": later("Verfügbarkeit"),
        "billing": later("Rechnung"),
        "communication": later("Erreichbarkeit"),
        "app": later("App und Webseite"),
        "returns": later("Rückgabe"),
        "safety": later("Sicherheit"),
        "other": later("Sonstiges"),
    },
    Demand: {
        "refund": later("Geld zurück"),
        "replacement": later("Ersatz"),
        "damages": later("Schadenersatz"),
        "deadline": later("setzt eine Frist"),
        "amount": later("nennt einen Betrag"),
        "callback": later("Rückruf"),
        "correction": later("Richtigstellung"),
        "deletion": later("Löschung"),
        "apology": later("Entschuldigung"),
    },
}
WORDS = {kind: Spoken(words) for kind, words in _WORDS.items()} | care_words.WORDS


def word(member: StrEnum | None) -> str:
    """The German word for an enum member."""
    return "" if member is None else WORDS[type(member)][member.value]


def weight(name: str) -> str:
    """The German word for what follows from a finding."""
    return WORDS[Severity][name]


def topic(name: str) -> str:
    """The German word for a stored topic."""
    return WORDS[Topic].get(name, name)


def demand(name: str) -> str:
    """The German word for a stored demand."""
    return WORDS[Demand].get(name, name)


def error(code: str) -> str:
    """One plain sentence for the code of an error; an unknown code is still a sentence."""
    return ERRORS.get(code, ERRORS["replyerror"])


def trouble(code: str) -> str:
    """What a person must know about a reply."""
    return TROUBLE.get(code, TROUBLE["unclear"] if code else "")


def event(name: str) -> str:
    """A journal event in words; the code itself where the page does not know it."""
    thing, _dot, verb = name.partition(".")
    kind = {"reply": Action, "duty": DutyEvent}.get(thing)
    return EVENTS.get(name) or (kind and WORDS[kind].get(verb)) or name


def reopened(code: str) -> str:
    """Why a duty is open again."""
    return REOPENED.get(code, "")


def why(data: Mapping[str, Any], actor: str = "") -> str | Markup:
    """The reason in a journal entry: a code in words, or what a person typed; what the daemon met, as a sentence."""
    said = str(data.get("why", ""))
    known = TROUBLE.get(said) or REOPENED.get(said)
    if known or actor == Role.DAEMON:
        return known or known_line(said)
    return language.typed(said) if " " in said and len(said) < _LONGEST_REASON else ""


def unit(card: Card) -> str:
    """How the platform counts."""
    return _("Byte") if card.length_unit == "byte" else _("Zeichen")


def not_sendable(text: str, card: Card) -> str:
    """Why the platform would not take a text, as a sentence that says what to do."""
    if not text.strip():
        return _("Bitte schreiben Sie einen Text.")
    size = length(text, card.length_unit)
    if card.max_length is not None and size > card.max_length:
        return _("Der Text hat {size} {unit}, {name} nimmt höchstens {most}. Bitte kürzen Sie um {over}.").format(
            size=size, unit=unit(card), name=card.name, most=card.max_length, over=size - card.max_length
        )
    return _("Der Text enthält ein unsichtbares Zeichen. Bitte tippen Sie die Stelle neu, statt sie zu kopieren.")
