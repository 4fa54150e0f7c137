"""What helps beside a post: playbook, course of the matter, cause, scratch text, close-out, the owner's sheet."""

import html
import re

import pytest
from sqlmodel import select

from monitor.corrections import HEADS
from monitor.tables import Matter, PostRow
from monitor.triage.judgement import FLAGS
from monitor.web.pages.sheet import cents, number
from monitor.web.playbook import FOR_FLAG, PLAYS, pages_for
from monitor.web.steps import Problem
from replies.care.tables import GuardCount
from replies.tables import FactCheck
from tests.monitor.web.shop import INSULT
from tests.rules.table import rows

FACTS = {"verdict": "justified", "source": "Lieferschein 4711", "our_share": "Wir haben zu spät verschickt."}
ANSWER = {**FACTS, "kind": "final", "text": "Guten Tag, das Paket kam zu spät.", "do": "submit"}
NO_MARK = {"sentiment", "topics", "needs_answer"}  # a mood, a subject, and what follows from the marks


def test_every_mark_has_its_page_with_meaning_example_steps_and_rule():
    """A mark without a written definition cannot exist (RULES 000-2)."""
    known = {row.rule for row in rows()}
    assert set(HEADS) | set(FLAGS) <= set(FOR_FLAG) | NO_MARK
    assert set(FOR_FLAG.values()) == set(PLAYS)
    for play in PLAYS.values():
        assert play.means.endswith(".")
        assert play.seen
        assert len(play.steps) >= 2 or play.title == "Werbung"
        assert play.not_now
        assert set(play.rules) <= known


def test_the_hardest_mark_comes_first():
    """A threat before a demand; at most four; a plain complaint only where nothing else is seen."""
    names = [name for name, _title in pages_for(["demands", "complaint", "threat", "hostile", "repeated", "legal"])]
    assert names == ["drohung", "recht", "scharf", "wiederholt"]
    assert [name for name, _title in pages_for(["complaint"])] == ["luft"]


def test_a_hostile_post_leads_to_its_playbook_page(shop, anna, clara):
    """From the estimate, and back to the post."""
    post = shop.post()
    assert f'href="/vorgehen/scharf?zu={post}"' in anna.get(f"/beitrag/{post}").text
    page = clara.get(f"/vorgehen/scharf?zu={post}").text
    assert f'href="/beitrag/{post}"' in page
    assert "Er meint nicht Sie." in page
    assert "Polizei 110" in anna.get("/vorgehen/drohung").text
    assert anna.get("/vorgehen/querulant").status_code == 404
    assert all(f'href="/vorgehen/{name}"' in anna.get("/vorgehen").text for name in PLAYS)


def test_the_cause_and_a_message_left_lying_are_asked_with_the_facts(shop, anna):
    """Recorded, shown again, and the newest counts; nonsense is said in a sentence."""
    post = shop.post("Das Paket kam zu spät.")
    assert "Wodurch kam es dazu?" in anna.get(f"/beitrag/{post}").text
    said = anna.form(**FACTS, do="facts", cause="delay", waited="1")
    assert anna.post(f"/beitrag/{post}", data=said).status_code == 303
    page = anna.get(f"/beitrag/{post}").text
    assert '<option value="delay" selected>' in page
    assert 'name="waited" value="1" checked' in page
    wrong = anna.post(f"/beitrag/{post}", data=anna.form(**FACTS, do="facts", cause="psyche"))
    assert "wodurch es dazu kam" in wrong.text
    with shop.house.reading() as session:
        (check,) = session.exec(select(FactCheck)).all()
    assert (check.cause, check.waited_before) == ("delay", True)


def test_a_declined_wish_gets_a_draft_that_names_the_limit(shop, anna):
    """The cause of the form counts before it is recorded."""
    post = shop.post("Ich wollte das Paket heute, nicht erst morgen.")
    form = anna.form(**{**FACTS, "verdict": "unjustified"}, kind="final", text="", do="propose", cause="declined")
    text = html.unescape(anna.post(f"/beitrag/{post}/entwurf", data=form).text)
    assert re.search("bieten wir nicht an|erfüllen wir nicht|eine Grenze", text)


def in_one_matter(shop, *posts):
    """These posts are about one matter."""
    with shop.house.transaction() as session:
        row = Matter(source_id=1, opened_at=shop.clock())
        session.add(row)
        session.flush()
        for post in posts:
            session.get_one(PostRow, post).matter_id = row.id


def test_earlier_posts_of_this_matter_stand_beside_it_and_no_others(shop, anna, bernd):
    """What is still unanswered of it is said; how long it takes is for the owner; insults are masked."""
    first, other = shop.post(INSULT, ago=9), shop.post("Das Brot war hart, ein anderes Anliegen.", ago=5)
    last = shop.post("Ich warte immer noch.", occasion=2)
    in_one_matter(shop, first, last)
    page = anna.get(f"/beitrag/{last}").text
    assert "Frühere Beiträge zu diesem Anliegen" in page
    assert f'href="/beitrag/{first}"' in page
    assert f'href="/beitrag/{other}"' not in page
    assert "Betrüger" not in page
    assert "Davor steht noch ein Beitrag ohne Antwort" in page
    assert "Arbeitsschritte" not in page
    assert "Arbeitsschritte" in bernd.get(f"/beitrag/{last}").text


def test_the_answer_is_shown_as_a_stranger_reads_it(shop, anna):
    """Beside the post, under the name of the business."""
    post = shop.post("Das Paket kam zu spät.")
    page = anna.get(f"/beitrag/{post}").text
    reader = page[page.index("So liest es ein Fremder") :]
    assert reader.index("Das Paket kam zu spät.") < reader.index("<b>Radhaus Nord</b>") < reader.index('id="mirror"')


def test_scratch_text_is_in_no_form_and_has_no_name(shop, anna):
    """So no browser sends it, with JavaScript or without (RULES 001-7, W12)."""
    page = anna.get(f"/beitrag/{shop.post()}").text
    field = re.search(r"<textarea id=\"scratch\"[^>]*>", page)
    assert field is not None
    assert not re.search(r"\b(?:name|form)=", field[0])
    before = page[: field.start()]
    assert before.count("<form") == before.count("</form")
    assert 'autocomplete="off"' in field[0]


def test_after_a_hostile_post_comes_a_break(shop, anna):
    """What went well, in true sentences, no number and nobody else; a calm post leads to the next duty."""
    post, calm = shop.post(), shop.post("Das Paket kam zu spät.")
    done = anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER))
    assert done.headers["location"].startswith(f"/beitrag/{post}/geschafft")
    page = anna.get(f"/beitrag/{post}/geschafft").text
    main = page[page.index("<main") :]
    assert "Sie haben erst nachgesehen und dann geantwortet." in main
    assert f'href="/beitrag/{calm}"' in main
    assert not {"Bernd", "Platz", "Rang"} & set(re.findall(r"\w+", main))
    assert "geschafft" not in anna.post(f"/beitrag/{calm}", data=anna.form(**ANSWER)).headers["location"]


def test_an_owner_weighs_up_with_the_demand_in_its_own_words(shop, bernd, anna):
    """Prefilled from the place that triage found, compared in one sentence; nothing typed is lost."""
    post = shop.post("Das Paket kam zu spät. Ich will mein Geld zurück!")
    with shop.house.transaction() as session:
        shop_verdict(session, post, "Ich will mein Geld zurück")
    path = f"/beitrag/{post}/abwaegung"
    assert 'name="demand" value="Ich will mein Geld zurück"' in bernd.get(path).text
    form = {"demand": "Ich will mein Geld zurück", "option": "Porto zurück", "option_cost": "4,90",
            "dispute_cost": "1.200 €", "hours": "5", "hour_cost": "45", "reach": "800", "decision": ""}  # fmt: skip
    refused = bernd.post(path, data=bernd.form(**form))
    assert (refused.status_code, 'value="1.200 €"' in refused.text) == (422, True)
    assert bernd.post(path, data=bernd.form(**{**form, "decision": "Wir erstatten."})).status_code == 303
    assert "um 1.420,10\xa0€ günstiger" in html.unescape(bernd.get(path).text)
    assert anna.get(path).status_code == 403
    assert f'href="{path}"' not in anna.get(f"/beitrag/{post}").text


@pytest.mark.parametrize(
    ("typed", "cost"), [("1,5", "67,50"), ("0,25", "11,25"), ("1:30 h", "67,50"), ("2 Stunden", "90,00"), ("", "0,00")]
)
def test_hours_of_a_sheet_are_written_as_people_write_them(shop, bernd, typed, cost):
    """Quarter hours, with a comma or a colon, at 45 euros an hour."""
    path = f"/beitrag/{shop.post()}/abwaegung"
    form = {"option": "Porto", "decision": "Ja.", "hours": typed, "hour_cost": "45"}
    assert bernd.post(path, data=bernd.form(**form)).status_code == 303
    assert f"<dd>{cost}\xa0€</dd>" in html.unescape(bernd.get(path).text)


@pytest.mark.parametrize("typed", ["viel", "1:75", "-1", "1,5,5", "9" * 9])
def test_what_is_no_length_of_time_has_its_own_sentence(shop, bernd, typed):
    """And stands in the form as it was typed."""
    path = f"/beitrag/{shop.post()}/abwaegung"
    answer = bernd.post(path, data=bernd.form(option="Porto", decision="Ja.", hours=typed))
    assert (answer.status_code, f'value="{typed}"' in answer.text) == (422, True)
    assert "1,5 oder 1:30" in answer.text


def shop_verdict(session, post, words):
    """Triage has found a demand in these words."""
    from monitor.tables import Verdict

    row = session.exec(select(Verdict).where(Verdict.post_id == post)).one()
    start = session.get_one(PostRow, post).text.index(words)
    found = {"rule": "demand.refund", "start": start, "end": start + len(words), "words": "Eine Forderung."}
    row.reasons = [*row.reasons, found]
    session.add(row)


@pytest.mark.parametrize(
    ("text", "amount"), [("", 0), ("49", 4900), ("4,9", 490), ("1.200,50 €", 120_050), ("3 Euro", 300)]
)
def test_an_amount_is_read_as_people_write_it(text, amount):
    """Euros and cents."""
    assert cents(text) == amount


@pytest.mark.parametrize("text", ["viel", "-3", "1,234", "1.2", "0x1", "1e9"])
def test_what_is_no_amount_is_refused(text):
    """With a sentence."""
    with pytest.raises(Problem) as why:
        cents(text)
    assert why.value.code == "cost_wrong"


@pytest.mark.parametrize(("text", "found"), [("", 0), ("75", 75), ("1.000", 1000), ("1.250.000", 1_250_000)])
def test_a_number_is_read_as_people_write_it(text, found):
    """Points between thousands."""
    assert number(text) == found


@pytest.mark.parametrize("text", ["7.5", "7,5", "1.00", "1.0000", ".5", "viel"])
def test_part_of_a_number_is_never_read_as_ten_times_as_much(text):
    """Readers are counted whole; anything else is refused with a sentence."""
    with pytest.raises(Problem) as why:
        number(text)
    assert "ganze Zahl" in why.value.words


def test_words_about_people_that_were_held_back_are_counted_for_the_team(shop, anna, clara):
    """In answers and notes; by rule and week, with no name and no word (RULES 003-3)."""
    post = shop.post("Das Paket kam zu spät.")
    anna.post(f"/beitrag/{post}", data=anna.form(**{**ANSWER, "text": "Guten Tag, Sie sind ein Querulant."}))
    anna.post(f"/beitrag/{post}/stufe", data=anna.form(level="call", note="Der ist ein Querulant."))
    with shop.house.reading() as session:
        (row,) = session.exec(select(GuardCount)).all()
    assert (row.week, row.rule, row.n) == ("2026-W48", "K18", 2)
    assert set(GuardCount.model_fields) == {"week", "rule", "n"}
    page = clara.get("/lernen").text
    assert "<dt>Stempel auf Menschen</dt><dd>2</dd>" in page
    assert "Querulant" not in page
