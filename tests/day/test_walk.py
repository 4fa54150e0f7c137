"""One complaint, all the way, against a real WordPress and in a real browser: the promise of the product as a test."""

import signal

import pytest

from tests.day.house import PASSWORDS
from tests.day.steps import answer, approve, post_id

pytestmark = [pytest.mark.day, pytest.mark.peer]

LATE = "Die Lieferung kam vier Tage zu spät, obwohl Express bezahlt war, und am Telefon war niemand zu erreichen."
AGAIN = "Noch einmal: die Lieferung kam vier Tage zu spät, Express war bezahlt, und ans Telefon geht niemand!"
PRAISE = "Alles bestens, sehr freundliche Beratung, gerne wieder!"
QUESTION = "Haben Sie am Samstag auch geöffnet?"
DOUBTFUL = "Aha, soso."  # neither praise nor criticism, for any judge
BROKEN = "Der Reißverschluss war nach zwei Tagen kaputt, und umtauschen wollte man ihn auch nicht."
ANSWER = "Guten Tag, Ihre Lieferung kam zu spät, das lag an uns. „Express“ heißt zwei Werktage – wir prüfen das."


@pytest.mark.usefixtures("engine")
def test_one_complaint_goes_all_the_way(house, wordpress, article, person):
    """Fetched, judged, answered, approved by two people, published once, seen by a stranger."""
    late = wordpress.comment("Karin Vogt", LATE, post=article)
    praise = wordpress.comment("Paul Lenz", PRAISE, post=article)
    wordpress.comment("Mia Lang", QUESTION, post=article)
    wordpress.comment("Jo Kern", DOUBTFUL, post=article)
    mine, _ = post_id(house, late), post_id(house, praise)
    house.wait_for("select 1 from duty where post_id = ?", mine)
    anna, bernd = (person(house.url, name, PASSWORDS[name]) for name in ("Anna", "Bernd"))

    anna.go("/")
    seen = anna.sees()
    assert ("vier Tage zu spät" in seen, "am Samstag" in seen, "gerne wieder" in seen) == (True, True, False)
    assert seen.index("Bitte einordnen") < seen.index("Aha, soso")
    anna.shot("walk-heute")

    answer(anna, mine, ANSWER)
    assert house.ask("select state from reply") == [("submitted",)]
    approve(bernd, "das lag an uns")
    bernd.shot("walk-freigegeben")
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", mine, what="the duty closes")
    assert "das lag an uns" in wordpress.page_html(article)
    assert house.ask("select public, equal, seen from sighting order by id desc limit 1") == [(1, 1, 1)]
    assert len(wordpress.children(late)) == 1
    assert (anna.foreign_requests, anna.csp_reports, bernd.csp_reports) == ([], [], [])
    assert house.violations() == []


def test_a_repetition_gets_a_duty_of_its_own(house, wordpress, article):
    """The same author on the same subject: one matter, two duties, half the time for the second."""
    first = post_id(house, wordpress.comment("Gerd Maas", LATE, post=article))
    second = post_id(house, wordpress.comment("Gerd Maas", AGAIN, post=article))
    house.wait_for("select 1 from duty where post_id = ?", second)
    rows = house.ask("select matter_id from post where id in (?, ?)", first, second)
    assert len(set(rows)) == 1
    assert house.ask("select occasion from duty where post_id = ?", second) == [(2,)]
    assert house.violations() == []


@pytest.mark.parametrize("house", [120], indirect=True)  # the undo window: the edit has to come before the sender
def test_an_edit_after_the_approval_revokes_it(house, wordpress, article, person):
    """The words that Bernd approved answered another text."""
    comment = wordpress.comment("Mia Lang", BROKEN, post=article)
    post = post_id(house, comment)
    house.wait_for("select 1 from duty where post_id = ?", post)
    anna, bernd = (person(house.url, name, PASSWORDS[name]) for name in ("Anna", "Bernd"))
    answer(anna, post, "Guten Tag, wir tauschen den Reißverschluss, bitte melden Sie sich unter 0341 5550.")
    approve(bernd, "Reißverschluss")
    wordpress.edit(comment, BROKEN + " Nachtrag: auch die Naht ging auf.")
    house.wait_for("select 1 from reply where state = 'draft' and trouble = 'post_changed'", what="approval revoked")
    assert wordpress.children(comment) == []
    assert house.violations() == []


def test_a_reply_deleted_on_the_site_opens_the_duty_again(house, wordpress, article, person):
    """Published is not for ever: the watch looks again."""
    comment = wordpress.comment("Uwe Brandt", BROKEN, post=article)
    post = post_id(house, comment)
    house.wait_for("select 1 from duty where post_id = ?", post)
    anna, bernd = (person(house.url, name, PASSWORDS[name]) for name in ("Anna", "Bernd"))
    answer(anna, post, "Guten Tag, das tut uns leid; wir tauschen den Reißverschluss gern um.")
    approve(bernd, "Reißverschluss gern um")
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post)
    wordpress.delete(wordpress.children(comment)[0]["id"])
    house.wait_for("select 1 from duty where post_id = ? and state = 'open'", post, what="the duty opens again")
    assert house.violations() == []


def test_a_reply_is_never_there_twice_though_the_program_is_killed(house, wordpress, article, person):
    """SIGKILL while it may be sending, start again, as often as it takes."""
    comment = wordpress.comment("Rita Voss", LATE, post=article)
    post = post_id(house, comment)
    house.wait_for("select 1 from duty where post_id = ?", post)
    anna, bernd = (person(house.url, name, PASSWORDS[name]) for name in ("Anna", "Bernd"))
    answer(anna, post, ANSWER)
    approve(bernd, "das lag an uns")
    house.wait_for("select 1 from reply where state in ('sending', 'delivered', 'unclear', 'published')")
    house.stop(signal.SIGKILL)
    house.start()
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post)
    assert len(wordpress.children(comment)) == 1
    assert house.violations() == []
