"""The WordPress connector with a real WordPress."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors import wordpress as connector
from connectors.core import registry
from connectors.core.contract import Post, Receipt, ReplyMode
from connectors.core.errors import ConfigProblem, Gone, LoginExpired, Refused, Unclear
from connectors.core.text import same_text

pytestmark = pytest.mark.peer
TEXT = 'Guten Tag, "das" tut uns leid -- ehrlich... :-) & mehr\n\nIhr Laden'


def connect(wordpress, user=None, password=None, **more):
    """A connection, as the administrator unless somebody else is named."""
    login = {"username": user, "application_password": password} if user is not None else {
        "username": wordpress.admin_user, "application_password": wordpress.admin_password}  # fmt: skip
    settings = connector.Settings(url=wordpress.url, allow_networks=("127.0.0.0/8",), **login, **more)
    return registry.open_connection("wordpress", settings)


@pytest.fixture
def site(wordpress):
    """The administrator's connection."""
    return connect(wordpress)


def refs(pages):
    """The refs of all posts."""
    return [item.ref for page in pages for item in page.items if isinstance(item, Post)]


def test_comments_are_read_from_the_start_and_from_the_cursor(wordpress, site):
    """Those in the queue too, unseen by the public; two of one second are both there."""
    written = [wordpress.comment("Frau Müller", f"Kalt, Nummer {number}!") for number in range(2)]
    held = wordpress.comment("Herr Kaya", "Niemand geht ans Telefon.")
    wordpress.hold(held)
    pages = list(site.pages(None))
    posts = {item.ref: item for page in pages for item in page.items}
    assert [posts[str(ref)].visible for ref in [*written, held]] == [True, True, False]
    late = wordpress.comment("Frau Ott", "Und ich erst.")
    assert {str(late), *map(str, written)} <= set(refs(site.pages(pages[-1].cursor)))
    assert next(reversed(list(site.pages(None, until=datetime.now(UTC) - timedelta(days=2))))).complete


def test_an_answer_is_published_once_and_seen_by_a_stranger(wordpress, site):
    """WordPress turns quotes, dashes and smileys into something else; it is still our text."""
    post = site.one(str(wordpress.comment("Frau Roth", "Die Rechnung stimmt nicht.")))
    receipt = site.publish(post, TEXT, "key")
    with pytest.raises(Unclear):
        site.publish(post, TEXT, "key")
    for wanted in (receipt, Receipt(text=TEXT), None):
        seen = site.find(post, wanted)
        assert (seen.ref, seen.public, seen.matches, same_text(seen.text, TEXT)) == (receipt.ref, True, 1, True)
    assert site.find(post, Receipt(text="etwas anderes")) is None
    assert site.one(receipt.ref).own


def test_an_answer_in_the_queue_is_not_public_and_in_the_bin_rejected(wordpress, site):
    """Deleted for ever it is not there at all."""
    post = site.one(str(wordpress.comment("Herr Lang", "Kalte Suppe.")))
    receipt = site.publish(post, "Das tut uns leid.", "key")
    wordpress.hold(int(receipt.ref))
    assert not site.find(post, receipt).public
    wordpress.trash(int(receipt.ref))
    assert (site.find(post, receipt).rejected, site.find(post, Receipt(text="Das tut uns leid."))) == (True, None)
    wordpress.delete(int(receipt.ref))
    assert site.find(post, receipt) is None


@pytest.mark.parametrize("way", ["trash", "delete", "hold"])
def test_what_is_not_public_any_more_is_not_answered(wordpress, site, way):
    """WordPress itself would take an answer to a missing comment."""
    post = site.one(str(wordpress.comment("Frau Ott", f"Nie wieder ({way}).")))
    getattr(wordpress, way)(int(post.ref))
    with pytest.raises(Gone):
        site.publish(post, "Zu spät", "key")
    assert (site.one(post.ref) is None) == (way != "hold")


def test_markup_in_an_answer_is_refused_before_it_is_lost(wordpress, site):
    """WordPress would drop it in silence."""
    post = site.one(str(wordpress.comment("Frau Groß", "Und?")))
    with pytest.raises(Refused):
        site.publish(post, "Hallo <Kundin>, 1 &lt; 2", "key")
    assert site.find(post, None) is None


def test_two_answers_with_the_same_words_are_both_counted(wordpress, site):
    """Then a person must look; the second one came by hand under another number."""
    post = site.one(str(wordpress.comment("Herr Klein", "Wo bleibt die Antwort?")))
    site.publish(post, "Sie kommt.", "key")
    site.publish(post, "Sie kommt!", "key")
    assert site.find(post, None).matches == 2


def test_a_wrong_password_and_a_customers_login_are_told_apart(wordpress):
    """The owner signs in again; the operator gives the user another role."""
    with pytest.raises(LoginExpired):
        connect(wordpress, wordpress.admin_user, "falsch").check()
    with pytest.raises(ConfigProblem, match="may not moderate comments"):
        connect(wordpress, *wordpress.app_password("Kundin")).check()


def test_without_a_login_comments_are_read_and_nothing_is_answered(wordpress):
    """The card says so, held comments are not seen, and an attempt is refused."""
    stranger = connect(wordpress, "", "")
    seen, held = (wordpress.comment("Frau Wolf", f"Zu laut {number}.") for number in range(2))
    wordpress.hold(held)
    assert stranger.check().reply is ReplyMode.MANUAL
    assert str(seen) in refs(stranger.pages(None))
    assert stranger.one(str(held)) is None
    with pytest.raises(ConfigProblem):
        stranger.publish(stranger.one(str(seen)), "Guten Tag", "key")


def test_a_site_without_a_shop_says_that_reviews_are_missing(wordpress):
    """Not that a post is gone."""
    with pytest.raises(ConfigProblem, match="rest_no_route"):
        connect(wordpress, reviews="store").check()
