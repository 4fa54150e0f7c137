"""Reasons for a notice by Art. 16 DSA, after LAW E10-E17: what to ask oneself first, and what goes out, in German."""

from dataclasses import dataclass

from monitor.words import later
from replies.care.words import Ground


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground: what to ask oneself before it is sent, what the notice says, and by which law."""

    ask: str
    says: str
    law: str


CATALOGUE: dict[Ground, Reason] = {
    Ground.NO_CONTACT: Reason(
        later(
            "Haben Sie in allen Unterlagen gesucht und nichts gefunden? Kennen Sie die Person, geht dieser Grund nicht."
        ),
        "Wir haben unsere Unterlagen durchsucht. Einen Kontakt, auf den der Beitrag passt, gab es nicht.",
        "BGH VI ZR 1244/20",
    ),
    Ground.UNTRUE: Reason(
        later(
            "Ist es eine Tatsache, die sich beweisen lässt, und nicht eine Wertung? Womit belegen Sie das Gegenteil?"
        ),
        "Die genannte Stelle behauptet eine Tatsache, die nicht zutrifft.",
        "§§ 823, 1004 BGB",
    ),
    Ground.INSULT: Reason(
        later(
            "Geht es nur noch darum, jemanden herabzusetzen, jenseits auch polemischer und überspitzter Kritik? Harte "
            "Worte über die Leistung sind erlaubt."
        ),
        "An der genannten Stelle steht die Herabsetzung einer Person im Vordergrund, nicht die Sache.",
        "BVerfGE 82, 272; §§ 185 ff. StGB",
    ),
    Ground.THREAT: Reason(
        later("Wird ein Übel angekündigt? Sichern Sie die Belege und sprechen Sie zuerst mit der Polizei."),
        "Die genannte Stelle droht einer Person.",
        "§ 241 StGB",
    ),
    Ground.PERSONAL_DATA: Reason(
        later(
            "Stehen dort Anschrift, Telefonnummer oder Gesundheitsdaten? Ein Nachname allein genügt in der Regel nicht."
        ),
        "Die genannte Stelle veröffentlicht persönliche Daten einer dritten Person.",
        "DSGVO",
    ),
    Ground.EXTORTION: Reason(
        later(
            "Wird etwas für eine Bewertung oder ihre Löschung verlangt? Nicht verhandeln, nicht zahlen, Belege sichern."
        ),
        "Der Beitrag gehört zu einer Forderung nach einer Gegenleistung.",
        "§ 253 StGB",
    ),
    Ground.COMPETITOR: Reason(
        later("Woran erkennen Sie das? Ein Gefühl genügt nicht; nennen Sie nur, was sich belegen lässt."),
        "Der Beitrag stammt nach den genannten Umständen nicht von einer Person mit eigener Erfahrung.",
        "§ 5b Abs. 3 UWG",
    ),
    Ground.SPAM: Reason(
        later("Ist es Werbung, ein anderes Unternehmen oder gar kein Erlebnis?"),
        "Der Beitrag beschreibt keine Erfahrung mit unserem Unternehmen.",
        "Regeln der Plattform",
    ),
    Ground.OPINION: Reason(
        later("Eine Meinung ist geschützt, auch eine harte. Sie lässt sich nicht entfernen, aber beantworten."),
        "Meinung oder Wertung; sie bleibt stehen und wird beantwortet.",
        "Art. 5 GG",
    ),
}
