"""The real WordPress and the real browser do what the other tests take for granted."""

import httpx
import pytest

pytestmark = pytest.mark.peer


def reply(wordpress, parent, text):
    """The business answers through the REST API, as a connector would."""
    return httpx.post(
        f"{wordpress.url}/wp-json/wp/v2/comments",
        auth=(wordpress.admin_user, wordpress.admin_password),
        json={"post": 1, "parent": parent, "content": text},
        trust_env=False,
        timeout=180,
    )


def test_a_complaint_can_be_read_by_a_stranger(wordpress):
    """Umlauts, quotes and backslashes arrive as they were written."""
    comment = wordpress.comment("Frau Müller", 'Zwei Stunden gewartet, "gleich" heißt C:\\nie!')
    seen = {post["id"]: post for post in wordpress.comments()}
    assert seen[comment]["author_name"] == "Frau Müller"
    assert "C:\\nie!" in seen[comment]["content"]["rendered"]


def test_the_same_answer_twice_is_a_409(wordpress):
    """A repeated publication is refused by the platform, and only one answer is public."""
    comment = wordpress.comment("Herr Kaya", "Die Rechnung stimmt nicht.")
    assert reply(wordpress, comment, "Das tut uns leid.").status_code == 201
    again = reply(wordpress, comment, "Das tut uns leid.")
    assert (again.status_code, again.json()["code"]) == (409, "comment_duplicate")
    assert len(wordpress.children(comment)) == 1


def test_an_edited_comment_shows_its_new_text(wordpress):
    """People change their minds, and the platform shows only the last one."""
    comment = wordpress.comment("Frau Ott", "Nie wieder.")
    wordpress.edit(comment, "Nie wieder ohne Termin.")
    text = next(post["content"]["rendered"] for post in wordpress.comments() if post["id"] == comment)
    assert "ohne Termin" in text


@pytest.mark.parametrize("way", ["trash", "delete", "hold"])
def test_what_is_taken_away_disappears_from_the_public(wordpress, way):
    """A stranger cannot tell the three ways apart."""
    comment = wordpress.comment("Herr Lang", f"Kalte Suppe ({way}).")
    getattr(wordpress, way)(comment)
    assert comment not in [post["id"] for post in wordpress.comments()]


def test_a_held_comment_is_public_after_approval(wordpress):
    """The administrator sees it in between."""
    comment = wordpress.comment("Frau Roth", "Niemand geht ans Telefon.")
    wordpress.hold(comment)
    assert comment in [post["id"] for post in wordpress.comments(anonymous=False)]
    wordpress.approve(comment)
    assert comment in [post["id"] for post in wordpress.comments()]


def test_a_customer_may_post_with_an_application_password(wordpress):
    """The account that the tests made is a real one."""
    author = wordpress.app_password("Frau Blum")
    answer = httpx.get(f"{wordpress.url}/wp-json/wp/v2/users/me", auth=author, trust_env=False, timeout=180)
    assert answer.json()["name"] == "Frau Blum"


def test_the_browser_shows_the_complaint_on_the_public_page(wordpress, person):
    """What the API stored is what a passer-by reads."""
    wordpress.comment("Herr Wolf", "Das Zimmer war nicht geputzt.")
    stranger = person(wordpress.url)
    stranger.go("/?p=1")
    assert "Das Zimmer war nicht geputzt." in stranger.sees()
    assert "Das Zimmer war nicht geputzt." in wordpress.page_html()
    assert stranger.shot("wordpress-peer").stat().st_size > 5_000


def test_the_browser_blocks_and_notes_other_hosts(wordpress, person):
    """An image of another host is never asked for, and the test knows."""
    post = wordpress.publish("Bild", '<img src="https://elsewhere.example/pixel.png" alt="">')
    stranger = person(wordpress.url)
    stranger.go(f"/?p={post}")
    assert stranger.foreign_requests == ["https://elsewhere.example/pixel.png"]
