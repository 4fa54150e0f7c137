"""Every rule speaks where it must, is silent where it must, and is the only one that speaks there."""

import pytest

from replies.policy import RULES, check
from replies.policy.patterns import guideline, paragraphs

POST = "Kalt, laut und niemand hat geantwortet."
# Rule -> what it finds | what it leaves alone. (reply, options)
CASES = {
    "insult": (("Guten Tag, Sie A***loch.", {}), ("Guten Tag, wir waren unfähig, Ihnen gut zu antworten.", {})),
    "contempt": (("Guten Tag, Ihr Gejammer langweilt.", {}), ("Guten Tag, die Ausrede war albern von uns.", {})),
    "irony": (("Guten Tag, Glückwunsch zu dieser Einsicht.", {}), ("Guten Tag, Ihr Ärger ist verständlich.", {})),
    "generalising": (
        ("Guten Tag, mit Leuten wie Ihnen kennen wir das.", {}),
        ("Guten Tag, über Gäste wie Sie freuen wir uns.", {}),
    ),
    "mind_reading": (
        ("Guten Tag, Ihnen geht es nur um einen Nachlass.", {}),
        ("Guten Tag, uns geht es nur um eine gute Lösung.", {}),
    ),
    "blame": (("Guten Tag, daran sind Sie selbst schuld.", {}), ("Guten Tag, Sie sind daran nicht selbst schuld.", {})),
    "mood": (
        ("Guten Tag, Sie hatten wohl einen schlechten Tag.", {}),
        ("Guten Tag, unsere Küche hatte einen schlechten Tag.", {}),
    ),
    "problem_question": (("Guten Tag, was ist Ihr Problem?", {}), ("Guten Tag, wie können wir Ihnen helfen?", {})),
    "threat": (
        ("Guten Tag, wir behalten uns rechtliche Schritte vor.", {}),
        ("Guten Tag, ein Anwalt ist Ihr gutes Recht.", {}),
    ),
    "label": (("Guten Tag, Sie Querulant.", {}), ("Guten Tag, wir nennen niemanden einen Querulanten.", {})),
    "diagnosis": (
        ("Guten Tag, suchen Sie sich professionelle Hilfe.", {}),
        ("Guten Tag, unsere Therapeutin ist da.", {}),
    ),
    "family": (
        ("Guten Tag, fragen Sie doch Ihre Mutter.", {}),
        ("Guten Tag, das tut uns für Ihre Mutter leid.", {"post": "Meine Mutter wartete eine Stunde."}),
    ),
    "review_pressure": (
        ("Guten Tag, bitte ändern Sie Ihre Bewertung.", {}),
        ("Guten Tag, wir haben keine Bewertung gelöscht.", {}),
    ),
    "accusation": (("Guten Tag, das ist gelogen.", {}), ("Guten Tag, der Vorwurf des Betrugs wiegt schwer.", {})),
    "personal_data": (
        ("Guten Tag, wir prüfen Bestellnummer 99120344.", {}),
        ("Guten Tag, wir prüfen Bestellnummer 99120344.", {"post": "Bestellung 99120344 fehlt."}),
    ),
    "health": (
        ("Guten Tag, Ihre Schuppenflechte braucht Zeit.", {}),
        ("Guten Tag, Ihre Schuppenflechte braucht Zeit.", {"post": "Keine Hilfe bei Schuppenflechte."}),
    ),
    "staff_names": (
        ("Guten Tag, unsere Kellnerin Lisa war allein.", {}),
        ("Guten Tag, unsere Kellnerin war allein.", {}),
    ),
    "secrecy": (
        ("Guten Tag, nach Ihrer Behandlung war alles gut.", {"secrecy": True}),
        ("Guten Tag, zu Einzelfällen äußern wir uns nicht.", {"secrecy": True}),
    ),
    "asking": (
        ("Guten Tag, nennen Sie uns Ihre Telefonnummer.", {}),
        ("Guten Tag, nennen Sie uns Ihre Telefonnummer bitte per Mail.", {}),
    ),
    "removal": (
        ("Guten Tag, danke für Ihren Besuch.", {"facts": ["Offener Löschantrag: kein Kundenkontakt"]}),
        ("Guten Tag, danke für Ihren Besuch.", {"facts": ["Löschantrag abgelehnt: kein Kundenkontakt"]}),
    ),
    "goodwill": (("Guten Tag, wir erstatten den Betrag.", {}), ("Guten Tag, wir erstatten nicht.", {})),
    "promise": (
        ("Guten Tag, wir melden uns in Kürze.", {}),
        ("Wir werden in Kürze antworten.", {"kind": "holding"}),
    ),
    "fault": (("Guten Tag, das war unser Fehler.", {}), ("Guten Tag, wir sehen hier keinen Fehler bei uns.", {})),
    "excuse": (
        ("Guten Tag, wegen einer technischen Störung dauerte es.", {}),
        ("Guten Tag, wegen einer technischen Störung dauerte es.", {"facts": ["Technische Störung am 3. Mai"]}),
    ),
    "condescension": (
        ("Guten Tag, wie bereits mehrfach erklärt, gilt die Frist.", {}),
        ("Guten Tag, die Frist beträgt 30 Tage.", {}),
    ),
    "hollow_thanks": (
        ("Guten Tag, danke für Ihr Feedback.", {}),
        ("Guten Tag, danke für Ihr Feedback zur kalten Suppe.", {}),
    ),
    "denial": (
        ("Guten Tag, Sie waren nie Kunde bei uns.", {}),
        ("Guten Tag, die Schilderung passt zu keinem Vorgang.", {}),
    ),
    "contact": (
        ("Guten Tag, Ihre Bestellung haben wir gesehen.", {"post": "Furchtbar."}),
        ("Guten Tag, Ihre Bestellung haben wir gesehen.", {"post": "Bestellung kam nie."}),
    ),
    "length": (("Guten Tag, " + "wir hören zu, " * 80, {}), ("Guten Tag, wir hören zu.", {})),
    "capitals": (("Guten Tag, DAS TUT UNS LEID.", {}), ("Guten Tag, ADAC und TÜV waren da.", {})),
    "exclamations": (("Guten Tag, das tut uns leid!!", {}), ("Guten Tag, das tut uns leid!", {})),
    "greeting": (("Das tut uns leid.", {}), ("Guten Tag, das tut uns leid.", {})),
    "next_step": (("Guten Tag, das ist schade.", {}), ("Guten Tag, das ist schade. Rufen Sie uns an.", {})),
    "lost_reference": (
        ("Guten Tag, siehe unsere letzte Antwort.", {"one_reply": True}),
        ("Guten Tag, siehe unsere letzte Antwort.", {"one_reply": False}),
    ),
}
NAMES = [rule.__name__ for rule in RULES]


def speaks(name, reply, options, rules=RULES):
    """Does this rule, alone among `rules`, find anything in the reply?"""
    from importlib import import_module

    module = import_module("replies.policy.check")
    options = dict(options)
    post = options.pop("post", POST)
    before, module.RULES = module.RULES, tuple(rule for rule in rules if rule.__name__ == name)
    try:
        return bool(check(post, reply, **options))
    finally:
        module.RULES = before


def silenced(name):
    """The rules with one that says nothing in place of the named one."""

    def nothing(_case):
        return iter(())

    nothing.__name__ = name
    return tuple(nothing if rule.__name__ == name else rule for rule in RULES)


def test_every_rule_has_a_case():
    """And every case a rule."""
    assert sorted(CASES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_speaks_where_it_must(name):
    """The positive example."""
    assert speaks(name, *CASES[name][0])


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_is_silent_where_it_must(name):
    """The negative example: a near neighbour of the positive one."""
    assert not speaks(name, *CASES[name][1])


@pytest.mark.parametrize("name", NAMES)
def test_the_example_fails_without_its_rule(name):
    """Mutation: with a function that does nothing in its place, the positive example would fail."""
    assert not speaks(name, *CASES[name][0], rules=silenced(name))


def test_every_rule_says_why():
    """Each message carries the guideline's or the law's sentence."""
    sentences = set(guideline().values())
    assert {paragraph.why for paragraph in paragraphs().values()} <= sentences
    assert sorted(paragraphs()) == sorted(NAMES)
