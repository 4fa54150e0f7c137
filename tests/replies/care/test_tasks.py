# ruff: noqa: E501 - tables of cases
"""Promises of published texts, "was it solved?", calls that end with a written record."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from replies.blocks import blocks
from replies.care import dates, tasks
from replies.care.dates import promises
from replies.care.tables import Call, Task
from replies.care.words import TaskKind
from replies.clocks import Hours
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import FactVerdict, ReplyKind
from tests.replies.shop import ANNA, BERND, CLARA

SAID = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, ten o'clock in Berlin
HOLDING = "Wir haben uns Ihres Anliegens angenommen und melden uns bis Mittwoch, 4. März."


def due(text):
    """When the promises of a text are due, as local day and hour."""
    return [found.due.strftime("%d.%m. %H") for found in promises(text, SAID, Hours(state="BE"), 2)]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (HOLDING, ["04.03. 16"]), ("Wir melden uns bis 6.3. bei Ihnen.", ["06.03. 16"]), ("Bis Freitag ist es da!", ["06.03. 16"]),
        ("Am Montag kommt jemand.", ["09.03. 16"]), ("Frau Lang ruft Sie morgen an.", ["03.03. 16"]), ("Heute noch.", ["02.03. 16"]),
        ("Wir antworten innerhalb von drei Werktagen.", ["05.03. 09"]), ("In zwei Wochen ist der neue Ofen da.", ["16.03. 16"]),
        ("Ende der Woche wissen wir mehr.", ["06.03. 16"]), ("Nächste Woche kommt Ersatz.", ["13.03. 16"]),
        ("Wir werden in Kürze antworten.", ["04.03. 09"]), ("Wir melden uns bei Ihnen.", ["04.03. 09"]), ("Wir kümmern uns umgehend.", ["04.03. 09"]),
        ("Im Januar öffnen wir neu, am 7. Januar 2027.", ["07.01. 16"]), ("Das tut uns leid. Wir rufen Sie zurück. Bis Dienstag.", ["04.03. 09", "03.03. 16"]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_a_date_or_in_kuerze_is_a_promise(text, ends):
    """One a sentence, due at the end of that working day."""
    assert due(text) == ends


@pytest.mark.parametrize(
    "text",
    ["Sie waren am Montag bei uns.", "Am 12. Februar kam das Paket zu spät.", "Wir haben am Samstag von 9 bis 16 Uhr geöffnet.",
     "Das kostet 3.50 Euro.", "Bis 31.2. geht nichts.", "Danke für den Hinweis.", ""],
)  # fmt: skip
def test_what_has_passed_or_always_holds_promises_nothing(text):
    """The control: a reader of dates alone would make tasks of these."""
    assert due(text) == []


_WAYS = ("{0.day}.{0.month}.{0.year}", "{0:%d.%m.%Y}", "{0:%d.%m.%y}", "{0.day}. {month} {0.year}", "{0.day}. {month}",
         "{0.day}.{0.month}.")  # fmt: skip


@given(
    later=st.integers(0, 4 * 365 * 24),
    days=st.integers(0, 300),
    way=st.sampled_from(_WAYS),
)
@example(later=658 * 24, days=71, way="{0.day}.{0.month}.")  # in December 2027 the next 29.2.
def test_every_way_of_writing_a_day_is_that_day(later, days, way):
    """The year of "15.03.2027" had not been read: said in December it was taken for last March, and forgotten."""
    said = SAID + timedelta(hours=later)
    day = said.astimezone(ZoneInfo("Europe/Berlin")).date() + timedelta(days=days)
    text = "Sie haben den Ersatz bis " + way.format(day, month=dates._MONTHS[day.month - 1].capitalize()) + " bei sich"
    (found,) = promises(text, said, Hours(), 2)
    due_on = found.due.astimezone(ZoneInfo("Europe/Berlin")).date()
    assert due_on == day or (days == 0 and found.due == said + timedelta(hours=1))


@pytest.mark.parametrize("text", ["Am 24.12.2025 wurde geprüft", "Der 5.3.25 ist gemeint", "Stand 24. Dezember 2025"])
def test_a_day_of_a_year_that_is_over_promises_nothing(text):
    """The control: without its year each lies ahead."""
    assert due(text) == []
    assert due(text.replace("2025", "2026").replace("5.3.25", "5.3.26")) != []


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Der Ofen ist in neun Tagen da", ["11.03. 16"]),
        ("Er kommt innerhalb von fünfzehn Tagen", ["17.03. 16"]),
        ("Das dauert etwas, in 2-3 Werktagen ist es da", ["05.03. 09"]),
        ("Er kommt in den nächsten zwei bis drei Tagen", ["05.03. 16"]),
        ("Er ist in ca. 3 Tagen da", ["05.03. 16"]),
    ],
)
def test_a_span_in_any_words_is_a_promise(text, ends):
    """Of a range its end counts."""
    assert due(text) == ends


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Am Sonnabend rufen wir Sie an.", ["07.03. 16"]), ("Am Freitagnachmittag rufen wir an.", ["06.03. 16"]),
        ("Bis Freitagabend haben Sie Antwort.", ["06.03. 16"]), ("Kommende Woche rufen wir an.", ["13.03. 16"]),
        ("Wir klären das innerhalb der nächsten zwei Tage.", ["04.03. 16"]), ("Sie haben es bis zum Wochenende.", ["06.03. 16"]),
        ("Im Laufe der Woche hören Sie von uns.", ["06.03. 16"]), ("Bis Freitag haben Sie Antwort.", ["06.03. 16"]),
        ("Guten Morgen, wir rufen Sie morgen an.", ["03.03. 16"]), ("Bis heute Abend wissen Sie mehr.", ["02.03. 16"]),
        ("Das klären wir bis heute 18 Uhr.", ["02.03. 16"]), ("Das haben wir bis heute Abend geklärt.", ["02.03. 16"]),
        ("Sie haben heute Vorrang und werden angerufen.", ["02.03. 16"]), ("Das haben wir heute noch erledigt.", ["02.03. 16"]),
        ("Wir haben heute gefragt und liefern morgen.", ["03.03. 16"]), ("Wenn wir das heute geklärt haben, hören Sie es.", ["02.03. 16"]),
    ],
)  # fmt: skip
def test_no_promise_is_missed_for_its_words(text, ends):
    """Each of these, or its neighbour, had made no task."""
    assert due(text) == ends


@pytest.mark.parametrize(
    "text",
    ["Guten Morgen, danke für Ihren Hinweis.", "Moin und guten  Morgen!", "Wir haben heute mit der Backstube gesprochen.",
     "Das ist bis heute so.", "Bis heute haben wir keine Antwort.", "Unser Koch hat heute Morgen den Ofen geprüft, vielen Dank.",
     "Danke, dass Sie uns heute geschrieben haben.", "Danke für Ihr Lob von heute.", "Am Sonnabend haben Sie bestellt."],
)  # fmt: skip
def test_a_greeting_and_what_was_done_today_promise_nothing(text):
    """A task of "Guten Morgen" had stood on the list for the next day."""
    assert due(text) == []


def test_a_leap_day_of_next_year_is_that_day():
    """This year has none: it had been taken for no day at all."""
    said = datetime(2027, 12, 20, 9, tzinfo=UTC)
    (found,) = promises("Sie haben Antwort bis 29.2.", said, Hours(), 2)
    assert found.due.date() == datetime(2028, 2, 29, tzinfo=UTC).date()


@pytest.mark.parametrize("text", ["Kommende Woche rufen wir an.", "Nächste Woche kommt Ersatz."])
@pytest.mark.parametrize(("day", "friday"), [(2, 13), (6, 13), (7, 13), (8, 13), (9, 20)])
def test_next_week_begins_on_monday(text, day, friday):
    """Said at the weekend it is the one that begins the day after tomorrow, not the one after it."""
    (found,) = promises(text, datetime(2026, 3, day, 9, tzinfo=UTC), Hours(), 2)
    assert found.due.day == friday


def test_the_place_is_where_the_sentence_begins():
    """Code points of the text."""
    text = "Guten Tag 🙂, das tut uns leid. Wir melden uns morgen."
    (found,) = promises(text, SAID, Hours(state="BE"), 2)
    assert text[found.place :] == found.words == "Wir melden uns morgen."


def test_a_case_code_ends_its_sentence_and_an_ordinal_does_not():
    """The sentence of a keyword is over, that of a date goes on."""
    text = "Rufen Sie an, Stichwort W24. Wir erstatten das bis 24. März."
    assert [found.words for found in promises(text, SAID, Hours(state="BE"), 2)] == ["Wir erstatten das bis 24. März."]


def test_a_published_promise_becomes_a_task_and_the_answer_keeps_it(shop):
    """In the transaction of the sighting; the final answer settles what the holding reply has promised."""
    duty = shop.complaint()
    shop.published(duty, ReplyKind.HOLDING, HOLDING)
    (promise,) = shop.rows(Task)
    assert (promise.kind, promise.words, promise.done_at) == (TaskKind.PROMISE, HOLDING, None)
    assert shop.events(f"duty:{duty}")[-2:] == ["duty.promise", "duty.contact_seen"]
    shop.published(duty, text="Das tut uns leid, der Ofen war zu heiss.")
    kept, follow_up = shop.rows(Task)
    assert (kept.done_word, kept.done_by) == (tasks.SEEN, None)
    assert (follow_up.kind, follow_up.due_at - follow_up.made_at) == (TaskKind.FOLLOW_UP, timedelta(days=7))


@pytest.mark.parametrize("wording", blocks()["receipts"].wordings)
def test_whoever_is_asked_for_receipts_is_not_forgotten(shop, wording):
    """In two weeks its author looks again, whether any came or not; until then the duty is what it was (002-11)."""
    duty = shop.complaint()
    shop.published(duty, ReplyKind.QUESTION, f"Guten Tag, {wording}")
    (task,) = [one for one in shop.rows(Task) if one.kind == TaskKind.RECEIPTS]
    assert (task.made_by, task.due_at - task.made_at) == (ANNA.id, timedelta(days=14))
    assert shop.duty(duty).state == "held"
    assert "vertraulich" in wording
    assert "klär" in wording.lower()


def test_a_text_that_only_speaks_of_receipts_asks_for_none(shop):
    """The control."""
    shop.published(shop.complaint(), ReplyKind.QUESTION, "Guten Tag, die Belege liegen uns vor. Was ist geschehen?")
    assert not [one for one in shop.rows(Task) if one.kind == TaskKind.RECEIPTS]


def test_an_approved_promise_is_none_yet(shop):
    """Only what was seen in public binds; the same text seen again binds once."""
    reply = shop.delivered(shop.complaint(), ReplyKind.HOLDING, HOLDING)
    assert shop.rows(Task) == []
    shop.look(reply)
    shop.look(reply)
    assert len(shop.rows(Task)) == 1


def test_what_the_final_answer_promises_stays_open(shop):
    """It is a new promise."""
    duty = shop.complaint()
    shop.published(duty, text="Der Ersatz kommt nächste Woche.")
    assert [(task.kind, task.done_at) for task in shop.rows(Task)] == [
        (TaskKind.PROMISE, None),
        (TaskKind.FOLLOW_UP, None),
    ]


def test_nobody_asks_whether_an_unjustified_complaint_was_solved(shop):
    """There was nothing of ours to solve."""
    duty = shop.complaint()
    reply = shop.approved(duty)
    shop.facts(duty, FactVerdict.UNJUSTIFIED)
    shop.outbox.send(reply)
    shop.look(reply)
    assert shop.rows(Task) == []


def test_a_task_is_done_by_a_person_with_a_word(shop):
    """Whether it was solved is asked of follow-ups."""
    shop.published(shop.complaint())
    (task,) = shop.rows(Task)
    with pytest.raises(Blocked):
        shop.do(tasks.done, task.id, " ", ANNA)
    with pytest.raises(NotAllowed):
        shop.do(tasks.done, task.id, "Ja.", CLARA)
    done = shop.do(tasks.done, task.id, "Hat sich bedankt.", ANNA, solved=True)
    assert (done.solved, done.done_by) == (True, ANNA.id)
    with pytest.raises(NotAllowed):
        shop.do(tasks.done, task.id, "Noch einmal.", BERND)


@pytest.fixture
def call(shop):
    """A planned call."""
    duty = shop.complaint()
    return shop.on(
        duty, tasks.plan, TaskKind.CALL, "Herr Lang ruft an, wegen des Ofens.", shop.clock() + timedelta(days=1), ANNA
    ).id


def spoken(shop, task, **changed):
    """The call was made ten minutes ago and is written down."""
    said = {
        "spoken_at": shop.clock() - timedelta(minutes=10),
        "notes_allowed": True,
        "understood": "Das Brot war hart.",
        "agreed": "Neues Brot bis Freitag.",
    }
    return shop.do(tasks.record, task, ANNA, **said | changed)


def test_a_call_is_planned_with_the_person_who_has_the_knack(shop):
    """Who calls, and until when; not in the past, and only by somebody at the desk (RULES 004-7)."""
    duty, due = shop.complaint(), shop.clock() + timedelta(days=1)
    shop.on(duty, tasks.plan, TaskKind.CALL, "Herr Lang ruft an.", due, ANNA)
    (task,) = shop.rows(Task)
    assert (task.kind, task.words, task.due_at, task.made_by) == (TaskKind.CALL, "Herr Lang ruft an.", due, ANNA.id)
    with pytest.raises(Blocked):
        shop.on(duty, tasks.plan, TaskKind.CALL, "Herr Lang ruft an.", shop.clock(), ANNA)
    with pytest.raises(NotAllowed):
        shop.on(duty, tasks.plan, TaskKind.CALL, "Herr Lang ruft an.", due, CLARA)


def test_a_call_ends_with_a_record_that_was_confirmed(shop, call):
    """Neither a tick nor the record alone does it (RULES K17)."""
    with pytest.raises(Blocked, match="record"):
        shop.do(tasks.done, call, "Erledigt.", ANNA)
    spoken(shop, call)
    with pytest.raises(Blocked, match="record"):
        shop.do(tasks.done, call, "Erledigt.", ANNA)
    confirmed = shop.do(tasks.confirm, call, "E-Mail mit der Zusammenfassung.", ANNA)
    assert confirmed.confirmed_by == ANNA.id
    assert shop.rows(Task)[0].done_word == "E-Mail mit der Zusammenfassung."


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"understood": ""}, "understood_missing"), ({"agreed": ""}, "agreed_missing"), ({"spoken_at": SAID + timedelta(days=90)}, "call_ahead")],
)  # fmt: skip
def test_a_record_is_whole(shop, call, changed, code):
    """What was understood, what was agreed, and not before it was spoken."""
    with pytest.raises(Blocked) as why:
        spoken(shop, call, **changed)
    assert why.value.code == code


def test_a_record_is_written_once(shop, call):
    """So that it does not become word against word."""
    spoken(shop, call)
    with pytest.raises(NotAllowed):
        spoken(shop, call)
    assert len(shop.rows(Call)) == 1


def test_confirming_needs_a_record(shop, call):
    """First written, then sent."""
    with pytest.raises(Blocked, match="write it down"):
        shop.do(tasks.confirm, call, "E-Mail.", ANNA)
