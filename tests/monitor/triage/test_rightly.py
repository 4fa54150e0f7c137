"""The sentences of SENTIMENT and of the guideline, and what the demo of the first form got wrong."""

import pytest

from monitor.triage import Demand, PostText, Sentiment, Topic, default_judge, lexicon, signals

SENTENCES = {
    "Ihr seid Betrüger, Drecksladen!": (True, True),
    "Das Essen war kalt und die Bedienung unfreundlich.": (True, False),
    "Leider war die Lieferung zu spät, ich bitte um Rückerstattung.": (True, False),
    "Ganz toll, drei Wochen gewartet und dann das Falsche bekommen.": (True, False),
    "Nicht schlecht, kann man empfehlen": (False, False),
    "Nie wieder!!! Abzocke hoch zehn, ich gehe zum Anwalt": (True, False),
    "Haltet endlich die Fresse mit eurer Werbung": (True, True),
    "I bin ned zfriedn, so a Schmarrn": (True, False),
    "Reine Abzocke, Finger weg": (True, False),
    "Scheiße, war das lecker": (False, False),
    "Die Lieferung erfolgte zu spät": (True, False),
    'Die Lieferung erfolgte "zu spät", obwohl in der Benachrichtigung drei Tage angegeben sind.': (True, False),
}


@pytest.fixture(scope="module", params=[True, False], ids=["strong", "simple"])
def judge(request):
    """Both tiers: the one in force, and the one without onnxruntime."""
    return default_judge(strong=request.param)


@pytest.mark.parametrize("text", SENTENCES)
def test_the_sentences_of_the_reference_are_judged_rightly(judge, text):
    """Complaint and hostility, by the text alone."""
    found = judge.judge(PostText("1", text))
    assert (found.is_complaint, found.is_hostile) == SENTENCES[text]


@pytest.mark.parametrize("text", [text for text, (complaint, _) in SENTENCES.items() if complaint])
def test_no_complaint_of_the_reference_is_called_positive(judge, text):
    """textblob-de gives some of them +1.00."""
    assert judge.judge(PostText("1", text)).sentiment is not Sentiment.POSITIVE


@pytest.mark.parametrize("text", ["I bin ned zfriedn.", "Ich bin nicht zufrieden, so ein Schmarrn"])
def test_whoever_is_not_satisfied_is_not_positive(judge, text):
    """The chances of the moods alone called these positive: they read the "zufrieden"."""
    found = judge.judge(PostText("1", text))
    assert (found.is_complaint, found.sentiment, found.polarity <= 0) == (True, Sentiment.NEGATIVE, True)


@pytest.mark.parametrize("text", ["Tolles Hotel, sehr gerne wieder! Nur mit dem WLAN war ich nicht zufrieden."])
def test_praise_beside_a_criticism_may_stay_positive(judge, text):
    """The control: the rule above does not turn every mixed post sour."""
    assert judge.judge(PostText("1", text)).sentiment is Sentiment.POSITIVE


@pytest.mark.parametrize(
    ("text", "not_there"),
    [
        ("Die Preise haben etwas angezogen.", "complaint.rip-off"),
        ("Parken ist schwierig.", "complaint.dirty"),
        ("Beim Anruf wurde einfach aufgelegt.", "complaint.rip-off"),
        ("Nachtrag: Immer noch nichts gehört.", "resolved.resolved"),
        ("Ergänzung: Die zweite Rate fehlt auch.", "resolved.resolved"),
        ("Das Schutzblech klappert.", "topic.hygiene"),
    ],
)
def test_a_word_that_only_looks_like_a_listed_one_is_let_pass(text, not_there):
    """What the demo of the first form showed."""
    assert not_there not in {found.rule.id for found in signals.signals(text, lexicon.german()).evidence}


@pytest.mark.parametrize(
    "text",
    [
        "Vollidioten am Werk. Termin um 9 ausgemacht, gekommen ist keiner.",
        "Ihr seid Betrüger. Ich habe bezahlt und keine Ware erhalten.",
    ],
)
def test_an_insult_stays_one_before_a_plain_report(judge, text):
    """With both tiers."""
    assert judge.judge(PostText("1", text)).is_hostile


@pytest.mark.parametrize("word", ["Penner", "Trottel", "Idiot", "Gauner", "Wichser", "Lackaffe"])
def test_the_word_list_knows_an_insult_by_one_letter_less(word):
    """A slip of the pen or a way round a filter: the same rule, and the place is that of what was written."""
    for place in range(1, len(word) - 1):
        text = f"So ein {word[:place]}{word[place + 1 :]} am Telefon"
        found = [one for one in signals.signals(text, lexicon.german()).evidence if one.rule.group == "insult"]
        assert {text[one.start : one.end] for one in found} == {text.split()[2]}


@pytest.mark.parametrize(
    "text", ["Mein Paket wird vermisst.", "Das vergisst man nie.", "Der Wischer klemmt.", "Ein Bonbon zum Lutschen."]
)
def test_an_ordinary_word_is_no_misspelt_insult(text):
    """What the training part showed: `vermisst` is one letter away from a listed word."""
    assert not signals.signals(text, lexicon.german()).has("insult")


def test_money_back_in_any_order_is_a_refund():
    """The object may stand in front."""
    found = default_judge().judge(PostText("1", "Die Bremse quietscht immer noch, das Geld will ich zurück."))
    assert Demand.REFUND in found.demands


def test_hanging_up_is_about_being_reached():
    """Not about being cheated."""
    found = signals.signals("Beim Anruf wurde einfach aufgelegt.", lexicon.german())
    assert Topic.COMMUNICATION.value in {name for one in found.evidence for name in one.rule.topics}
