"""A person is erased: found nowhere, the proof stays, the same post again brings nothing back."""

import json
import sqlite3

import pytest
from sqlmodel import Session

from connectors.core.contract import Malformed
from connectors.core.errors import Unavailable
from monitor.privacy.erase import NotNow, erase
from monitor.privacy.person import find
from monitor.privacy.shred import EMPTIED, shred
from monitor.tables import Forgotten, PostBand, PostPrint, Quarantine
from monitor.verify import verify
from replies.care.forgetting import WRITTEN
from replies.lifecycle import DutyState, ReplyKind, State
from replies.tables import Attempt, Duty, Journal, Reply, SightingRow
from tests.monitor.privacy.canary import ID, NAME, OURS, WORDS, answered, hers
from tests.monitor.shop import ANNA, COMPLAINT, PRAISE, Shop, broken, dump, own, post, widerhall


def gone(shop: Shop, who: str = ID):
    """Erase somebody and empty the files."""
    with shop.house.transaction() as session:
        (person,) = find(session, who)
        done = erase(session, person, shop.clock())
    assert shred(shop.house.database)
    return done


def everything(shop: Shop) -> str:
    """All rows of all tables, and for SQLite all bytes of its files."""
    text = json.dumps(dump(shop.house), default=str, ensure_ascii=False)
    file = shop.house.database.file
    files = [] if file is None else [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    return text + "".join(path.read_bytes().decode("latin-1") for path in files)


def broken_promises(shop: Shop) -> list:
    """What verify says."""
    with shop.house.reading() as session:
        return verify(session, shop.clock(), shop.house.timing)


@pytest.fixture
def known(shop):
    """She complained, was answered, wrote again, and one of her records could not be read."""
    shop.round([hers(), post("2", COMPLAINT), broken({"author": NAME, "text": WORDS})], [hers("3", WORDS)])
    answered(shop, shop.duty(f"{ID}/1").id)
    shop.round([own("r1", f"{ID}/1", OURS)])
    return shop


def test_a_canary_is_found_before_and_nowhere_afterwards(known):
    """In no table, not in the file, not in the log beside it; the other's words are still there."""
    assert WORDS in everything(known).lower()
    done = gone(known)
    assert (done.posts, done.records) == (2, 1)
    assert WORDS not in everything(known).lower()
    assert COMPLAINT in everything(known)


def test_without_the_sweep_the_file_may_still_hold_it(tmp_path):
    """The control: what is deleted without secure_delete stays in the free pages, and the search finds it."""
    file = tmp_path / "control.db"
    with sqlite3.connect(file) as plain:
        plain.execute("PRAGMA secure_delete=OFF")
        plain.execute("CREATE TABLE post (text)")
        plain.executemany("INSERT INTO post VALUES (?)", [(WORDS * 50,)] * 50)
        plain.commit()
        plain.execute("DELETE FROM post")
    plain.close()
    assert WORDS.encode() in file.read_bytes()


def test_the_promises_and_the_journal_still_hold(known):
    """The duty is answered as before, and verify has nothing to say."""
    duty = known.duty(f"{ID}/1")
    gone(known)
    row = next(row for row in known.all(type(duty)) if row.id == duty.id)
    assert (row.state, row.answered_at) == (DutyState.ANSWERED, duty.answered_at)
    assert known.events("person.") == ["person.erased"]
    assert broken_promises(known) == []


def test_nothing_leads_from_the_proof_to_our_public_answer(known):
    """The platform's id of our answer is an address of hers as well."""
    tables = ((Reply, "external_ref"), (Attempt, "external_ref"), (SightingRow, "ref"))
    assert all(getattr(row, name) == "r1" for table, name in tables for row in known.all(table))
    gone(known)
    assert {getattr(row, name) for table, name in tables for row in known.all(table)} == {None}
    assert broken_promises(known) == []


def test_the_journal_never_names_our_public_answer(known):
    """Neither the one that Widerhall sent nor one that was given elsewhere; it can be compared by the reply's seal."""
    known.round([hers("5")], [own("r77", f"{ID}/5", "Schon geschrieben.")])
    assert known.duty(f"{ID}/5").proof_note == "ref r77"
    assert not {"r1", "r77", "ref r77"} & set(said(known))
    gone(known)
    assert {duty.proof_note for duty in known.all(Duty)} == {""}
    assert broken_promises(known) == []


def said(shop: Shop) -> list[str]:
    """Every word in the data of the journal."""
    return [str(value) for row in shop.all(Journal) for value in row.data.values()]


def test_the_journal_names_no_post_in_a_connectors_line(known):
    """An address ends at the host; without the rule the post's id stood there for ever."""
    where = f"GET blog.example/api/statuses/{ID}/context: HTTP 500"
    known.round(Unavailable(where))
    assert known.source().problem_note == where
    assert [row.data["why"] for row in known.all(Journal) if row.event == "source.unavailable"] == [
        "GET blog.example/…: HTTP 500"
    ]


def test_everything_that_an_erasure_empties_is_rewritten():
    """On PostgreSQL the old rows stay in the table's file until it is."""
    assert {PostPrint, PostBand, *(model for model, _ in WRITTEN)} <= set(EMPTIED)


@pytest.mark.parametrize("who", ["ÖZGE BÄR", "o\u0308zge ba\u0308r"])
def test_a_name_is_found_whatever_the_case_of_its_umlauts(shop, who):
    """SQLite's lower() knows ASCII alone."""
    shop.round([post("1", COMPLAINT, author="Özge Bär", author_id="özge"), post("2", author="Udo Bär")])
    with shop.house.reading() as session:
        assert [person.name for person in find(session, who)] == ["Özge Bär"]
        assert find(session, "ÖZGE BÄHR") == []


def test_the_same_post_again_brings_nothing_back(known):
    """Not unchanged, not edited, and not the answer below it or the record that could not be read."""
    gone(known)
    again = [
        hers(),
        hers("3", f"Noch einmal zu spät, {WORDS}"),
        own("r1", f"{ID}/1", OURS),
        broken({"author": NAME, "text": WORDS}),
    ]
    counts = known.round(again).counts
    assert (counts.items, counts.stored, counts.changed) == (4, 0, 0)
    assert WORDS not in everything(known).lower()
    assert broken_promises(known) == []


def test_a_new_post_of_hers_is_read_like_any_other(known):
    """She was forgotten, not locked out."""
    gone(known)
    known.round([hers("7", "Wieder zu spät!")])
    assert known.duty(f"{ID}/7").state == DutyState.OPEN


def test_who_answers_below_names_her_no_more(known):
    """Another person's answer under her post is kept; the place it points to is a mark."""
    gone(known)
    known.round([post("20", "Bei mir auch zu spät", parent=f"{ID}/1", thread=f"{ID}/1", author_id="udo", author="Udo")])
    row = known.row("20")
    assert row.text.startswith("Bei mir")
    assert WORDS not in everything(known).lower()


def test_an_answer_on_its_way_comes_first(known):
    """Nothing is erased while nobody knows whether our text is out."""
    with known.house.transaction() as session:
        reply = session.get(Reply, known.all(Reply)[0].id)
        reply.state = State.UNCLEAR
        session.add(reply)
    with pytest.raises(NotNow) as obstacle, known.house.transaction() as session:
        erase(session, find(session, ID)[0], known.clock())
    assert obstacle.value.found.on_the_way
    assert known.row(f"{ID}/1").text


def test_a_draft_is_withdrawn_and_emptied_and_the_open_duty_named(shop):
    """Nothing goes out to somebody who is forgotten; two people close the duty."""
    shop.round([hers()])
    with shop.house.transaction() as session:
        shop.house.desk.draft(session, shop.duty(f"{ID}/1").id, ReplyKind.HOLDING, WORDS, ANNA, shop.clock())
    done = gone(shop)
    (reply,) = shop.all(Reply)
    assert (reply.state, reply.text) == (State.WITHDRAWN, "")
    assert done.still_open == (1,)
    assert broken_promises(shop) == []


def test_unreadable_records_of_others_stay(known):
    """A name inside another value is not hers."""
    known.round([broken({"author": f"{NAME}-Schmidt"}, "no text")])
    gone(known)
    kept = {row.id: row.raw != "" for row in known.all(Quarantine)}
    assert [kept[number] for number in sorted(kept)] == [False, True]


def test_her_broken_record_does_not_come_back_with_other_words(known):
    """It is known by the mark of its id; the same id at another record of hers, too. Other records are kept."""
    seen = [Malformed("no date", {"author": NAME, "id": ID, "views": views}, ID) for views in (1, 2, 3)]
    known.round([seen[0]])
    gone(known)
    known.round([seen[1], Malformed("no date", {"author": NAME, "id": f"{ID}/1"}, f"{ID}/1")])
    assert WORDS not in str(dump(known.house)).lower()
    known.round([seen[2], Malformed("no date", {"author": NAME, "id": "other"}, "other")])
    assert [row.ref for row in known.all(Quarantine) if row.raw] == ["other"]


def test_two_authors_with_one_name_are_told_apart_by_their_ids(shop):
    """The command lists them and touches nobody."""
    shop.round([hers(), post("8", COMPLAINT, author=NAME, author_id="other")])
    shop.house.close()
    said = widerhall("erase", NAME, "--config", str(shop.folder / "config.toml"))
    assert said.returncode == 2
    assert f"blog  {ID}  {NAME}" in said.stderr.decode()
    assert "blog  other" in said.stderr.decode()
    assert [row.forgotten for row in (shop.row(f"{ID}/1"), shop.row("8"))] == [Forgotten.NONE, Forgotten.NONE]


def test_the_commands_give_everything_and_then_nothing(known):
    """Export has her words, erase takes them, a second export knows nobody."""
    place = ("--config", str(known.folder / "config.toml"))
    known.house.close()
    given = widerhall("export", ID, *place)
    found = json.loads(given.stdout)
    assert (found["author"], len(found["posts"]), len(found["unreadable"])) == (NAME, 2, 1)
    assert WORDS in found["posts"][0]["duty"]["replies"][0]["text"]
    assert found["posts"][0]["versions"][0]["raw"]["author"] == NAME
    erased = widerhall("erase", ID, *place)
    assert (erased.returncode, WORDS in (erased.stdout + erased.stderr).decode()) == (0, False)
    assert widerhall("export", ID, *place).returncode == 1
    assert widerhall("verify", *place).returncode == 0
    assert WORDS not in everything(known).lower()


def test_nobody_is_erased_for_an_anonymous_name(shop):
    """Many are called Gast."""
    shop.round([post("1", PRAISE, author="Gast", author_id=None)])
    shop.house.close()
    assert widerhall("erase", "Gast", "--config", str(shop.folder / "config.toml")).returncode == 2


def test_a_person_of_another_source_is_never_meant(shop):
    """One source, one person."""
    shop.round([hers()])
    with shop.house.reading() as session:
        assert isinstance(session, Session)
        assert find(session, ID, "elsewhere") == []
        assert find(session, NAME.upper())[0].author_id == ID
