"""The texts that a reply had before are kept, with who wrote them and whether they were handed over."""

from replies.wording import earlier
from tests.replies.shop import ANNA, BERND


def texts(shop, reply_id):
    """(version, text, author, handed over), newest first."""
    with shop.database.reading() as session:
        rows = earlier(session, reply_id)
        return [(row.version, row.text, row.author_id, row.submitted_at is not None) for row in rows]


def test_what_was_handed_over_stays_when_an_owner_changes_it(shop):
    """Anna's first words, her second ones that she handed over, and Bernd's, which stand in the reply."""
    reply = shop.draft(shop.complaint(), text="Sorry.")
    shop.facts(1)
    shop.clock.forward(minutes=1)
    shop.do(shop.desk.edit, reply, "Das tut uns leid.", ANNA, seen_version=1)
    shop.clock.forward(minutes=1)
    shop.do(shop.desk.submit, reply, ANNA, seen_version=2)
    shop.clock.forward(minutes=1)
    shop.do(shop.desk.edit, reply, "Das tut uns sehr leid.", BERND, seen_version=2)
    assert texts(shop, reply) == [(2, "Das tut uns leid.", ANNA.id, True), (1, "Sorry.", ANNA.id, False)]
    assert shop.reply(reply).text == "Das tut uns sehr leid."


def test_saving_the_same_words_again_keeps_nothing(shop):
    """Only a change makes an older text."""
    reply = shop.draft(shop.complaint(), text="Sorry.")
    shop.do(shop.desk.edit, reply, "Sorry.", ANNA, seen_version=1)
    assert texts(shop, reply) == []
