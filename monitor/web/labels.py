"""Every enum member and every code in German words. A test walks all enums and all codes of the source."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from connectors.core.contract import Capability, Card, PostKind, ReplyMode
from connectors.core.text import length
from monitor.tables import Problem, RunKind
from monitor.triage.judgement import Demand, Sentiment, Topic
from monitor.words import _
from replies.lifecycle import Action, DutyEvent, DutyState, FactVerdict, Outcome, Proof, ReplyKind, Role, State

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

TODO: dict[Problem, str] = {
    Problem.NONE: "",
    Problem.CONFIG: _("Bitte prüfen Sie die Einstellungen dieser Quelle mit „widerhall check-config“. Die Fristen laufen weiter."),
    Problem.LOGIN: _("Bitte melden Sie sich dort neu an. Antworten warten so lange, die Fristen laufen weiter."),
    Problem.QUOTA: _("Sie müssen nichts tun. Widerhall fragt nach der Pause wieder."),
    Problem.UNAVAILABLE: _("Sie müssen nichts tun. Widerhall versucht es weiter. Dauert es länger, sehen Sie dort selbst nach."),
    Problem.CHANGED: _("Bitte geben Sie die Meldung an die Technik weiter. Bis dahin sehen Sie dort bitte selbst nach."),
    Problem.SILENT: _("Bitte sehen Sie auf der Plattform nach, ob dort wirklich nichts Neues steht."),
}

ERRORS: dict[str, str] = {
    "already_closed": _("Dieser Beitrag ist bereits erledigt."),
    "another_on_its_way": _("Für diesen Beitrag ist schon ein Text unterwegs. Bitte warten Sie, bis er gesichtet ist."),
    "blocked": _("Das geht im Moment nicht."),
    "end_missing": _("Bitte geben Sie ein Datum an."),
    "end_in_past": _("Das Ende muss in der Zukunft liegen."),
    "facts_missing": _("Bitte halten Sie zuerst den Sachverhalt fest. Danach kann die Antwort zur Freigabe gehen."),
    "facts_unclear": _("Solange der Sachverhalt unklar ist, gehen nur Halteantwort oder Rückfrage hinaus."),
    "final_is_out": _("Dieser Beitrag hat schon seine Antwort."),
    "form_expired": _("Das Formular gehörte zu einer älteren Anmeldung. Bitte öffnen Sie die Seite neu und versuchen Sie es noch einmal."),
    "four_eyes": _("Hier muss eine zweite Person zustimmen. Sie selbst haben diesen Schritt begonnen."),
    "login_wrong": _("Name oder Passwort stimmen nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."),
    "name_missing": _("Bitte geben Sie einen Namen mit höchstens 60 Zeichen an."),
    "name_taken": _("Diesen Namen gibt es schon."),
    "not_by_hand": _("Auf dieser Plattform veröffentlicht und prüft Widerhall selbst."),
    "not_proposed": _("Das hat noch niemand vorgeschlagen."),
    "not_sendable": _("Diesen Text nimmt die Plattform so nicht an."),
    "not_your_role": _("Dafür reicht Ihre Rolle nicht aus."),
    "notallowed": _("Dieser Schritt ist hier nicht mehr möglich. Vermutlich war jemand schneller."),
    "nothing_shown": _("Bitte wählen Sie mindestens eine Halteantwort aus."),
    "only_holding_together": _("Nur Halteantworten lassen sich gemeinsam freigeben."),
    "outcome_missing": _("Bitte wählen Sie aus, was Sie auf der Plattform gesehen haben."),
    "own_account": _("Das eigene Konto können Sie hier nicht sperren oder ändern."),
    "owner_only": _("Das kann nur eine Inhaberin oder ein Inhaber."),
    "password_weak": _("Dieses Passwort ist zu leicht zu erraten."),
    "password_wrong": _("Das bisherige Passwort stimmt nicht."),
    "post_changed": _("Der Beitrag wurde inzwischen geändert. Bitte lesen Sie ihn noch einmal."),
    "post_gone": _("Der Beitrag ist nicht mehr da. Eine Antwort ist nicht möglich."),
    "post_not_public": _("Der Beitrag ist zurzeit nicht öffentlich. Eine Antwort ist erst möglich, wenn er es wieder ist."),
    "reason_missing": _("Bitte geben Sie einen Grund an."),
    "replyerror": _("Das hat nicht geklappt. Bitte laden Sie die Seite neu."),
    "role_missing": _("Bitte wählen Sie eine Rolle."),
    "second_holding": _("Dieser Beitrag hat schon seine Halteantwort."),
    "share_missing": _("Bitte nennen Sie unseren Anteil. Auch „keiner“ braucht einen Grund."),
    "source_missing": _("Bitte nennen Sie eine Quelle: ein Dokument, eine Seite oder eine Kollegin."),
    "stale": _("Jemand war schneller. Bitte sehen Sie den neuen Stand an."),
    "taken_by_other": _("Diesen Text hat schon jemand anderes zum Veröffentlichen genommen."),
    "text_changed": _("Der Text wurde inzwischen geändert. Es gilt, was jetzt hier steht; bitte lesen Sie ihn noch einmal."),
    "verdict_missing": _("Bitte wählen Sie aus, ob die Beschwerde berechtigt ist."),
    "too_long_form": _("Bitte fassen Sie sich kürzer."),
    "too_soon": _("Dafür ist es noch zu früh. Der zweite Blick zählt erst mit Abstand."),
    "undo_over": _("Die Zeit zum Rückgängigmachen ist um. Die Antwort ist schon unterwegs."),
    "unknown": _("Das gibt es nicht (mehr)."),
}

TROUBLE: dict[str, str] = {
    "account_stopped": _("Die Plattform lässt uns zurzeit nicht veröffentlichen. Die Antwort wartet, siehe Quellen."),
    "cannot_look": _("Hier lässt sich nichts nachlesen. Bitte sehen Sie auf der Plattform nach und entscheiden Sie."),
    "diverged": _("Auf der Plattform steht ein anderer Text als freigegeben. Bitte sehen Sie nach und entscheiden Sie."),
    "given_up": _("Wurde nach Prüfung aufgegeben."),
    "look_needed": _("Von Hand veröffentlicht. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."),
    "not_seen": _("Die Plattform hat die Antwort angenommen, zu sehen ist sie nicht. Bitte sehen Sie nach."),
    "pending": _("Die Plattform prüft die Antwort noch."),
    "post_changed": _("Die Freigabe gilt nicht mehr, weil der Beitrag geändert wurde. Bitte lesen Sie ihn neu."),
    "post_gone": _("Der Beitrag ist verschwunden, deshalb geht die Antwort nicht hinaus."),
    "refused": _("Die Plattform hat den Text nicht angenommen."),
    "released": _("Das Anliegen ist ohne Antwort erledigt, deshalb ging der Text nicht hinaus."),
    "rejected": _("Die Plattform hat die Antwort entfernt oder zeigt sie nicht."),
    "restored": _("Nach einer Wiederherstellung ist unklar, ob die Antwort schon hinausging."),
    "several_found": _("Auf der Plattform stehen mehrere passende Antworten. Bitte sehen Sie nach und entscheiden Sie."),
    "target_missing": _("Die Plattform findet den Beitrag nicht. Widerhall versucht es noch einmal."),
    "text_changed": _("Die Freigabe gilt nicht mehr, weil sich der Text geändert hat."),
    "unclear": _("Es ist unklar, ob die Antwort ankam. Widerhall sieht nach und sendet nichts doppelt."),
    "vanished": _("Die Antwort stand schon öffentlich und ist jetzt nicht mehr zu sehen. Bitte sehen Sie nach."),
    "waiting_for_platform": _("Die Plattform ist nicht erreichbar. Die Antwort ging nicht hinaus und wird später gesendet."),
}

REOPENED: dict[str, str] = {
    "answer_vanished": _("Unsere Antwort ist verschwunden."),
    "post_changed": _("Der Beitrag wurde geändert."),
    "post_back": _("Der Beitrag ist wieder da."),
    "hold_ended": _("Die rechtliche Sperre ist abgelaufen."),
    "answer_elsewhere_vanished": _("Die Antwort an anderer Stelle ist verschwunden."),
}

EVENTS: dict[str, str] = {
    "reply.draft": _("Entwurf begonnen"),
    "reply.first_look": _("erster Blick zur Freigabe"),
    "duty.open": _("Antwortpflicht begonnen"),
    "duty.facts": _("Sachverhalt festgehalten"),
    "duty.propose_no_complaint": _("„keine Beschwerde“ vorgeschlagen"),
    "duty.assign": _("Zuständigkeit geändert"),
    "duty.sort_in": _("eingeordnet: braucht eine Antwort"),
    "duty.take_from_backlog": _("aus dem Altbestand übernommen"),
    "user.login": _("angemeldet"),
    "user.logout": _("abgemeldet"),
    "user.login_braked": _("Anmeldung nach mehreren Fehlversuchen gebremst"),
    "user.add": _("Person angelegt"),
    "user.disable": _("Person gesperrt"),
    "user.enable": _("Person entsperrt"),
    "user.role": _("Rolle geändert"),
    "user.password": _("Passwort geändert"),
    "outbox.paused": _("Postausgang angehalten"),
    "outbox.running": _("Postausgang läuft wieder"),
    "post.gone": _("Beitrag ist verschwunden"),
    "source.added": _("Quelle hinzugefügt"),
    "source.removed": _("Quelle herausgenommen"),
    "source.stopped": _("Veröffentlichen gestoppt"),
    "source.recovered": _("Quelle läuft wieder"),
    "source.stale": _("Quelle zu lange nicht gelesen"),
    "source.fresh": _("Quelle wird wieder gelesen"),
    "source.config": _("Quelle: Adresse oder Rechte stimmen nicht"),
    "source.login": _("Quelle: Anmeldung beendet"),
    "source.quota": _("Quelle: Plattform bittet um Pause"),
    "source.unavailable": _("Quelle nicht erreichbar"),
    "source.changed": _("Quelle antwortet anders als bisher"),
    "source.silent": _("Quelle ungewöhnlich still"),
}

NOTES: dict[str, str] = {
    "saved": _("Gespeichert."),
    "facts": _("Der Sachverhalt ist festgehalten."),
    "submitted": _("Zur Freigabe gegeben."),
    "holding": _("Die Halteantwort wartet auf Freigabe."),
    "together": _("Freigegeben. Die Halteantworten gehen gleich hinaus; jede lässt sich bis dahin an ihrem Beitrag zurückholen."),
    "returned": _("Mit Ihrem Grund zurückgegeben."),
    "changed": _("Geändert. Weil Sie den Text geändert haben, muss jetzt eine zweite Person zustimmen."),
    "undone": _("Die Freigabe ist zurückgenommen. Nichts ging hinaus."),
    "withdrawn": _("Zurückgezogen."),
    "proposed": _("Vorgeschlagen. Jetzt fehlt der zweite Blick."),
    "confirmed": _("Bestätigt: keine Beschwerde."),
    "assigned": _("Sie haben das Anliegen übernommen."),
    "left": _("Abgegeben. Jemand anderes kann es übernehmen. Einen Grund brauchen Sie nicht."),
    "sorted": _("Eingeordnet: braucht eine Antwort."),
    "taken": _("Aus dem Altbestand übernommen, die Fristen laufen jetzt."),
    "released": _("Vermerkt und aus der Liste genommen."),
    "look": _("Ihr erster Blick ist vermerkt. Der zweite zählt erst mit Abstand."),
    "claimed": _("Sie haben den Text. Bitte veröffentlichen Sie ihn jetzt auf der Plattform."),
    "posted": _("Vermerkt. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."),
    "unsure": _("Vermerkt als unklar. Eine Inhaberin oder ein Inhaber entscheidet."),
    "seen": _("Vermerkt: öffentlich gesichtet."),
    "settled": _("Entschieden und vermerkt."),
    "rework": _("Wieder ein Entwurf."),
    "password": _("Das Passwort ist geändert. Andere Anmeldungen sind beendet."),
    "person": _("Gespeichert. Die Anmeldungen dieser Person sind beendet."),
    "added": _("Angelegt."),
    "paused": _("Der Postausgang ist angehalten. Es geht nichts hinaus."),
    "resumed": _("Der Postausgang läuft."),
    "out": _("Sie sind abgemeldet."),
}

FAULTS: dict[int, tuple[str, str]] = {
    400: (_("Diese Anfrage verstehen wir nicht"), _("Bitte öffnen Sie die Seite unter ihrer gewohnten Adresse.")),
    401: (_("Ihre Anmeldung ist abgelaufen"), _("Bitte melden Sie sich neu an. Was Sie geschrieben haben, steht hier und lässt sich kopieren.")),
    403: (_("Das geht von hier aus nicht"), _("Die Anfrage kam nicht von einer Seite dieser Anmeldung. Nichts wurde geändert.")),
    404: (_("Diese Seite gibt es nicht"), _("Vielleicht wurde der Beitrag gelöscht, oder die Adresse ist unvollständig.")),
    405: (_("Das geht so nicht"), _("Bitte benutzen Sie die Knöpfe auf der Seite.")),
    413: (_("Das ist zu viel auf einmal"), _("Der Text ist länger, als eine Seite annimmt. Bitte kürzen Sie ihn; gehen Sie dazu im Browser zurück.")),
    415: (_("Diese Anfrage verstehen wir nicht"), _("Bitte benutzen Sie die Formulare auf der Seite.")),
    422: (_("Da fehlt etwas"), _("Das Formular kam unvollständig an. Bitte gehen Sie im Browser zurück und versuchen Sie es noch einmal.")),
    500: (_("Hier ist etwas schiefgegangen"), _("Es liegt nicht an Ihnen. Nichts wurde halb gespeichert. Bitte versuchen Sie es gleich noch einmal.")),
}

VERDICT_GROUPS: dict[str, str] = {
    "complaint": _("Kritik"),
    "praise": _("Lob"),
    "doubt": _("Zweifel"),
    "profanity": _("derb"),
    "insult": _("Beleidigung"),
    "contempt": _("Verachtung"),
    "threat": _("Drohung"),
    "legal": _("rechtlich"),
    "demand": _("Forderung"),
    "question": _("Frage"),
    "irony": _("Ironie"),
    "extortion": _("Erpressung"),
    "resolved": _("geklärt"),
    "news": _("Nachricht"),
    "advert": _("Werbung"),
    "topic": _("Thema"),
    "rating": _("Sterne"),
}


def word(member: StrEnum | None) -> str:
    """The German word for an enum member."""
    return "" if member is None else WORDS[type(member)][member.value]


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


def why(data: Mapping[str, Any]) -> str:
    """The reason in a journal entry: a code in words, or what a person typed; technical ones stay in the log."""
    said = str(data.get("why", ""))
    known = TROUBLE.get(said) or REOPENED.get(said)
    return known or (said if " " in said and len(said) < _LONGEST_REASON else "")


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
