"""Every enum member in German words, and the functions that look up words and sentences. A test walks all enums."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from connectors.core.contract import Capability, Card, PostKind, ReplyMode
from connectors.core.text import length
from monitor.saying import known_line
from monitor.tables import Forgotten, NoticeState, Problem, RunKind
from monitor.triage.judgement import Demand, Sentiment, Topic
from monitor.web import care_words
from monitor.web.sentences import ERRORS, EVENTS, REOPENED, TROUBLE
from monitor.words import _
from replies.lifecycle import Action, Cause, DutyEvent, DutyState, FactVerdict, Outcome, Proof, ReplyKind, Role, State
from replies.policy import Severity

_LONGEST_REASON = 300
WORDS: dict[type[StrEnum], dict[str, str]] = {
    State: {
        "draft": _("Entwurf"),
        "submitted": _("wartet auf Freigabe"),
        "approved": _("freigegeben"),
        "sending": _("wird veröffentlicht"),
        "unclear": _("unklar, ob veröffentlicht"),
        "delivered": _("übergeben, noch nicht gesichtet"),
        "published": _("öffentlich gesichtet"),
        "refused": _("nicht angenommen"),
        "withdrawn": _("zurückgezogen"),
    },
    Action: {
        "edit": _("Text geändert"),
        "submit": _("zur Freigabe gegeben"),
        "return": _("mit Grund zurückgegeben"),
        "approve": _("freigegeben"),
        "countersign": _("gegengezeichnet"),
        "undo": _("Freigabe rückgängig gemacht"),
        "revoke": _("Freigabe aufgehoben"),
        "withdraw": _("zurückgezogen"),
        "claim": _("Veröffentlichung begonnen"),
        "postpone": _("ging nachweislich nicht hinaus"),
        "lose": _("Ausgang unklar"),
        "deliver": _("der Plattform übergeben"),
        "refuse": _("von der Plattform nicht angenommen"),
        "confirm": _("öffentlich gesichtet"),
        "rework": _("wird überarbeitet"),
        "restore": _("nach Wiederherstellung unklar"),
    },
    Role: {
        "staff": _("Mitarbeit"),
        "owner": _("Inhaber"),
        "auditor": _("Prüfung"),
        "daemon": _("Widerhall"),
        "hand": _("von Hand"),
    },
    DutyState: {
        "open": _("offen"),
        "held": _("Zwischenstand steht"),
        "answered": _("beantwortet"),
        "released": _("ohne Antwort erledigt"),
    },
    DutyEvent: {
        "contact_seen": _("Zwischenstand öffentlich gesichtet"),
        "contact_lost": _("Zwischenstand ist verschwunden"),
        "answer_seen": _("Antwort öffentlich gesichtet"),
        "reopen": _("wieder geöffnet"),
        "release": _("ohne Antwort erledigt"),
        "return": _("wieder aufgenommen"),
    },
    Proof: {
        "gone": _("Der Beitrag ist verschwunden"),
        "answered_elsewhere": _("An anderer Stelle beantwortet"),
        "no_complaint": _("Keine Beschwerde, von zweien bestätigt"),
        "extortion_reported": _("Erpressung gemeldet"),
        "legal_hold": _("Rechtliche Sperre"),
    },
    ReplyKind: {"holding": _("Halteantwort"), "question": _("Rückfrage"), "final": _("Antwort")},
    FactVerdict: {
        "justified": _("berechtigt"),
        "partly": _("teilweise berechtigt"),
        "unjustified": _("nicht berechtigt"),
        "unclear": _("noch unklar"),
    },
    Cause: {
        "unknown": _("noch nicht bekannt"),
        "service": _("bei uns ging etwas schief"),
        "delay": _("es hat zu lange gedauert"),
        "price": _("Preis oder Rechnung"),
        "misunderstanding": _("Missverständnis"),
        "expectation": _("mehr erwartet, als wir zusagen"),
        "declined": _("ein Wunsch, den wir nicht erfüllen"),
        "address": _("gemeint ist jemand anderes"),
        "stranger": _("war nicht bei uns"),
    },
    Outcome: {
        "started": _("läuft"),
        "delivered": _("übergeben"),
        "refused": _("nicht angenommen"),
        "not_sent": _("nicht hinausgegangen"),
        "unclear": _("unklar"),
        "late": _("Ergebnis kam zu spät"),
    },
    Problem: {
        "": _("in Ordnung"),
        "config": _("Adresse oder Rechte stimmen nicht"),
        "login": _("Die Plattform hat die Anmeldung beendet"),
        "quota": _("Die Plattform bittet uns zu warten"),
        "unavailable": _("Die Plattform ist nicht erreichbar"),
        "changed": _("Die Plattform antwortet anders als bisher"),
        "silent": _("Ungewöhnlich lange nichts Neues"),
    },
    Forgotten: {
        "": _("vorhanden"),
        "term": _("nach Ablauf der Frist gelöscht"),
        "request": _("auf Wunsch gelöscht"),
    },
    NoticeState: {
        "queued": _("wartet"),
        "sending": _("wird verschickt"),
        "sent": _("verschickt"),
        "dropped": _("nicht mehr nötig"),
        "unknown": _("vielleicht angekommen"),
    },
    RunKind: {
        "poll": _("Runde"),
        "sweep": _("voller Durchgang"),
        "backfill": _("erste Übernahme"),
        "import": _("Einlesen"),
    },
    PostKind: {
        "review": _("Bewertung"),
        "comment": _("Kommentar"),
        "mention": _("Erwähnung"),
        "post": _("Beitrag"),
        "alert": _("Hinweis"),
    },
    ReplyMode: {
        "none": _("Antworten gibt es hier nicht"),
        "manual": _("wird von Hand veröffentlicht"),
        "api": _("veröffentlicht Widerhall"),
    },
    Capability: {
        "put": _("eine Antwort je Beitrag, Wiederholen überschreibt"),
        "rkey": _("Kennung der Antwort steht vorher fest"),
        "key": _("doppeltes Senden erkennt die Plattform"),
        "list": _("eigene Antworten lassen sich nachlesen"),
        "blind": _("ein Mensch sieht nach"),
    },
    Severity: {"stop": _("Geht nicht"), "warn": _("Bitte ansehen"), "hint": _("Tipp")},
    Sentiment: {"negative": _("ablehnend"), "neutral": _("sachlich"), "positive": _("freundlich")},
    Topic: {
        "delivery": _("Lieferung"),
        "price": _("Preis"),
        "staff": _("Personal"),
        "quality": _("Qualität"),
        "hygiene": _("Sauberkeit"),
        "waiting": _("Wartezeit"),
        "availability": _("Verfügbarkeit"),
        "billing": _("Rechnung"),
        "communication": _("Erreichbarkeit"),
        "app": _("App und Webseite"),
        "returns": _("Rückgabe"),
        "safety": _("Sicherheit"),
        "other": _("Sonstiges"),
    },
    Demand: {
        "refund": _("Geld zurück"),
        "replacement": _("Ersatz"),
        "damages": _("Schadenersatz"),
        "deadline": _("setzt eine Frist"),
        "amount": _("nennt einen Betrag"),
        "callback": _("Rückruf"),
        "correction": _("Richtigstellung"),
        "deletion": _("Löschung"),
        "apology": _("Entschuldigung"),
    },
}
WORDS |= care_words.WORDS


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
    table = {"reply": WORDS[Action], "duty": WORDS[DutyEvent]}.get(thing, {})
    return EVENTS.get(name) or table.get(verb) or name


def reopened(code: str) -> str:
    """Why a duty is open again."""
    return REOPENED.get(code, "")


def why(data: Mapping[str, Any], actor: str = "") -> str:
    """The reason in a journal entry: a code in words, or what a person typed; what the daemon met, as a sentence."""
    said = str(data.get("why", ""))
    known = TROUBLE.get(said) or REOPENED.get(said)
    if known or actor == Role.DAEMON:
        return known or known_line(said)
    return said if " " in said and len(said) < _LONGEST_REASON else ""


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
