"""Who says it again: same author, same matter, copies; with controls that must stay apart."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from monitor.triage import PostText, default_judge
from monitor.triage.repetition import MATCHES_AT_MOST, Repeats

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LATE = "Seit drei Wochen warte ich auf meine Bestellung, und niemand bei Ihnen antwortet auf meine Mails."
OTHER = "Der Kuchen war trocken, und die Kellnerin hat uns eine halbe Stunde lang nicht beachtet, sehr schade."


def post(name, text, author=None, days=0, source="shop"):
    """A post of an author, some days later."""
    return PostText(name, text, author_id=author, created=NOW + timedelta(days=days), source=source)


def repeated(new, *earlier):
    """What a new post repeats after the earlier ones of a run."""
    repeats, judge = Repeats(), default_judge()
    for one in earlier:
        repeats.add(one, judge.judge(one))
    return repeats.add(new, judge.judge(new))


@pytest.mark.parametrize(
    "text",
    [
        LATE.upper() + " 😡😡",
        LATE.replace("e", "3"),
        "Seit drei Wochn warte ich auf meine Bestelung, und niemand bei ihnen antwortet auf meine Mails!!",
        "Hallo! " + LATE + " Wer noch?",
        "Und niemand bei Ihnen antwortet auf meine Mails, seit drei Wochen warte ich auf meine Bestellung!",
        "S e i t d r e i Wochen warte ich auf meine B3st3llung, und n1emand bei Ihnen antwortet auf meine M***s.",
        "Seit drei Wo\u00adchen warte ich auf meine Be\u200bstellung, und niemand bei Ihnen antwortet auf meine Mails.",
    ],
)
def test_the_same_words_again_are_a_repeat_whoever_writes_them(text):
    """Capitals, leet, typing errors, a frame and another order hide nothing."""
    assert [match.id for match in repeated(post("2", text), post("1", LATE))] == ["1"]


def test_different_texts_of_different_people_are_no_repeat():
    """The control: alike in nothing but the language."""
    assert repeated(post("2", OTHER, "bernd"), post("1", LATE, "clara")) == []


def test_the_same_author_on_the_same_matter_in_other_words_is_a_repeat():
    """Paraphrase is left to the author and the topic (SENTIMENT 4)."""
    again = "Mein Paket ist immer noch nicht da. Unmöglich!"
    found = repeated(post("2", again, "anna", days=5), post("1", "Die Lieferung erfolgte zu spät.", "anna"))
    assert [match.rule for match in found] == ["repeat.same-matter"]


@pytest.mark.parametrize(
    ("text", "author", "days", "source"),
    [
        ("Mein Paket ist immer noch nicht da. Unmöglich!", "anna", 60, "shop"),  # after the window
        ("Mein Paket ist immer noch nicht da. Unmöglich!", "anna", 5, "maps"),  # the id of another platform
        ("Mein Paket ist immer noch nicht da. Unmöglich!", None, 5, "shop"),  # nobody known
        ("Der Preis ist unverschämt hoch.", "anna", 5, "shop"),  # another matter
        ("Die Lieferung kam heute, alles super, gerne wieder!", "anna", 5, "shop"),  # no complaint
    ],
)
def test_another_matter_time_or_author_is_no_repeat(text, author, days, source):
    """The controls of the same matter."""
    earlier = post("1", "Die Lieferung erfolgte zu spät.", "anna")
    assert repeated(post("2", text, author, days, source), earlier) == []


def test_stock_phrases_of_two_people_are_no_copies():
    """Short praise is alike by nature."""
    assert (
        repeated(post("2", "Alles super, gerne wieder!", "bernd"), post("1", "Alles super, gerne wieder.", "clara"))
        == []
    )


def test_empty_texts_repeat_nothing():
    """Stars without text are no copies of each other."""
    assert repeated(post("2", " 😡 ", "anna"), post("1", "", "anna")) == []


def test_a_run_finds_what_the_pure_function_finds():
    """The index of a run leaves no close copy out."""
    judge, repeats = default_judge(), Repeats()
    texts = [LATE, OTHER, LATE.lower() + "!!", OTHER + " Nie wieder!"]
    posts = [post(str(n), text) for n, text in enumerate(texts)]
    found = [[match.id for match in repeats.add(one, judge.judge(one))] for one in posts]
    assert found == [[], [], ["0"], ["1"]]


def test_a_flood_of_copies_stays_affordable():
    """Three thousand near-copies of one author: bounded work per post, the best ones named."""
    repeats, judgement = Repeats(), default_judge().judge(post("x", LATE))
    before = time.process_time()
    for n in range(3000):
        found = repeats.add(post(str(n), f"{LATE} Nummer {n}", "anna"), judgement)
    assert len(found) == MATCHES_AT_MOST
    assert time.process_time() - before < 20
