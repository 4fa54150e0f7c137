"""The estimate on the page: reasons with their words, every question to correct, and how often it was right."""

import re

from sqlalchemy import insert

from monitor import corrections
from monitor.tables import Correction, PostPrint, Verdict
from replies import duty as duties
from replies.lifecycle import DutyState

NOTHING = {"complaint": "no", "needs_answer": "no", "hostile": "no", "question": "no", "sentiment": "neutral"}


def looked(shop, who, post, **words):
    """Send the form as a browser does."""
    client = shop.client(who)
    return client.post(f"/beitrag/{post}/einschaetzung", data=client.form(version=1, **words))


def verdict(shop, post):
    """The newest verdict of a post."""
    with shop.house.reading() as session:
        return session.exec(Verdict.__table__.select().where(Verdict.post_id == post)).all()[-1]


def test_every_reason_has_its_words_its_place_and_its_rule(shop, anna):
    """An insult is named by its rule; its words stay covered."""
    text = anna.get(f"/beitrag/{shop.post()}").text
    assert re.search(r"Etwas kam zu spät\.\s*<bdi[^>]*>„zu spät“", text)
    assert "complaint.late" in text
    assert re.search(r"Zeichen \d+ bis \d+", text)
    assert "„Betrüger“</bdi>" not in text


def test_the_form_asks_every_question_and_shows_what_was_said(shop, anna):
    """All heads, with or without JavaScript: it is a form."""
    text = anna.get(f"/beitrag/{shop.post()}").text
    form = text[text.index('action="/beitrag/1/einschaetzung"') :]
    for head in corrections.PLAIN:
        assert len(re.findall(f'type="radio" name="{head}"', form)) == 2
    assert re.search(r'name="topics"\s+value="delivery" checked', form)
    assert re.search(r'name="demands"\s+value="refund" checked', form)


def test_a_correction_stands_on_the_page_beside_what_widerhall_said(shop, anna):
    """The duty stays, the topic is another one."""
    post = shop.post()
    answer = looked(shop, "Anna", post, hostile="no", topics=["price", "staff"], demands=[])
    assert answer.headers["location"] == f"/beitrag/{post}?gut=looked"
    row = verdict(shop, post)
    assert (row.is_hostile, row.topics, row.demands) == (False, ["price", "staff"], [])
    text = anna.get(f"/beitrag/{post}").text
    assert "Widerhall sagte: Lieferung" in text
    assert "Ein Mensch hat das geprüft" in text
    assert shop.duty(post).state == DutyState.OPEN


def test_needs_no_answer_wants_a_reason_and_a_second_person(shop, bernd):
    """One click closes nothing."""
    post = shop.post()
    refused = looked(shop, "Anna", post, **NOTHING)
    assert (refused.status_code, shop.count("correction")) == (422, 0)
    assert "Bitte geben Sie einen Grund an." in refused.text
    answer = looked(shop, "Anna", post, note="Gemeint ist der Nachbar", **NOTHING)
    assert answer.headers["location"].endswith("gut=looked_none")
    assert (shop.duty(post).state, shop.duty(post).proposed_by) == (DutyState.OPEN, shop.users["Anna"])
    assert "Gemeint ist der Nachbar" in bernd.get(f"/beitrag/{post}").text


def test_praise_becomes_a_complaint_with_a_duty(shop, anna):
    """Overlooked, found by a person, owed from now on."""
    post = shop.post("Super, wieder drei Wochen gewartet.", duty=False)
    looked(shop, "Anna", post, complaint="yes")
    with shop.house.reading() as session:
        assert duties.of_post(session, post).opened_at == shop.clock()


def test_the_text_that_was_shown_is_the_text_that_is_corrected(shop, anna):
    """An edit in between is seen first."""
    post = shop.post()
    shop.edit_post(post, "Inzwischen alles gut.")
    assert looked(shop, "Anna", post, spam="yes").status_code == 409
    assert shop.count("correction") == 0


def test_nonsense_changes_nothing(shop, anna):
    """And is told in one sentence."""
    answer = looked(shop, "Anna", shop.post(), complaint="perhaps")
    assert (answer.status_code, shop.count("correction")) == (422, 0)
    assert "Bitte beantworten Sie jede Frage" in answer.text


def test_precision_and_recall_per_question_and_nobody_s_name(shop, clara):
    """Anna looked; the page knows only how often the judge was right."""
    assert "Noch hat niemand" in clara.get("/einschaetzung").text
    looked(shop, "Anna", shop.post(), topics=["delivery"], demands=[])
    looked(shop, "Anna", shop.post(), topics=["price"], demands=[], hostile="no")
    text = clara.get("/einschaetzung").text
    rows = dict(re.findall(r'(?s)<th scope="row">([^<]+)</th>.*?class="num">\s*([\d–]+)\xa0?%', text))
    assert (rows["scharfer Ton gegen Menschen"], rows["Beschwerde"]) == ("50", "100")
    assert "Themen: Lieferung" in text
    assert not re.search("Anna|Sabine", text)


def test_clara_reads_the_reasons_and_has_no_form(shop, clara):
    """Auditors change nothing."""
    text = clara.get(f"/beitrag/{shop.post()}").text
    assert "Etwas kam zu spät." in text
    assert '/einschaetzung"' not in text.replace('href="/einschaetzung"', "")


def test_a_campaign_is_a_calm_sentence_on_the_post_and_on_heute(shop, anna):
    """Three accounts, one text: said once on Heute and on each post, with the way to the others."""
    posts = [shop.post(author=f"Konto {n}", author_id=f"k{n}") for n in range(3)]
    same = {"exact": 1, "words": 1, "signature": b"", "first_id": 1}
    prints = [{"post_id": post, "who": n, **same} for n, post in enumerate(posts)]
    before = anna.get("/").text + anna.get("/beitrag/1").text
    with shop.house.transaction() as session:
        session.execute(insert(PostPrint), prints)
    sentence = "Fast derselbe Text kam binnen zwei Wochen von 3 verschiedenen Konten."
    assert sentence not in before
    assert anna.get("/").text.count(sentence) == 1
    page = anna.get("/beitrag/1").text
    assert sentence in page
    assert all(f'href="/beitrag/{post}"' in page for post in posts[1:])


def test_who_looked_is_kept_for_a_while_and_shown_to_nobody(shop, anna):
    """The row knows, no page says."""
    looked(shop, "Anna", shop.post(), topics=["delivery"])
    with shop.house.reading() as session:
        assert {row.by_id for row in session.exec(Correction.__table__.select()).all()} == {shop.users["Anna"]}
