"""The way of one answer through the page, from the login to the approval."""

import re

from replies.lifecycle import ReplyKind, State
from tests.monitor.web.shop import PASSWORD


def hidden(html, name):
    """The value of a form's field."""
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def test_from_the_login_to_the_approval(shop):
    """Anna writes, Bernd agrees to exactly what he was shown."""
    post = shop.post()
    anna, bernd = shop.stranger(), shop.stranger()
    for client, name in ((anna, "Anna"), (bernd, "Bernd")):
        assert client.post("/anmelden", data={"name": name, "password": PASSWORD}).headers["location"] == "/"
    assert f"/beitrag/{post}" in anna.get("/").text
    page = anna.get(f"/beitrag/{post}").text
    form = {
        "_token": hidden(page, "_token"),
        "verdict": "justified",
        "source": "Lieferschein",
        "our_share": "zu spät verschickt",
    }
    text = "Das tut uns leid.\r\nWir erstatten den Aufpreis."
    done = anna.post(f"/beitrag/{post}", data={**form, "kind": "final", "text": text, "do": "submit"})
    assert done.headers["location"] == f"/beitrag/{post}/geschafft?gut=submitted&zu={post}"  # it was a hostile post
    page = bernd.get("/freigaben").text
    assert "Wir erstatten den Aufpreis." in page
    assert "Lieferschein" in page
    done = bernd.post("/freigaben/1", data={name: hidden(page, name) for name in ("_token", "shown", "ticked")})
    assert done.headers["location"] == "/freigaben?eben=1"
    assert shop.reply(1).state == State.APPROVED
    assert shop.reply(1).text == text.replace("\r\n", "\n")
    assert "Rückgängig" in bernd.get("/freigaben?eben=1").text


def test_the_holding_reply_takes_one_key(shop, anna):
    """The approved wording with the date of the second clock waits for an owner."""
    post = shop.post()
    assert (
        anna.post(f"/beitrag/{post}/halteantwort", data=anna.form()).headers["location"] == f"/?gut=holding&zu={post}"
    )
    reply = shop.reply(1)
    assert (reply.kind, reply.state) == (ReplyKind.HOLDING, State.SUBMITTED)
    assert (
        reply.text
        == "Wir haben uns Ihres Anliegens angenommen und melden uns bis Mittwoch, 25. November mit einer Antwort."
    )
