"""Repetition in the database: found among everything stored, in few queries, and gone with the text."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from monitor import campaign, repeats
from monitor.privacy.erase import erase
from monitor.privacy.person import find
from monitor.tables import PostBand, PostPrint, Verdict
from tests.monitor.shop import AGAIN, COMPLAINT, MONDAY, PRAISE, own, post

LONG = "Seit drei Wochen warte ich auf meine Bestellung, und niemand bei Ihnen antwortet auf meine Mails."
OTHER = "Der Kuchen war trocken, und die Kellnerin hat uns eine halbe Stunde lang nicht beachtet, sehr schade."
EDITS = {
    "reordered": "Und niemand bei Ihnen antwortet auf meine Mails, seit drei Wochen warte ich auf meine Bestellung!",
    "shortened": "Seit drei Wochen warte ich auf meine Bestellung, niemand antwortet auf meine Mails.",
    "padded": "Guten Tag! " + LONG + " Schade.",
    "masked": LONG.replace("Bestellung", "B*st*llung"),
    "retyped": "Seit drei Wochn warte ich auf meine Bestelung und niemand bei ihnen antwortet auf meine Mails",
    "leet": LONG.replace("e", "3"),
}


def reasons(shop, ref):
    """Rules of the newest verdict of a post that speak of repetition."""
    number = shop.row(ref).id
    return [
        reason["rule"]
        for row in shop.all(Verdict)
        if row.post_id == number
        for reason in row.reasons
        if reason["rule"].startswith("repeat.")
    ]


def words(shop, ref):
    """The sentence about the repetition of a post."""
    number = shop.row(ref).id
    rows = [row for row in shop.all(Verdict) if row.post_id == number]
    return next(reason["words"] for reason in rows[-1].reasons if reason["rule"].startswith("repeat."))


def campaign_of(shop, ref):
    """The campaign that a post stands in."""
    with shop.house.reading() as session:
        return campaign.of_post(session, shop.row(ref))


@pytest.mark.parametrize("text", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("author", ["karin", "paul"])
def test_a_changed_copy_is_found_whoever_writes_it(shop, text, author):
    """With a hundred other posts in between; only the same author's joins the matter."""
    shop.round([post("1", LONG)])
    shop.round([post(f"x{n}", f"{OTHER} Nummer {n * 7919} {n}.", author_id=f"x{n}") for n in range(100)])
    shop.round([post("2", text, author_id=author)])
    assert reasons(shop, "2") == ["repeat.same-text" if author == "karin" else "repeat.copy"]
    assert (shop.row("1").matter_id == shop.row("2").matter_id) == (author == "karin")


def test_another_text_of_another_author_is_no_copy(shop):
    """The control."""
    shop.round([post("1", LONG)], [post("2", OTHER, author_id="paul")])
    assert reasons(shop, "2") == []


def test_the_third_time_is_called_the_third_time(shop):
    """Within one page and over several; the place is the whole text."""
    shop.round([post("1", created=MONDAY - timedelta(days=3)), post("2", AGAIN, created=MONDAY - timedelta(days=2))])
    shop.round([post("3", COMPLAINT + " Immer noch!")])
    assert words(shop, "2").startswith("Zweites Mal dasselbe Anliegen")
    assert words(shop, "3").startswith("Drittes Mal dasselbe Anliegen")


def test_other_words_on_the_same_matter_join_by_account_topic_and_time(shop):
    """The judge names the topic; the same account within thirty days, not after, and never by name alone."""
    from monitor.triage import default_judge

    shop.house.ingest._judge = default_judge()
    late = "Die Lieferung erfolgte zu spät."
    again = "Mein Paket ist immer noch nicht da. Unmöglich!"
    old = MONDAY - timedelta(days=60)
    shop.round([post("1", late), post("0", late, author_id="udo", created=old)])
    shop.round([post("2", again), post("3", again, author_id="udo"), post("4", again, author_id=None)])
    assert shop.row("1").matter_id == shop.row("2").matter_id
    assert len({shop.row(ref).matter_id for ref in ("0", "1", "3", "4")}) == 4


def test_three_accounts_with_one_text_are_a_campaign_and_two_are_not(shop):
    """The first post learns of it as well; one account three times is none."""
    shop.round([post("1", LONG, author_id="a"), post("2", LONG + " Schade!", author_id="b")])
    shop.round([post(f"s{n}", OTHER, author_id="same") for n in range(3)])
    assert campaign_of(shop, "1") is None
    shop.round([post("3", EDITS["padded"], author_id="c")])
    assert campaign_of(shop, "1").accounts == campaign_of(shop, "3").accounts == 3
    assert campaign_of(shop, "s0") is None
    with shop.house.reading() as session:
        assert [found.posts for found in campaign.recent(session, shop.clock())] == [
            tuple(shop.row(ref).id for ref in "123")
        ]


def test_a_campaign_ends_with_its_window(shop):
    """The same text a year later is no campaign, nor is it one on Heute."""
    for n in range(3):
        shop.round([post(str(n), LONG, author_id=str(n), created=MONDAY - timedelta(days=20 * n))])
    assert campaign_of(shop, "1") is None
    with shop.house.reading() as session:
        assert campaign.recent(session, shop.clock()) == []


def test_an_edit_takes_the_old_words_out_of_the_index(shop):
    """What stood there before is found no more; the new words are."""
    shop.round([post("1", LONG)])
    shop.round([post("1", OTHER)])
    shop.round([post("2", LONG, author_id="a"), post("3", OTHER, author_id="b")])
    assert (reasons(shop, "2"), reasons(shop, "3")) == ([], ["repeat.copy"])
    assert len(shop.all(PostPrint)) == 3


def test_own_posts_and_stock_phrases_stand_in_no_band(shop):
    """Our answers repeat by nature, and so does short praise."""
    shop.round([post("1", PRAISE), own("2", "1", LONG), post("3", "Alles super!"), post("4", "")])
    assert {row.post_id for row in shop.all(PostBand)} == {shop.row("1").id}


def test_an_erased_post_leaves_the_index_and_the_others_stay(shop):
    """Its print, its bands, the hash of its author; a copy that comes later is a copy of nobody."""
    shop.round([post("1", LONG), post("2", OTHER, author_id="paul")])
    gone = shop.row("1").id
    before = {row.number for row in shop.all(PostBand) if row.post_id == gone}
    with shop.house.transaction() as session:
        erase(session, find(session, "karin")[0], shop.clock())
    assert len(before) == 34
    assert before.isdisjoint(row.number for row in shop.all(PostBand))
    assert [row.post_id for row in shop.all(PostPrint)] == [shop.row("2").id]
    shop.round([post("3", LONG, author_id="new"), post("4", OTHER, author_id="newer")])
    assert (reasons(shop, "3"), reasons(shop, "4")) == ([], ["repeat.copy"])


def test_the_index_is_the_same_when_it_is_written_anew(shop):
    """As after a restore."""
    shop.round(
        [post("1", LONG), post("2", PRAISE, author_id="b"), post("3", "Kurz, aber nicht ganz kurz", author_id="c")]
    )
    before = {(row.number, row.post_id) for row in shop.all(PostBand)}
    with shop.house.transaction() as session:
        assert repeats.rebuild(session) == 3
    assert {(row.number, row.post_id) for row in shop.all(PostBand)} == before != set()


@pytest.mark.parametrize("posts", [5, 45])
def test_a_page_asks_the_same_few_questions_however_long_it_is(shop, posts):
    """One author with a long history; prints, bands and history are read for the page, not for each post."""
    shop.round([post(f"old{n}", f"{LONG} {n}") for n in range(70)])
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if "post_band" in statement or "post_print" in statement:
            asked.append(statement)

    event.listen(shop.house.database.engine, "before_cursor_execute", note)
    shop.round([post(f"new{n}", f"{OTHER} {n}") for n in range(posts)])
    event.remove(shop.house.database.engine, "before_cursor_execute", note)
    assert 5 <= len(asked) <= 10


def test_a_flood_fills_a_band_and_the_newest_are_still_found(shop):
    """Two hundred equal texts: the work stays bounded, the copy is named."""
    shop.round([post(f"f{n}", LONG, author_id=f"f{n}") for n in range(200)])
    shop.round([post("last", LONG, author_id="last")])
    assert reasons(shop, "last") == ["repeat.copy"]
    with shop.house.reading() as session:
        firsts = set(session.exec(select(PostPrint.first_id)).all())
    assert firsts == {shop.row("f0").id}
