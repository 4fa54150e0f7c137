"""The words and sentences of care: what labels.py and sentences.py are for the rest. They take these in."""

from enum import StrEnum

from markupsafe import Markup

from monitor.web import language
from monitor.words import Spoken, _, later
from replies.care.tasks import SEEN
from replies.care.words import Ground, Level, NoticeStand, TaskKind

_WORDS: dict[type[StrEnum], dict[str, str]] = {
    Level: {
        "answer": later("Antwort"),
        "holding": later("Halteantwort, Sachverhalt klären"),
        "question": later("Rückfrage, Lösungsfrage"),
        "options": later("Lösungsvorschläge mit Kulanz"),
        "call": later("Anruf mit schriftlicher Notiz"),
        "mediation": later("Vermittlung durch jemand anderen"),
        "closing": later("Abschließende sachliche Erklärung"),
        "safety": later("Sicherheit: Drohung, Erpressung"),
        "lawyer": later("Anwalt, Löschantrag"),
        "end": later("Ende der Geschäftsbeziehung"),
    },
    TaskKind: {
        "promise": later("Versprochen"),
        "follow_up": later("War es gelöst?"),
        "receipts": later("Belege: sind welche gekommen?"),
        "call": later("Anruf"),
        "other": later("Aufgabe"),
    },
    Ground: {
        "no_contact": later("Es gab keinen Kontakt mit uns"),
        "untrue": later("Unwahre Tatsache"),
        "insult": later("Schmähung oder Beleidigung einer Person"),
        "threat": later("Drohung"),
        "personal_data": later("Persönliche Daten Dritter"),
        "extortion": later("Gegenleistung für eine Bewertung verlangt"),
        "competitor": later("Von einem Mitbewerber oder gekauft"),
        "spam": later("Werbung, kein Erlebnis, falsches Unternehmen"),
        "opinion": later("Meinung oder harte Kritik an der Leistung"),
    },
    NoticeStand: {
        "prepared": later("vorbereitet, noch nicht gemeldet"),
        "sent": later("gemeldet"),
        "asked": later("Plattform fragt nach"),
        "removed": later("entfernt"),
        "kept": later("bleibt stehen"),
        "appealed": later("Beschwerde eingelegt"),
        "withdrawn": later("zurückgenommen"),
        "not_removable": later("nicht entfernbar, stattdessen antworten"),
    },
}
WORDS = {kind: Spoken(words) for kind, words in _WORDS.items()}

FLAGS = Spoken(
    {
        "threat": later("Im Text steht wohl eine Drohung."),
        "extortion": later("Im Text wird wohl etwas für eine Bewertung verlangt."),
        "legal": later("Im Text geht es wohl um rechtliche Schritte."),
    }
)

DONE = Spoken({SEEN: later("die Antwort ist gesichtet")})

ERRORS = Spoken(
    {
        "cost_wrong": later("Bitte schreiben Sie Beträge so: 1.200,50. Mitlesende sind eine ganze Zahl."),
        "hours_wrong": later("Bitte schreiben Sie die Stunden so: 1,5 oder 1:30."),
        "option_missing": later("Bitte schreiben Sie, was wir anbieten könnten."),
        "decision_missing": later("Bitte schreiben Sie, was wir machen."),
        "cause_missing": later("Bitte wählen Sie, wodurch es dazu kam. „Noch nicht bekannt“ genügt."),
        "agreed_missing": later("Bitte schreiben Sie auf, was vereinbart ist und bis wann."),
        "answer_missing": later("Bitte schreiben Sie, was Sie wissen. „Weiß ich nicht“ genügt."),
        "ask_closed": later("Diese Frage ist schon beantwortet oder zurückgenommen."),
        "ask_open": later(
            "Sie haben eine Kollegin oder einen Kollegen gefragt; so lange ruht der Entwurf. Eine Halteantwort geht "
            "sofort. Die Fristen laufen weiter."
        ),
        "call_ahead": later("Das Gespräch liegt noch in der Zukunft."),
        "colleague_missing": later("Bitte wählen Sie jemanden aus der Liste."),
        "cool_off": later(
            "Dieser Beitrag ist scharf im Ton. Ihre Antwort darf noch etwas liegen; ab wann sie zur Freigabe gehen "
            "kann, steht oben. Eine Halteantwort geht sofort. Die Fristen laufen weiter."
        ),
        "good_faith_missing": later(
            "Die Erklärung, dass die Angaben richtig und vollständig sind, gehört dazu (Art. 16 DSA)."
        ),
        "ground_missing": later("Bitte wählen Sie einen Grund."),
        "hear_out": later(
            "Vielleicht folgt noch ein Satz: Der letzte Beitrag zu diesem Anliegen ist ganz frisch. Wir lassen "
            "ausreden; ab wann die Antwort zur Freigabe gehen kann, steht oben. Eine Halteantwort geht sofort."
        ),
        "hostile_limit": later(
            "Für heute haben Sie genug scharfe Beiträge gelesen. Bitte lassen Sie diesen einem anderen. Morgen zählt "
            "niemand mehr, wie viele es waren."
        ),
        "lawyer_missing": later(
            "Davor wird eine Anwältin oder ein Anwalt gefragt. Bitte halten Sie die Auskunft fest."
        ),
        "legal_stop": later(
            "Hier geht es um rechtliche Schritte. Bevor eine Antwort hinausgeht, entscheidet eine Inhaberin oder ein "
            "Inhaber mit Grund. Eine Halteantwort geht sofort."
        ),
        "level_missing": later("Bitte wählen Sie eine Stufe."),
        "note_words": later(
            "Bitte beschreiben Sie, was geschrieben wurde, nicht den Menschen. Die Person darf diese Notiz einmal "
            "lesen."
        ),
        "measure_missing": later("Bitte schreiben Sie, was Sie ändern."),
        "not_searched": later(
            "Bitte durchsuchen Sie zuerst Ihre Unterlagen. Wer die Person kennt, darf diesen Grund nicht nennen."
        ),
        "owner_missing": later("Bitte wählen Sie, wer sich kümmert."),
        "passage_missing": later("Bitte nennen Sie die Worte, um die es geht."),
        "passage_unknown": later("Diese Worte stehen so nicht im Beitrag. Bitte kopieren Sie die Stelle."),
        "question_missing": later("Bitte schreiben Sie Ihre Frage auf."),
        "record_missing": later("Ein Anruf ist erst fertig, wenn er aufgeschrieben und bestätigt ist."),
        "removal_open": later("Für diesen Beitrag läuft schon eine Meldung."),
        "reply_against_removal": later(
            "Unsere eigene Antwort sagt das Gegenteil dieses Grundes. Eine Meldung mit diesem Grund wäre nicht ehrlich."
        ),
        "safety_stop": later(
            "Erst die Sicherheit: Auf eine Drohung antworten wir nicht, bevor eine Inhaberin oder ein Inhaber mit "
            "Grund entschieden hat. Eine Halteantwort geht sofort."
        ),
        "spoken_missing": later("Bitte geben Sie an, wann Sie gesprochen haben."),
        "stand_missing": later("Bitte wählen Sie, was daraus geworden ist."),
        "task_kind_missing": later("Bitte wählen Sie Anruf oder Aufgabe."),
        "topic_missing": later("Bitte wählen Sie einen Anlass."),
        "understood_missing": later("Bitte schreiben Sie auf, was Sie verstanden haben."),
    }
)

_NOTICE = Spoken(
    {
        "notice_send": later("Löschantrag melden oder zurückziehen"),
        "notice_look": later("Löschantrag: hat die Plattform entschieden?"),
        "notice_urgent": later("Löschantrag: so lange gilt es vor Gericht als eilig"),
    }
)

EVENTS = Spoken(
    {
        "duty.ask": later("Kollegen gefragt"),
        "duty.ask_answered": later("Frage beantwortet"),
        "duty.ask_taken_back": later("Frage zurückgenommen"),
        "duty.call": later("Gespräch festgehalten"),
        "duty.call_confirmed": later("Gespräch schriftlich bestätigt"),
        "duty.receipts": later("vorgemerkt: sind Belege gekommen?"),
        "duty.follow_up": later("vorgemerkt: war es gelöst?"),
        "duty.promise": later("Zusage vorgemerkt"),
        "duty.rung": later("Stufe gesetzt"),
        "duty.task": later("Aufgabe vorgemerkt"),
        "duty.task_done": later("Aufgabe erledigt"),
        "duty.weighed": later("Abwägung festgehalten"),
        "measure.decided": later("Maßnahme beschlossen"),
        "measure.done": later("Maßnahme umgesetzt"),
        "post.evidence": later("Beleg gesichert"),
        "post.removal": later("Löschantrag"),
    }
)

NOTES = Spoken(
    {
        "asked": later("Gefragt. Der Entwurf ruht so lange, die Fristen laufen weiter."),
        "changed_that": later("Geändert und vermerkt. Der Satz darf jetzt überall stehen."),
        "climbed": later("Die Stufe ist gesetzt."),
        "confirmed_call": later("Das Gespräch ist aufgeschrieben und bestätigt."),
        "decided": later("Beschlossen."),
        "done": later("Erledigt und vermerkt."),
        "moved": later("Festgehalten."),
        "opinion": later("Vermerkt: nicht entfernbar, stattdessen antworten."),
        "opened": later(
            "Hier steht jetzt der ganze Text. Er meint nicht Sie. Lesen Sie in Ruhe, Abgeben geht jederzeit."
        ),
        "planned": later("Vorgemerkt."),
        "prepared": later("Vorbereitet. Gemeldet wird auf der Plattform, von Hand."),
        "recorded": later("Aufgeschrieben. Jetzt fehlt noch die Bestätigung an die Person."),
        "secured": later("Gesichert: Die Prüfsumme steht im Protokoll."),
        "told": later("Danke. Der Entwurf kann weitergehen."),
        "weighed": later("Verglichen und festgehalten."),
        "unasked": later("Die Frage ist zurückgenommen."),
    }
)


def flag(name: str) -> str:
    """What triage saw, as a sentence."""
    return FLAGS.get(name, name)


def done_word(code: str) -> str | Markup:
    """What came of a task: what a person typed, or a code of ours in words."""
    return DONE.get(code) or language.typed(code)


def task_kind(name: str) -> str:
    """The kind of a line on Heute."""
    return WORDS[TaskKind].get(name) or _NOTICE.get(name) or _("Frage")


def ground(name: str) -> str:
    """The ground of a removal notice."""
    return WORDS[Ground][name]
