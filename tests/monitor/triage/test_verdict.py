"""What owes an answer: FEATURES d.3, the guideline's example, stars, irony, negation, law, hostility."""

import pytest

from monitor.triage import Demand, PostText, Topic, default_judge
from monitor.triage.judgement import Judge

COMPLAINTS = """Der Service war schlecht.
Der Service war nicht gut.
Unverschämte Bedienung, nie wieder!
Das ist eine Frechheit!
Das ist Betrug!
Reine Abzocke, Finger weg von diesem Saftladen!
Seit drei Wochen warte ich auf meine Lieferung und niemand antwortet.
Ihr seid alle Verbrecher!!!
Toll, schon wieder drei Stunden gewartet. Danke für nichts.
Ich bin sehr enttäuscht von dieser Firma.
Geld zurück verlangt, keine Reaktion.
Der Artikel kam kaputt an.
Ein schlechter Laden.
Sie sind ein Idiot und Ihre Firma ist der letzte Dreck.
Unfreundliches Personal, inkompetente Beratung.
unfreundlich und inkompetent
Nie wieder!
Kann ich nur abraten.
Keine Empfehlung.
Die Lieferung erfolgte zu spät.
FRECHHEIT!!!
Ihr Arschlöcher, verreckt doch.
Ich rufe jetzt meinen Anwalt an.""".splitlines()

PRAISE = """Alles bestens, gerne wieder.
Super Beratung, sehr freundlich.
Der Service war nicht schlecht.
Nicht schlecht, kann man empfehlen
Kein Problem beim Umtausch, sehr kulant.
Nie enttäuscht worden, immer frische Ware.
Scheiße, war das lecker!
5*** Hotel, sehr schön""".splitlines()


@pytest.fixture(scope="module", params=[True, False], ids=["strong", "simple"])
def judge(request) -> Judge:
    """Both tiers: the one in force, and the one without onnxruntime."""
    return default_judge(strong=request.param)


def said(judge, text, **more):
    """The judgement of one text."""
    return judge.judge(PostText("1", text, **more))


@pytest.mark.parametrize("text", COMPLAINTS)
def test_the_complaints_of_the_first_check_are_sure_complaints(judge, text):
    """All 23 of FEATURES d.3, of which the old library alone misses or turns round most."""
    found = said(judge, text)
    assert (found.is_complaint, found.needs_answer, found.sure) == (True, True, True)


@pytest.mark.parametrize("text", PRAISE)
def test_plain_praise_is_sure_and_owes_nothing(judge, text):
    """Whoever praises is not stood in the queue."""
    found = said(judge, text)
    assert (found.is_complaint, found.needs_answer, found.sure) == (False, False, True)


def test_a_few_words_that_no_list_knows_are_for_a_person(judge):
    """Whatever the chances say: whoever writes this has not said what they mean."""
    found = said(judge, "Aha, soso.")
    assert (found.is_complaint, found.needs_answer, found.sure) == (False, True, False)


def test_a_text_without_a_known_word_owes_an_answer_and_is_not_sure():
    """Unknown words go to a person; the strong tier reads the sentence, and is sure."""
    found = said(default_judge(strong=False), "Peter hat einen schönen Hund.")
    assert (found.is_complaint, found.needs_answer, found.sure) == (False, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Leider war die Lieferung zu spät, ich bitte um Rückerstattung.",
        "Ganz toll, drei Wochen gewartet und dann das Falsche bekommen.",
        "Nie wieder!!! Abzocke hoch zehn, ich gehe zum Anwalt",
        "I bin ned zfriedn, so a Schmarrn",
        "Das Essen war kalt und die Bedienung unfreundlich.",
        'Die Lieferung erfolgte "zu spät", obwohl drei Tage angegeben waren.',
        "DIE LIEFERUNG KAM ZU SPAET",
        "sehr enttaeuscht",
        "Freundlich geht anders.",
        "unfreundlcihe Bedienung",
    ],
)
def test_hand_examples_and_spellings_are_complaints(judge, text):
    """The hand examples of SENTIMENT, the guideline's example, capitals, ae for ä, dialect, a typing error."""
    assert said(judge, text).is_complaint


@pytest.mark.parametrize(
    ("rating", "complaint", "needs", "sure"),
    [(1, True, True, True), (2, True, True, True), (2.5, True, True, True), (3, False, True, False),
     (3.75, False, True, False), (4, False, False, True), (5, False, False, True)],
)  # fmt: skip
def test_stars_without_text_follow_the_table(judge, rating, complaint, needs, sure):
    """DESIGN 5: up to half a complaint, up to three quarters unsure, above not."""
    found = said(judge, "  ", rating=rating, rating_max=5)
    assert (found.is_complaint, found.needs_answer, found.sure) == (complaint, needs, sure)


def test_ten_point_scales_are_shares_too(judge):
    """5 of 10 is a complaint although 5 of 5 is not."""
    assert said(judge, "", rating=5, rating_max=10).is_complaint
    assert not said(judge, "", rating=5, rating_max=5).is_complaint


def test_many_stars_with_negative_text_are_unsure(judge):
    """Four or five stars beside criticism contradict each other."""
    found = said(judge, "Die Lieferung kam zu spät.", rating=5, rating_max=5)
    assert (found.needs_answer, found.sure) == (True, False)


def test_few_stars_with_kind_words_are_unsure(judge):
    """Perhaps a slip of the finger, perhaps irony: a person looks."""
    found = said(judge, "Super Laden, sehr freundlich!", rating=1, rating_max=5)
    assert (found.needs_answer, found.sure) == (True, False)


@pytest.mark.parametrize(
    "text",
    ["Respekt, so schnell hat mich noch keiner abgewimmelt.", "Super, dass ihr früher zumacht. Danke für nichts."],
)
def test_irony_is_never_sure_praise(judge, text):
    """Praise with a sting goes to a person at least."""
    assert said(judge, text).needs_answer


def test_a_question_to_the_business_owes_an_answer_without_being_a_complaint(judge):
    """Questions are sure and answered."""
    found = said(judge, "Wann habt ihr am Samstag geöffnet?")
    assert (found.question, found.needs_answer, found.sure, found.is_complaint) == (True, True, True, False)


def test_what_is_settled_in_the_meantime_goes_to_a_person(judge):
    """The words "inzwischen geklärt" close nothing by themselves (DESIGN 5)."""
    found = said(judge, "Inzwischen geklärt, danke für die schnelle Hilfe.")
    assert (found.resolved, found.needs_answer, found.sure) == (True, True, False)


@pytest.mark.parametrize("text", ["Ich rufe jetzt meinen Anwalt an.", "Wir werden Sie verklagen.", "Anzeige ist raus."])
def test_legal_steps_in_the_first_person_are_marked(judge, text):
    """A customer's own announcement."""
    assert said(judge, text).legal


@pytest.mark.parametrize(
    "text",
    [
        "Landgericht Köln: Kunde klagt auf Schadenersatz gegen Möbelkonzern.",
        "Laut Polizei wurde ein Betrüger verurteilt, sein Anwalt schweigt.",
    ],
)
def test_news_about_lawsuits_is_no_customers_threat(judge, text):
    """SENTIMENT 3e: of 18 legal hits on open feeds none was a customer's."""
    found = said(judge, text, kind="mention")
    assert (found.legal, found.sure, found.is_complaint) == (False, False, False)


@pytest.mark.parametrize(
    "text",
    [
        "Was für ein A***loch",
        "Ihr 4r5chlöcher!",
        "So ein I d i o t am Telefon",
        "Ihr Id1oten",
        "Ihr seid Betrüger, Drecksladen!",
    ],
)
def test_insults_are_hostile_even_when_masked(judge, text):
    """Stars, leet and spaced letters hide nothing."""
    found = said(judge, text)
    assert found.is_hostile
    assert any(reason.rule.startswith(("insult", "contempt")) for reason in found.reasons)


@pytest.mark.parametrize("text", ["5*** Hotel", "A*** Klasse", "Frau S*** war nett", "Das Essen war kalt.", "Note 1,3"])
def test_harmless_stars_and_plain_criticism_are_not_hostile(judge, text):
    """The control for the masks, and for criticism without abuse."""
    assert not said(judge, text).is_hostile


def test_insult_harsh_judgement_and_demand_are_told_apart(judge):
    """Against people, about the product, and what is asked for: three questions, three answers (RULES 002-3)."""
    insult, product = said(judge, "Ihr seid alle Idioten."), said(judge, "Das Gerät ist der letzte Schrott.")
    demand = said(judge, "Ich will mein Geld zurück.")
    assert (insult.is_hostile, product.is_hostile, demand.is_hostile) == (True, False, False)
    assert (insult.demands, product.demands, demand.demands) == ((), (), (Demand.REFUND,))
    assert product.is_complaint


def test_a_threat_is_marked_and_hostile(judge):
    """Threats raise the flag for the ladder."""
    found = said(judge, "Ich weiß, wo ihr wohnt.")
    assert (found.threat, found.is_hostile, found.needs_answer) == (True, True, True)


def test_a_rating_as_leverage_is_marked(judge):
    """Extortion needs the owner."""
    assert said(judge, "Gegen Zahlung von 200 Euro lösche ich die Bewertung.").extortion


def test_demands_and_topics_come_in_the_order_of_the_design(judge):
    """Refund, deadline and amount from one sentence."""
    found = said(judge, "Ich fordere die Rückzahlung von 249,90 € bis zum 15.11., die Lieferung war kaputt.")
    assert found.demands == (Demand.REFUND, Demand.DEADLINE, Demand.AMOUNT)
    assert Topic.DELIVERY in found.topics
    assert list(found.topics) == [topic for topic in Topic if topic in found.topics]
    assert len(found.topics) > 1


def test_a_foreign_language_is_named_and_goes_to_a_person(judge):
    """The word lists are German."""
    found = said(judge, "Le personnel était vraiment désagréable et la chambre sale.")
    assert (found.lang, found.needs_answer, found.sure) == ("fr", True, False)
