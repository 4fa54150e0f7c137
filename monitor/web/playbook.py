"""Vorgehen: for each mark of a post what it means, what helps and what does not (RULES 000-2, 000-7, 000-12).

From the guideline, in our words. A mark describes what stands in a text; what somebody is like is no mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.words import _, later


@dataclass(frozen=True, slots=True)
class Play:
    """One page.

    Attributes:
        means: what the mark stands for; `seen`: what can be observed in the text, as examples.
        steps: what helps, in this order; `not_now`: what does not.
        rules: the sentences of the guideline that it comes from.
    """

    title: str
    means: str
    seen: tuple[str, ...]
    steps: tuple[str, ...]
    not_now: tuple[str, ...]
    rules: tuple[str, ...]

    def spoken(self) -> "Play":
        """The same in the language of whoever reads it."""
        lists = {"seen": self.seen, "steps": self.steps, "not_now": self.not_now}
        said = {name: tuple(map(_, lines)) for name, lines in lists.items()}
        return replace(self, title=_(self.title), means=_(self.means), **said)


PLAYS: dict[str, Play] = {
    "scharf": Play(
        later("Scharfer Ton"),
        later("Der Text beschimpft oder verachtet Menschen. Harte Worte über Ware oder Leistung sind das nicht."),
        (later("„Ihr seid Betrüger.“"), later("nicht: „Das Produkt ist der letzte Schrott.“")),
        (
            later("Er meint nicht Sie. Lesen Sie zuerst, worum es geht; die Schimpfworte bleiben verdeckt."),
            later("Atmen Sie durch. Die Antwort darf liegen, eine Halteantwort geht sofort."),
            later("Antworten Sie auf die Sache, freundlich und kurz. Nennen Sie den Ärger, ohne ihn zu bewerten."),
            later("Wird es zu viel, geben Sie ab. Sie brauchen keinen Grund."),
        ),
        (later("Zurückschimpfen, spotten, belehren."), later("Rätseln, was mit dem Menschen los ist.")),
        ("002-8", "001-8", "K13", "004-3"),
    ),
    "drohung": Play(
        later("Drohung"),
        later("Der Text kündigt jemandem Gewalt oder Schaden an."),
        (later("„Ich weiß, wo Sie wohnen.“"),),
        (
            later("Sicherheit zuerst: Sagen Sie es der Inhaberin oder dem Inhaber, bei Gefahr rufen Sie 110."),
            later("Sichern Sie den Beleg. Er wird gebraucht, auch wenn der Beitrag verschwindet."),
            later("Diskutieren Sie nicht. Ob und was geantwortet wird, entscheidet die Inhaberseite."),
            later("Sie dürfen jederzeit gehen und abgeben. Dinge lassen sich ersetzen, Gesundheit nicht."),
        ),
        (later("Allein damit bleiben."), later("Öffentlich zurückdrohen.")),
        ("001-33", "001-34", "001-35", "000-12"),
    ),
    "erpressung": Play(
        later("Erpressung"),
        later("Der Text verlangt etwas dafür, dass eine Bewertung verschwindet oder nicht kommt."),
        (later("„200 Euro, dann lösche ich das.“"),),
        (
            later("Zahlen und versprechen Sie nichts, auch nicht zum Schein."),
            later("Sichern Sie den Beleg und alle Nachrichten dazu."),
            later(
                "Die Inhaberseite erstattet Anzeige und meldet es der Plattform; das Aktenzeichen schließt die Pflicht."
            ),
        ),
        (later("Verhandeln."), later("Andere öffentlich beschuldigen.")),
        ("000-12", "W11"),
    ),
    "recht": Play(
        later("Rechtlicher Schritt"),
        later("Jemand kündigt für sich selbst Anwalt, Klage oder Anzeige an."),
        (later("„Ich schalte meinen Anwalt ein.“"), later("nicht: ein Bericht über ein Urteil")),
        (
            later("Antwort und Rückfrage ruhen. Eine kurze, sachliche Halteantwort darf hinaus."),
            later("Die Inhaberseite entscheidet mit Grund, ob ein Rechtsbeistand gefragt wird."),
            later("Rechnen Sie in Ruhe: Oft ist eine Lösung günstiger als ein Streit."),
        ),
        (later("Schuld zugeben oder abstreiten, bevor der Sachverhalt geklärt ist."), later("Mit Gegenanwalt drohen.")),
        ("K16", "K11", "001-6"),
    ),
    "wiederholt": Play(
        later("Wiederholt"),
        later("Dasselbe Anliegen steht zum zweiten Mal oder öfter da."),
        (later("„Ich schreibe das jetzt zum dritten Mal.“"),),
        (
            later("Antworten Sie jedes Mal, und diesmal schneller: Schweigen verschärft."),
            later("Kurz und neu formuliert, mit Hinweis auf die Antwort, die schon steht."),
            later("Ab der zweiten Runde helfen eine Liste von Lösungen, ein Anruf oder ein anderer Mensch im Haus."),
            later("Prüfen Sie, ob eine frühere Nachricht bei uns liegen blieb."),
        ),
        (later("Denselben Text noch einmal einfügen."), later("Nicht mehr antworten, weil es nervt.")),
        ("K02", "K03", "004-6", "001-5"),
    ),
    "sperrfeuer": Play(
        later("Viele Beiträge in kurzer Zeit"),
        later("In einem Anliegen kommen an einem Tag drei oder mehr Beiträge, oder viele Konten schreiben dasselbe."),
        (later("drei Kommentare in einer Stunde"),),
        (
            later("Suchen Sie den Anfang: Oft steht davor eine Nachricht, die niemand beantwortet hat."),
            later(
                "Eine Halteantwort sofort, dann eine Antwort auf den Kern; die übrigen bekommen einen kurzen Verweis."
            ),
            later("Ein Mensch übernimmt alles, damit wir mit einer Stimme sprechen."),
        ),
        (later("Jeden Satz einzeln widerlegen."), later("Konten sperren lassen, weil es viele sind.")),
        ("001-5", "001-26", "001-38"),
    ),
    "forderung": Play(
        later("Forderung"),
        later("Der Text verlangt etwas: Geld, Ersatz, eine Frist, einen Rückruf, eine Entschuldigung."),
        (later("„Ich will mein Geld zurück.“"), later("„bis Freitag“")),
        (
            later("Halten Sie fest, was genau verlangt wird, mit Betrag."),
            later("Klären Sie den Sachverhalt. Was geschuldet ist, ist keine Kulanz."),
            later("Scheint es zu viel, vergleicht die Inhaberseite auf dem Blatt „Abwägung“ Lösung und Streit."),
            later("Belege zeigt man uns vertraulich, nur zur Klärung, und jemand mit Namen sieht sie sich an."),
        ),
        (later("Belege verlangen in der Hoffnung, dass keine kommen."), later("Öffentlich über Beträge verhandeln.")),
        ("002-3", "001-15", "K11", "002-11"),
    ),
    "frage": Play(
        later("Frage an uns"),
        later("Der Text fragt uns etwas, ob mit oder ohne Kritik."),
        (later("„Haben Sie am Feiertag offen?“"),),
        (
            later("Antworten Sie mit einer Faktenkarte."),
            later("Fehlt die Karte, schreiben Sie sie: Andere fragen auch."),
        ),
        (later("Auf eine Suche verweisen."),),
        ("001-2", "003-10"),
    ),
    "erledigt": Play(
        later("Inzwischen geklärt"),
        later("Der Text sagt, dass sich die Sache erledigt hat."),
        (later("„Edit: hat sich geklärt, danke.“"),),
        (
            later("Danken Sie und sagen Sie, was Sie daraus gelernt haben."),
            later("Ein Mensch entscheidet, ob etwas offen ist."),
        ),
        (later("Um eine bessere Bewertung bitten."),),
        ("002-16", "003-6"),
    ),
    "werbung": Play(
        later("Werbung"),
        later("Der Text bewirbt etwas anderes und erzählt kein Erlebnis mit uns."),
        (later("ein Link zu einem fremden Angebot"),),
        (
            later("Zwei Menschen bestätigen, dass es keine Beschwerde ist."),
            later("Melden Sie es der Plattform mit dem Grund."),
        ),
        (later("Kritik für Werbung halten, weil sie knapp ist."),),
        ("000-3",),
    ),
    "persoenlich": Play(
        later("Persönliche Angaben"),
        later("Im Text stehen Angaben über Menschen: Telefon, Adresse, Gesundheit, Namen von Mitarbeitenden."),
        (later("„Frau M. aus der Filiale“"),),
        (
            later("Wiederholen Sie nichts davon. Nennen Sie unseren Kontakt und ein Stichwort."),
            later("Ist es von Dritten, kann die Stelle der Plattform gemeldet werden."),
        ),
        (later("Öffentlich nach Nummern, Verträgen oder Adressen fragen."),),
        ("001-31", "002-14", "001-22"),
    ),
    "einordnen": Play(
        later("Bitte einordnen"),
        later("Widerhall ist sich nicht sicher, ob der Text eine Antwort braucht. Die Fristen laufen trotzdem."),
        (later("Ironie, Dialekt, ein einziges Wort"),),
        (
            later("Lesen Sie und entscheiden Sie; im Zweifel antworten."),
            later("Fragen Sie eine Kollegin, einen Kollegen."),
        ),
        (later("Liegen lassen."),),
        ("000-2", "K14"),
    ),
    "luft": Play(
        later("Beschwerde ohne prüfbare Angabe"),
        later("Jemand lässt Luft ab, und es ist noch nicht zu sehen, worum es geht."),
        (later("„Nie wieder!“"),),
        (
            later("Danken Sie, nennen Sie den Ärger, fassen Sie zusammen und fragen Sie nach."),
            later("Keine Gegenbeweise, bevor Sie wissen, was war."),
        ),
        (later("Erklären, warum der Ärger falsch ist."),),
        ("000-5", "001-13", "001-29"),
    ),
}
"""By the last part of the address, /vorgehen/NAME."""

FOR_FLAG = {
    "hostile": "scharf",
    "threat": "drohung",
    "extortion": "erpressung",
    "legal": "recht",
    "question": "frage",
    "resolved": "erledigt",
    "spam": "werbung",
    "personal": "persoenlich",
    "demands": "forderung",
    "repeated": "wiederholt",
    "burst": "sperrfeuer",
    "unsure": "einordnen",
    "complaint": "luft",
}
"""Each mark of a text, by the head of triage that sets it, -> its page."""
_MANY = 4


def pages_for(marks: Iterable[str]) -> list[tuple[str, str]]:
    """(name, title) of the pages for these marks, what is hardest first, a few at most."""
    wanted = {FOR_FLAG[mark] for mark in marks if mark in FOR_FLAG}
    if "luft" in wanted and len(wanted) > 1:
        wanted.discard("luft")  # every complaint has it; the others say more
    order = ("drohung", "erpressung", "recht", *PLAYS)
    return [(name, _(PLAYS[name].title)) for name in dict.fromkeys(order) if name in wanted][:_MANY]
