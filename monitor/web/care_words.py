"""The words and sentences of care: what labels.py and sentences.py are for the rest. They take these in."""

from enum import StrEnum

from monitor.words import _
from replies.care.tasks import SEEN
from replies.care.words import Ground, Level, NoticeStand, TaskKind

WORDS: dict[type[StrEnum], dict[str, str]] = {
    Level: {
        "answer": _("Antwort"),
        "holding": _("Halteantwort, Sachverhalt klären"),
        "question": _("Rückfrage, Lösungsfrage"),
        "options": _("Lösungsvorschläge mit Kulanz"),
        "call": _("Anruf mit schriftlicher Notiz"),
        "mediation": _("Vermittlung durch jemand anderen"),
        "closing": _("Abschließende sachliche Erklärung"),
        "safety": _("Sicherheit: Drohung, Erpressung"),
        "lawyer": _("Anwalt, Löschantrag"),
        "end": _("Ende der Geschäftsbeziehung"),
    },
    TaskKind: {
        "promise": _("Versprochen"),
        "follow_up": _("War es gelöst?"),
        "receipts": _("Belege: sind welche gekommen?"),
        "call": _("Anruf"),
        "other": _("Aufgabe"),
    },
    Ground: {
        "no_contact": _("Es gab keinen Kontakt mit uns"),
        "untrue": _("Unwahre Tatsache"),
        "insult": _("Schmähung oder Beleidigung einer Person"),
        "threat": _("Drohung"),
        "personal_data": _("Persönliche Daten Dritter"),
        "extortion": _("Gegenleistung für eine Bewertung verlangt"),
        "competitor": _("Von einem Mitbewerber oder gekauft"),
        "spam": _("Werbung, kein Erlebnis, falsches Unternehmen"),
        "opinion": _("Meinung oder harte Kritik an der Leistung"),
    },
    NoticeStand: {
        "prepared": _("vorbereitet, noch nicht gemeldet"),
        "sent": _("gemeldet"),
        "asked": _("Plattform fragt nach"),
        "removed": _("entfernt"),
        "kept": _("bleibt stehen"),
        "appealed": _("Beschwerde eingelegt"),
        "withdrawn": _("zurückgenommen"),
        "not_removable": _("nicht entfernbar, stattdessen antworten"),
    },
}

FLAGS: dict[str, str] = {
    "threat": _("Im Text steht wohl eine Drohung."),
    "extortion": _("Im Text wird wohl etwas für eine Bewertung verlangt."),
    "legal": _("Im Text geht es wohl um rechtliche Schritte."),
}

DONE: dict[str, str] = {SEEN: _("die Antwort ist gesichtet")}

ERRORS: dict[str, str] = {
    "cost_wrong": _("Bitte schreiben Sie Beträge so: 1.200,50. Mitlesende sind eine ganze Zahl."),
    "hours_wrong": _("Bitte schreiben Sie die Stunden so: 1,5 oder 1:30."),
    "option_missing": _("Bitte schreiben Sie, was wir anbieten könnten."),
    "decision_missing": _("Bitte schreiben Sie, was wir machen."),
    "cause_missing": _("Bitte wählen Sie, wodurch es dazu kam. „Noch nicht bekannt“ genügt."),
    "agreed_missing": _("Bitte schreiben Sie auf, was vereinbart ist und bis wann."),
    "answer_missing": _("Bitte schreiben Sie, was Sie wissen. „Weiß ich nicht“ genügt."),
    "ask_closed": _("Diese Frage ist schon beantwortet oder zurückgenommen."),
    "ask_open": _(
        "Sie haben eine Kollegin oder einen Kollegen gefragt; so lange ruht der Entwurf. Eine Halteantwort geht "
        "sofort. Die Fristen laufen weiter."
    ),
    "call_ahead": _("Das Gespräch liegt noch in der Zukunft."),
    "cool_off": _(
        "Dieser Beitrag ist scharf im Ton. Ihre Antwort darf noch etwas liegen; ab wann sie zur Freigabe gehen kann, "
        "steht oben. Eine Halteantwort geht sofort. Die Fristen laufen weiter."
    ),
    "good_faith_missing": _("Die Erklärung, dass die Angaben richtig und vollständig sind, gehört dazu (Art. 16 DSA)."),
    "ground_missing": _("Bitte wählen Sie einen Grund."),
    "hear_out": _(
        "Vielleicht folgt noch ein Satz: Der letzte Beitrag zu diesem Anliegen ist ganz frisch. Wir lassen ausreden; "
        "ab wann die Antwort zur Freigabe gehen kann, steht oben. Eine Halteantwort geht sofort."
    ),
    "hostile_limit": _(
        "Für heute haben Sie genug scharfe Beiträge gelesen. Bitte lassen Sie diesen einem anderen. Morgen zählt "
        "niemand mehr, wie viele es waren."
    ),
    "lawyer_missing": _("Davor wird eine Anwältin oder ein Anwalt gefragt. Bitte halten Sie die Auskunft fest."),
    "legal_stop": _(
        "Hier geht es um rechtliche Schritte. Bevor eine Antwort hinausgeht, entscheidet eine Inhaberin oder ein "
        "Inhaber mit Grund. Eine Halteantwort geht sofort."
    ),
    "level_missing": _("Bitte wählen Sie eine Stufe."),
    "note_words": _(
        "Bitte beschreiben Sie, was geschrieben wurde, nicht den Menschen. Die Person darf diese Notiz einmal lesen."
    ),
    "measure_missing": _("Bitte schreiben Sie, was Sie ändern."),
    "not_searched": _(
        "Bitte durchsuchen Sie zuerst Ihre Unterlagen. Wer die Person kennt, darf diesen Grund nicht nennen."
    ),
    "owner_missing": _("Bitte wählen Sie, wer sich kümmert."),
    "passage_missing": _("Bitte nennen Sie die Worte, um die es geht."),
    "passage_unknown": _("Diese Worte stehen so nicht im Beitrag. Bitte kopieren Sie die Stelle."),
    "question_missing": _("Bitte schreiben Sie Ihre Frage auf."),
    "record_missing": _("Ein Anruf ist erst fertig, wenn er aufgeschrieben und bestätigt ist."),
    "removal_open": _("Für diesen Beitrag läuft schon eine Meldung."),
    "reply_against_removal": _(
        "Unsere eigene Antwort sagt das Gegenteil dieses Grundes. Eine Meldung mit diesem Grund wäre nicht ehrlich."
    ),
    "safety_stop": _(
        "Erst die Sicherheit: Auf eine Drohung antworten wir nicht, bevor eine Inhaberin oder ein Inhaber mit Grund "
        "entschieden hat. Eine Halteantwort geht sofort."
    ),
    "spoken_missing": _("Bitte geben Sie an, wann Sie gesprochen haben."),
    "stand_missing": _("Bitte wählen Sie, was daraus geworden ist."),
    "task_kind_missing": _("Bitte wählen Sie Anruf oder Aufgabe."),
    "topic_missing": _("Bitte wählen Sie einen Anlass."),
    "understood_missing": _("Bitte schreiben Sie auf, was Sie verstanden haben."),
}

_NOTICE = {
    "notice_send": _("Löschantrag melden oder zurückziehen"),
    "notice_look": _("Löschantrag: hat die Plattform entschieden?"),
    "notice_urgent": _("Löschantrag: so lange gilt es vor Gericht als eilig"),
}

EVENTS: dict[str, str] = {
    "duty.ask": _("Kollegen gefragt"),
    "duty.ask_answered": _("Frage beantwortet"),
    "duty.ask_taken_back": _("Frage zurückgenommen"),
    "duty.call": _("Gespräch festgehalten"),
    "duty.call_confirmed": _("Gespräch schriftlich bestätigt"),
    "duty.receipts": _("vorgemerkt: sind Belege gekommen?"),
    "duty.follow_up": _("vorgemerkt: war es gelöst?"),
    "duty.promise": _("Zusage vorgemerkt"),
    "duty.rung": _("Stufe gesetzt"),
    "duty.task": _("Aufgabe vorgemerkt"),
    "duty.task_done": _("Aufgabe erledigt"),
    "duty.weighed": _("Abwägung festgehalten"),
    "measure.decided": _("Maßnahme beschlossen"),
    "measure.done": _("Maßnahme umgesetzt"),
    "post.evidence": _("Beleg gesichert"),
    "post.removal": _("Löschantrag"),
}

NOTES: dict[str, str] = {
    "asked": _("Gefragt. Der Entwurf ruht so lange, die Fristen laufen weiter."),
    "changed_that": _("Geändert und vermerkt. Der Satz darf jetzt überall stehen."),
    "climbed": _("Die Stufe ist gesetzt."),
    "confirmed_call": _("Das Gespräch ist aufgeschrieben und bestätigt."),
    "decided": _("Beschlossen."),
    "done": _("Erledigt und vermerkt."),
    "moved": _("Festgehalten."),
    "opinion": _("Vermerkt: nicht entfernbar, stattdessen antworten."),
    "opened": _("Hier steht jetzt der ganze Text. Er meint nicht Sie. Lesen Sie in Ruhe, Abgeben geht jederzeit."),
    "planned": _("Vorgemerkt."),
    "prepared": _("Vorbereitet. Gemeldet wird auf der Plattform, von Hand."),
    "recorded": _("Aufgeschrieben. Jetzt fehlt noch die Bestätigung an die Person."),
    "secured": _("Gesichert: Die Prüfsumme steht im Protokoll."),
    "told": _("Danke. Der Entwurf kann weitergehen."),
    "weighed": _("Verglichen und festgehalten."),
    "unasked": _("Die Frage ist zurückgenommen."),
}


def flag(name: str) -> str:
    """What triage saw, as a sentence."""
    return FLAGS.get(name, name)


def done_word(code: str) -> str:
    """What came of a task: what a person typed, or a code of ours in words."""
    return DONE.get(code, code)


def task_kind(name: str) -> str:
    """The kind of a line on Heute."""
    return WORDS[TaskKind].get(name) or _NOTICE.get(name) or _("Frage")


def ground(name: str) -> str:
    """The ground of a removal notice."""
    return WORDS[Ground][name]
