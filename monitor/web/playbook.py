"""Vorgehen: for each mark of a post what it means, what helps and what does not (RULES 000-2, 000-7, 000-12).

From the guideline, in our words. A mark describes what stands in a text; what somebody is like is no mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.words import _


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


PLAYS: dict[str, Play] = {
    "scharf": Play(
        _("Scharfer Ton"),
        _("Der Text beschimpft oder verachtet Menschen. Harte Worte über Ware oder Leistung sind das nicht."),
        (_("„Ihr seid Betrüger.“"), _("nicht: „Das Produkt ist der letzte Schrott.“")),
        (
            _("Er meint nicht Sie. Lesen Sie zuerst, worum es geht; die Schimpfworte bleiben verdeckt."),
            _("Atmen Sie durch. Die Antwort darf liegen, eine Halteantwort geht sofort."),
            _("Antworten Sie auf die Sache, freundlich und kurz. Nennen Sie den Ärger, ohne ihn zu bewerten."),
            _("Wird es zu viel, geben Sie ab. Sie brauchen keinen Grund."),
        ),
        (_("Zurückschimpfen, spotten, belehren."), _("Rätseln, was mit dem Menschen los ist.")),
        ("002-8", "001-8", "K13", "004-3"),
    ),
    "drohung": Play(
        _("Drohung"),
        _("Der Text kündigt jemandem Gewalt oder Schaden an."),
        (_("„Ich weiß, wo Sie wohnen.“"),),
        (
            _("Sicherheit zuerst: Sagen Sie es der Inhaberin oder dem Inhaber, bei Gefahr rufen Sie 110."),
            _("Sichern Sie den Beleg. Er wird gebraucht, auch wenn der Beitrag verschwindet."),
            _("Diskutieren Sie nicht. Ob und was geantwortet wird, entscheidet die Inhaberseite."),
            _("Sie dürfen jederzeit gehen und abgeben. Dinge lassen sich ersetzen, Gesundheit nicht."),
        ),
        (_("Allein damit bleiben."), _("Öffentlich zurückdrohen.")),
        ("001-33", "001-34", "001-35", "000-12"),
    ),
    "erpressung": Play(
        _("Erpressung"),
        _("Der Text verlangt etwas dafür, dass eine Bewertung verschwindet oder nicht kommt."),
        (_("„200 Euro, dann lösche ich das.“"),),
        (
            _("Zahlen und versprechen Sie nichts, auch nicht zum Schein."),
            _("Sichern Sie den Beleg und alle Nachrichten dazu."),
            _("Die Inhaberseite erstattet Anzeige und meldet es der Plattform; das Aktenzeichen schließt die Pflicht."),
        ),
        (_("Verhandeln."), _("Andere öffentlich beschuldigen.")),
        ("000-12", "W11"),
    ),
    "recht": Play(
        _("Rechtlicher Schritt"),
        _("Jemand kündigt für sich selbst Anwalt, Klage oder Anzeige an."),
        (_("„Ich schalte meinen Anwalt ein.“"), _("nicht: ein Bericht über ein Urteil")),
        (
            _("Antwort und Rückfrage ruhen. Eine kurze, sachliche Halteantwort darf hinaus."),
            _("Die Inhaberseite entscheidet mit Grund, ob ein Rechtsbeistand gefragt wird."),
            _("Rechnen Sie in Ruhe: Oft ist eine Lösung günstiger als ein Streit."),
        ),
        (_("Schuld zugeben oder abstreiten, bevor der Sachverhalt geklärt ist."), _("Mit Gegenanwalt drohen.")),
        ("K16", "K11", "001-6"),
    ),
    "wiederholt": Play(
        _("Wiederholt"),
        _("Dasselbe Anliegen steht zum zweiten Mal oder öfter da."),
        (_("„Ich schreibe das jetzt zum dritten Mal.“"),),
        (
            _("Antworten Sie jedes Mal, und diesmal schneller: Schweigen verschärft."),
            _("Kurz und neu formuliert, mit Hinweis auf die Antwort, die schon steht."),
            _("Ab der zweiten Runde helfen eine Liste von Lösungen, ein Anruf oder ein anderer Mensch im Haus."),
            _("Prüfen Sie, ob eine frühere Nachricht bei uns liegen blieb."),
        ),
        (_("Denselben Text noch einmal einfügen."), _("Nicht mehr antworten, weil es nervt.")),
        ("K02", "K03", "004-6", "001-5"),
    ),
    "sperrfeuer": Play(
        _("Viele Beiträge in kurzer Zeit"),
        _("In einem Anliegen kommen an einem Tag drei oder mehr Beiträge, oder viele Konten schreiben dasselbe."),
        (_("drei Kommentare in einer Stunde"),),
        (
            _("Suchen Sie den Anfang: Oft steht davor eine Nachricht, die niemand beantwortet hat."),
            _("Eine Halteantwort sofort, dann eine Antwort auf den Kern; die übrigen bekommen einen kurzen Verweis."),
            _("Ein Mensch übernimmt alles, damit wir mit einer Stimme sprechen."),
        ),
        (_("Jeden Satz einzeln widerlegen."), _("Konten sperren lassen, weil es viele sind.")),
        ("001-5", "001-26", "001-38"),
    ),
    "forderung": Play(
        _("Forderung"),
        _("Der Text verlangt etwas: Geld, Ersatz, eine Frist, einen Rückruf, eine Entschuldigung."),
        (_("„Ich will mein Geld zurück.“"), _("„bis Freitag“")),
        (
            _("Halten Sie fest, was genau verlangt wird, mit Betrag."),
            _("Klären Sie den Sachverhalt. Was geschuldet ist, ist keine Kulanz."),
            _("Scheint es zu viel, vergleicht die Inhaberseite auf dem Blatt „Abwägung“ Lösung und Streit."),
            _("Belege zeigt man uns vertraulich, nur zur Klärung, und jemand mit Namen sieht sie sich an."),
        ),
        (_("Belege verlangen in der Hoffnung, dass keine kommen."), _("Öffentlich über Beträge verhandeln.")),
        ("002-3", "001-15", "K11", "002-11"),
    ),
    "frage": Play(
        _("Frage an uns"),
        _("Der Text fragt uns etwas, ob mit oder ohne Kritik."),
        (_("„Haben Sie am Feiertag offen?“"),),
        (_("Antworten Sie mit einer Faktenkarte."), _("Fehlt die Karte, schreiben Sie sie: Andere fragen auch.")),
        (_("Auf eine Suche verweisen."),),
        ("001-2", "003-10"),
    ),
    "erledigt": Play(
        _("Inzwischen geklärt"),
        _("Der Text sagt, dass sich die Sache erledigt hat."),
        (_("„Edit: hat sich geklärt, danke.“"),),
        (
            _("Danken Sie und sagen Sie, was Sie daraus gelernt haben."),
            _("Ein Mensch entscheidet, ob etwas offen ist."),
        ),
        (_("Um eine bessere Bewertung bitten."),),
        ("002-16", "003-6"),
    ),
    "werbung": Play(
        _("Werbung"),
        _("Der Text bewirbt etwas anderes und erzählt kein Erlebnis mit uns."),
        (_("ein Link zu einem fremden Angebot"),),
        (_("Zwei Menschen bestätigen, dass es keine Beschwerde ist."), _("Melden Sie es der Plattform mit dem Grund.")),
        (_("Kritik für Werbung halten, weil sie knapp ist."),),
        ("000-3",),
    ),
    "persoenlich": Play(
        _("Persönliche Angaben"),
        _("Im Text stehen Angaben über Menschen: Telefon, Adresse, Gesundheit, Namen von Mitarbeitenden."),
        (_("„Frau M. aus der Filiale“"),),
        (
            _("Wiederholen Sie nichts davon. Nennen Sie unseren Kontakt und ein Stichwort."),
            _("Ist es von Dritten, kann die Stelle der Plattform gemeldet werden."),
        ),
        (_("Öffentlich nach Nummern, Verträgen oder Adressen fragen."),),
        ("001-31", "002-14", "001-22"),
    ),
    "einordnen": Play(
        _("Bitte einordnen"),
        _("Widerhall ist sich nicht sicher, ob der Text eine Antwort braucht. Die Fristen laufen trotzdem."),
        (_("Ironie, Dialekt, ein einziges Wort"),),
        (_("Lesen Sie und entscheiden Sie; im Zweifel antworten."), _("Fragen Sie eine Kollegin, einen Kollegen.")),
        (_("Liegen lassen."),),
        ("000-2", "K14"),
    ),
    "luft": Play(
        _("Beschwerde ohne prüfbare Angabe"),
        _("Jemand lässt Luft ab, und es ist noch nicht zu sehen, worum es geht."),
        (_("„Nie wieder!“"),),
        (
            _("Danken Sie, nennen Sie den Ärger, fassen Sie zusammen und fragen Sie nach."),
            _("Keine Gegenbeweise, bevor Sie wissen, was war."),
        ),
        (_("Erklären, warum der Ärger falsch ist."),),
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
    return [(name, PLAYS[name].title) for name in dict.fromkeys(order) if name in wanted][:_MANY]
