"""The walk of the promise against a real Bluesky network, where one edits by deleting a post and writing it anew."""

import signal

import pytest

from connectors.core.facets import facets
from tests.day.conftest import begun
from tests.day.house import Installation
from tests.day.steps import answer, approve, post_id
from tests.peers.bluesky import shop_and_customer

pytestmark = [pytest.mark.day, pytest.mark.peer]

LATE = "@laden.test Die Lieferung kam vier Tage zu spät, obwohl Express bezahlt war, und ans Telefon geht niemand."
BROKEN = "@laden.test Der Reißverschluss war nach zwei Tagen kaputt, und umtauschen wollte man ihn auch nicht."
ANSWER = "Guten Tag, Ihre Lieferung kam zu spät, das lag an uns. „Express“ heißt zwei Werktage – wir prüfen das."


@pytest.fixture(scope="module")
def network():
    """One network with a shop and a customer."""
    with shop_and_customer() as running:
        yield running


@pytest.fixture
def house(tmp_path, network, request):
    """An installation that watches the shop's mentions."""
    (tmp_path / "password").write_text(network.shop.password)
    source = (
        f'[sources.sky]\nkind = "bluesky"\ntitle = "Bluesky"\nhandle = "laden.test"\napp_password_file = "password"\n'
        f'url = "{network.url}"\npublic_url = "{network.public_url}"\nallow_networks = ["127.0.0.0/8"]\n'
    )
    running = begun(Installation(tmp_path, source, undo=getattr(request, "param", 2)))
    yield running
    running.stop()


def mention(network, text):
    """The customer writes to the shop; gives the address of the post."""
    uri = network.post(network.customer, text, facets=facets(text, {"laden.test": network.shop.did}.get))
    network.wait_for(uri)
    return uri


def owed(house, uri):
    """Our number of the post, once it is fetched, judged, and an answer is owed."""
    post = post_id(house, uri)
    house.wait_for("select 1 from duty where post_id = ?", post)
    return post


def answers(network, uri):
    """The texts of the shop below a post, as a stranger sees them."""
    found = network.read("app.bsky.feed.getPostThread", uri=uri)["thread"].get("replies", [])
    return [one["post"]["record"]["text"] for one in found if one["post"]["author"]["did"] == network.shop.did]


def test_one_mention_goes_all_the_way(house, network, anna, bernd):
    """Fetched, judged, answered, approved by two people, published once, seen; deleted, and open again."""
    uri = mention(network, LATE)
    post = owed(house, uri)
    answer(anna, post, ANSWER)
    approve(bernd, "das lag an uns")
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post, what="the duty closes")
    assert answers(network, uri) == [ANSWER]
    assert house.ask("select public, equal, seen from sighting order by id desc limit 1") == [(1, 1, 1)]

    ((ref,),) = house.ask("select external_ref from reply where post_id = ?", post)
    network.delete(network.shop, ref)
    house.wait_for("select 1 from duty where post_id = ? and state = 'open'", post, what="the duty opens again")
    assert answers(network, uri) == []
    assert house.violations() == []


@pytest.mark.parametrize("house", [120], indirect=True)  # the undo window: the new words have to come before the sender
def test_a_post_that_was_written_anew_is_answered_anew(house, network, anna, bernd):
    """The answer to the deleted words stays here; the new post has a duty of its own."""
    first = mention(network, BROKEN)
    post = owed(house, first)
    answer(anna, post, "Guten Tag, wir tauschen den Reißverschluss, bitte melden Sie sich unter 0341 5550.")
    approve(bernd, "Reißverschluss")
    network.delete(network.customer, first)
    second = mention(network, f"{BROKEN} Auch die Naht ging auf.")
    assert owed(house, second) != post
    house.wait_for("select 1 from post where id = ? and gone_at is not null", post, what="the first one is gone")
    assert answers(network, second) == []
    assert house.violations() == []


def test_an_answer_is_never_there_twice_though_the_program_is_killed(house, network, anna, bernd):
    """SIGKILL while it may be sending, and a new start."""
    uri = mention(network, LATE.replace("vier", "fünf"))
    post = owed(house, uri)
    answer(anna, post, ANSWER)
    approve(bernd, "das lag an uns")
    house.wait_for("select 1 from reply where state in ('sending', 'delivered', 'unclear', 'published')")
    house.stop(signal.SIGKILL)
    house.start()
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post)
    assert answers(network, uri) == [ANSWER]
    assert house.violations() == []
