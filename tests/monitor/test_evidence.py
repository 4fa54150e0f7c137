"""Evidence: each version with its digest, secured in the journal's chain, alterable by nobody unnoticed."""

from sqlalchemy import update
from sqlmodel import select

from monitor import evidence
from monitor.tables import PostVersion
from replies import journal
from replies.tables import Journal
from tests.replies.fixtures import clock, database, shop
from tests.replies.shop import ANNA

__all__ = ["clock", "database", "shop"]


def taken(shop, post):
    """What the page of evidence shows."""
    with shop.database.reading() as session:
        return evidence.snapshots(session, post)


def test_a_version_is_secured_once_and_each_version_for_itself(shop):
    """The digest stands in the chain; securing again adds nothing."""
    post = shop.post("Das Brot war hart.")
    first = shop.do(evidence.secure, post, ANNA)
    assert shop.do(evidence.secure, post, ANNA) == first
    with shop.database.transaction() as session:
        session.add(PostVersion(post_id=post, n=2, text="Das Brot war Stein.", seen_at=shop.clock(), content_hash="x"))
        row = session.get(evidence.PostRow, post)
        row.version = 2
        session.add(row)
    one, two = taken(shop, post)
    assert (one.digest, one.row is not None, two.row) == (first, True, None)
    assert shop.do(evidence.secure, post, ANNA) == two.digest != first
    with shop.database.reading() as session:
        assert list(journal.breaks(session)) == []


def test_what_was_altered_afterwards_is_seen(shop):
    """The journal still has the digest of the words that stood there."""
    post = shop.post("Das Brot war hart.")
    before = shop.do(evidence.secure, post, ANNA)
    with shop.database.transaction() as session:
        session.execute(update(PostVersion).values(text="Das Brot war gut."))
    (snapshot,) = taken(shop, post)
    assert (snapshot.digest, snapshot.intact) == (before, False)


def test_the_digest_covers_words_stars_and_time(shop):
    """A change in any of them is another digest."""
    at = shop.clock()
    same = PostVersion(post_id=1, n=1, text="Hart.", rating=1, seen_at=at, content_hash="")
    digests = {evidence.digest_of("blog", "1", same)}
    later = shop.clock.forward(days=1)
    for changed in ({"text": "Hart!"}, {"rating": 2}, {"visible": False}, {"n": 2}, {"seen_at": later}):
        words = {"post_id": 1, "n": 1, "text": "Hart.", "rating": 1, "seen_at": at, "content_hash": ""}
        digests.add(evidence.digest_of("blog", "1", PostVersion(**words | changed)))
    assert len(digests) == 6
    assert evidence.digest_of("blog", "1", same) in digests


def test_the_journal_holds_no_words_of_a_post(shop):
    """Only version and digest."""
    post = shop.post("Das Brot war hart.")
    shop.do(evidence.secure, post, ANNA)
    with shop.database.reading() as session:
        row = session.exec(select(Journal).where(Journal.event == evidence.EVENT)).one()
    assert set(row.data) == {"version", "digest"}
