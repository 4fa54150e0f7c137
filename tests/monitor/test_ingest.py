"""Rounds: nothing fetched is lost, every round ends, and trouble becomes the source's health."""

import signal
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import delete, select

from connectors.core.contract import Page
from connectors.core.errors import Changed, ConfigProblem, LoginExpired, RateLimited, Unavailable
from monitor import health, ingest, jobs
from monitor.bootstrap import build, open_house
from monitor.config import load
from monitor.saying import of_source
from monitor.tables import PostRow, Problem, Run, RunKind, Secret
from tests.monitor.shop import (
    AGAIN,
    BLOG,
    COMPLAINT,
    FILES,
    MONDAY,
    PRAISE,
    PlainJudge,
    Platform,
    broken,
    open_shop,
    post,
    python,
)

CHILD = """
from pathlib import Path
from tests.monitor.shop import open_shop, post
{wrong}
with open_shop(Path({folder!r})) as shop:
    shop.round([post("1"), post("2")], [post("3"), post("4")], [post("5")])
"""
CURSOR_FIRST = """
from monitor import ingest
from monitor.tables import Source
right = ingest.Ingest._page
def wrong(self, walk, page, cursor, now):
    with self.database.transaction() as session:
        session.get(Source, walk.source_id).cursor = dict(cursor)
    right(self, walk, page, None, now)
ingest.Ingest._page = wrong
"""
PAGES = {1: {"1", "2"}, 2: {"3", "4"}, 3: {"5"}}


def killed(folder, point, wrong=""):
    """A round that is killed at a crash point; (posts that are missing up to the stored cursor, the shop's posts)."""
    done = python(CHILD.format(wrong=wrong, folder=str(folder)), WIDERHALL_CRASH=point)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with open_shop(folder) as shop:
        cursor = (shop.source().cursor or {}).get("page", 0)
        there = {row.ref for row in shop.all(PostRow)}
        return set().union(*(PAGES[n] for n in range(1, cursor + 1))) - there


@pytest.mark.crash
@pytest.mark.parametrize(
    "point", ["page-stored:1", "page-stored:2", "page-stored:3", "page-committed:1", "page-committed:3"]
)
def test_a_killed_round_never_has_a_cursor_beyond_its_posts(tmp_path, point):
    """RELIABILITY G6: a page is durable with its cursor or not at all."""
    assert killed(tmp_path, point) == set()


@pytest.mark.crash
def test_with_the_cursor_first_the_same_kill_loses_posts(tmp_path):
    """The control: this order loses a page for ever."""
    assert killed(tmp_path, "page-stored:2", CURSOR_FIRST) == PAGES[2]


@pytest.mark.crash
def test_the_round_after_a_kill_brings_the_rest(tmp_path):
    """As soon as the dead worker's lease is over, and never before."""
    python(CHILD.format(wrong="", folder=str(tmp_path)), WIDERHALL_CRASH="page-committed:1")
    with open_shop(tmp_path) as shop:
        assert shop.house.ingest.read("blog", RunKind.POLL, shop.clock) is None
        shop.clock.wait(minutes=16)
        assert shop.round([post("3"), post("4")]).ok
        assert {row.ref for row in shop.all(PostRow)} == {"1", "2", "3", "4"}


def test_a_second_worker_keeps_away_while_the_lease_lasts(shop):
    """One round per source at a time, over all processes."""
    other = build(load(shop.folder / "config.toml"), shop.clock)
    with shop.house.transaction() as session:
        assert shop.house.ingest._lease(session, "blog", shop.clock()) is not None
    assert other.ingest.read("blog", RunKind.POLL, shop.clock) is None
    with other.reading() as session:
        assert other.ingest.due(session, shop.clock.wait(minutes=1)) == []
    other.close()


def test_a_late_workers_page_is_refused(shop):
    """RELIABILITY G14: it hung beyond its lease, another took over; its page must not move the cursor back."""
    other = open_house(shop.folder / "config.toml", shop.clock)
    taker = Platform(rounds=[[[post("new")]]])
    other.world._open = lambda _account: taker

    def hang(cursor, *, until=None):
        shop.clock.wait(minutes=16)
        assert other.ingest.read("blog", RunKind.POLL, shop.clock).ok
        yield Page((post("old"),), {"page": 99})

    shop.platform.pages = hang
    late = shop.house.ingest.read("blog", RunKind.POLL, shop.clock)
    assert (late.ok, "another worker" in late.note) == (False, True)
    assert shop.source().cursor == {"page": 1}
    assert {row.ref for row in shop.all(PostRow)} == {"new"}
    assert shop.source().problem == Problem.NONE
    other.close()


@pytest.mark.parametrize("page", [(post("1"),), (broken(),)])
def test_a_platform_that_turns_in_circles_is_left(shop, page):
    """RELIABILITY G10: the same page with ever new cursors."""
    shop.platform.pages = lambda _cursor, **_until: (Page(page, {"n": n}) for n in range(10**9))
    result = shop.house.ingest.read("blog", RunKind.POLL, shop.clock)
    assert "turns in circles" in result.note
    assert shop.source().problem == Problem.CHANGED
    assert shop.all(Run)[-1].pages < 10


def test_a_file_with_a_path_is_read_by_itself_from_the_configurations_folder(tmp_path, monkeypatch):
    """Like any other source: due, read, unchanged the next time, and a missing file is said."""
    monkeypatch.chdir("/")
    (tmp_path / "r.csv").write_text("Text;Sterne\nZu spät;1\n")
    with open_shop(tmp_path, FILES + 'path = "r.csv"\n') as shop:
        ingest_ = shop.house.ingest
        with shop.house.reading() as session:
            assert ingest_.due(session, shop.clock()) == [("files", RunKind.POLL)]
            assert ingest_.soonest(session) == MONDAY
        rounds = [ingest_.read("files", RunKind.POLL, shop.clock) for _ in range(2)]
        assert [(one.ok, one.counts.stored) for one in rounds] == [(True, 1), (True, 0)]
        (tmp_path / "r.csv").unlink()
        assert "cannot be read" in ingest_.read("files", RunKind.POLL, shop.clock).note
        assert shop.source("files").problem == Problem.CONFIG


def test_lists_that_show_the_same_posts_are_no_circle(shop):
    """A post under five watched hashtags comes five times."""
    pages = [Page((post("1"),), {"n": n}, stream=f"#{n}") for n in range(5)]
    shop.platform.pages = lambda _cursor, **_until: iter(pages)
    assert shop.house.ingest.read("blog", RunKind.POLL, shop.clock).ok
    shop.platform.pages = lambda _cursor, **_until: iter(pages * 4)
    assert "turns in circles" in shop.house.ingest.read("blog", RunKind.POLL, shop.clock).note


def test_endless_new_pages_end_too(shop, monkeypatch):
    """The limit is high, and there is one."""
    monkeypatch.setattr(ingest, "MAX_PAGES", 5)
    shop.platform.pages = lambda _cursor, **_until: (Page((post(str(n)),), {"n": n}) for n in range(10**9))
    assert not shop.house.ingest.read("blog", RunKind.POLL, shop.clock).ok
    assert shop.all(Run)[-1].pages == 5
    assert shop.source().cursor == {"n": 4}


TROUBLE = [
    (ConfigProblem("no such address"), Problem.CONFIG),
    (LoginExpired("sign in again"), Problem.LOGIN),
    (Unavailable("503"), Problem.UNAVAILABLE),
    (Changed("no list"), Problem.CHANGED),
    (RateLimited("slow down", until=MONDAY + timedelta(hours=3)), Problem.QUOTA),
    (ZeroDivisionError("ours"), Problem.CHANGED),
]


@pytest.mark.parametrize(("error", "problem"), TROUBLE, ids=[problem.value for _, problem in TROUBLE[:-1]] + ["defect"])
def test_each_error_becomes_the_health_of_its_source(shop, error, problem):
    """What came before it on the walk is kept; the note says what happened."""
    result = shop.round([post("1")], error)
    source = shop.source()
    assert not result.ok
    assert (source.problem, source.problem_since) == (problem, MONDAY)
    assert (str(error) in source.problem_note) != isinstance(error, ZeroDivisionError)
    assert shop.row("1").text == COMPLAINT
    assert source.fails == (0 if problem == Problem.QUOTA else 1)


def test_trouble_is_in_the_journal_once_when_it_comes_and_once_when_it_goes(shop):
    """Not with every round that meets it."""
    for _ in range(4):
        shop.round(Unavailable("503"))
        shop.clock.wait(minutes=30)
    assert shop.events("source.")[1:] == ["source.unavailable"]
    shop.round([post("1")])
    shop.round([])
    assert shop.events("source.")[1:] == ["source.unavailable", "source.recovered"]
    source = shop.source()
    assert (source.problem, source.problem_note, source.problem_since, source.fails) == (Problem.NONE, "", None, 0)


def test_failures_make_the_rounds_slower_and_never_slower_than_twice_the_interval(shop):
    """RELIABILITY G12, and some politeness."""
    gaps = []
    for _ in range(8):
        shop.round(Unavailable("503"))
        due = shop.source().next_due_at
        gaps.append(due - shop.clock())
        shop.clock.now = due
    assert gaps[0] < gaps[3] < gaps[7]
    assert max(gaps) <= timedelta(seconds=2 * shop.source().every_seconds)


def test_no_request_comes_before_the_platform_allows_it(shop):
    """RELIABILITY G11: neither the daemon, nor `fetch`, nor a new process."""
    until = MONDAY + timedelta(hours=3)
    shop.round(RateLimited("slow down", until=until))
    shop.platform.calls.clear()
    for minutes in (10, 100, 69):
        shop.clock.wait(minutes=minutes)
        with shop.house.reading() as session:
            assert shop.house.ingest.due(session, shop.clock()) == []
        assert shop.round([post("1")]) is None
    assert shop.platform.calls == []
    shop.clock.now = until
    with shop.house.reading() as session:
        assert shop.house.ingest.due(session, until) == [("blog", RunKind.POLL)]


def test_an_expired_login_stops_publishing_until_the_login_works_again(shop):
    """Nobody has to switch it on again."""
    shop.round([post("1")])
    shop.round(LoginExpired("sign in again"))
    with shop.house.reading() as session:
        assert not shop.house.world.may_send(session, "blog", shop.clock())
    shop.platform.checks = [LoginExpired("still")]
    assert not shop.round([]).ok
    assert shop.source().publish_problem == Problem.LOGIN
    assert shop.round([]).ok
    with shop.house.reading() as session:
        assert shop.house.world.may_send(session, "blog", shop.clock())


def test_without_a_stored_login_none_has_expired(shop):
    """Nobody can sign in again there: strangers may not read, and a login must be given."""
    with shop.house.transaction() as session:
        session.exec(delete(Secret))
    shop.round(LoginExpired("GET blog.example: HTTP 401"))
    source = shop.source()
    assert (source.problem, source.publish_problem) == (Problem.CONFIG, Problem.CONFIG)
    assert "lässt Fremde nicht lesen" in of_source(source.problem, source.problem_note)
    assert "HTTP 401" in source.problem_note


def test_a_wait_that_publishing_met_holds_rounds_looks_and_answers(shop):
    """One account, one Retry-After (RELIABILITY G11); what another clock wrote days ahead holds nothing."""
    world, now = shop.house.world, shop.clock()
    until = now + timedelta(minutes=30)
    with shop.house.transaction() as session:
        world.pause_account(session, "blog", until, now)
        world.pause_account(session, "blog", until - timedelta(minutes=10), now)
    assert shop.round([post("1")]) is None
    with shop.house.reading() as session:
        assert (world.may_send(session, "blog", now), world.waits_until(session, "blog", now)) == (False, until)
        assert (world.may_send(session, "blog", until), world.waits_until(session, "blog", until)) == (True, None)
        assert world.waits_until(session, "blog", until - timedelta(days=3)) is None


def test_a_stopped_account_is_checked_before_anything_is_read(shop):
    """With a new connection, which takes a new token."""
    shop.round([post("1")])
    shop.round(LoginExpired("sign in again"))
    shop.platform.calls.clear()
    shop.round([])
    assert shop.platform.calls[0] == "check"


def test_one_hanging_source_does_not_delay_the_other(tmp_path):
    """RELIABILITY G13: while one hangs, the other's round begins and ends."""
    with open_shop(tmp_path, BLOG + BLOG.replace("blog]", "shop]")) as shop:
        begun, release = threading.Event(), threading.Event()

        def hang(cursor, *, until=None):
            begun.set()
            release.wait(30)
            yield Page((), {})

        shop.platforms["blog"].pages = hang
        thread = threading.Thread(target=shop.house.ingest.read, args=("blog", RunKind.POLL, shop.clock))
        thread.start()
        begun.wait(10)
        begin = time.monotonic()
        assert shop.round([post("1")], name="shop").ok
        took = time.monotonic() - begin
        release.set()
        thread.join(30)
    assert took < 1


def test_a_source_that_was_not_read_for_twice_its_interval_is_marked_until_it_is(shop):
    """Once in the journal each way."""
    shop.round([post("1")])
    for _ in range(3):
        jobs.mark_sources(shop.house, shop.clock.wait(minutes=21))
    assert shop.source().stale
    shop.round([])
    jobs.mark_sources(shop.house, shop.clock())
    assert not shop.source().stale
    assert shop.events("source.")[1:] == ["source.stale", "source.fresh"]


def test_a_silent_source_is_marked_once_and_freed_by_a_new_post_alone(shop):
    """A round that works and brings nothing does not end the silence, nor does it fill the journal."""
    shop.round([post("1")])
    for _ in range(5):
        shop.clock.wait(days=15)
        shop.round([])
        jobs.mark_sources(shop.house, shop.clock())
    assert shop.source().problem == Problem.SILENT
    shop.round([post("2", created=shop.clock())])
    jobs.mark_sources(shop.house, shop.clock())
    assert shop.source().problem == Problem.NONE
    assert [event for event in shop.events("source.")[1:] if "stale" not in event and "fresh" not in event] == [
        *("source.silent", "source.recovered")
    ]


def test_a_clock_that_was_set_back_by_days_stops_no_source(shop):
    """RELIABILITY G12: due times, leases and waits of the wrong future are not believed."""
    source = shop.source()
    source.next_due_at = source.waits_until = source.lease_until = MONDAY + timedelta(days=3)
    shop.change(source)
    with shop.house.reading() as session:
        assert shop.house.ingest.due(session, MONDAY) == [("blog", RunKind.POLL)]
    assert shop.round([post("1")]).ok
    assert shop.source().next_due_at < MONDAY + timedelta(hours=1)


def test_a_full_walk_of_the_wrong_future_comes_now(shop):
    """A clock a year ahead had put it off; one that is due within the week is waited for."""
    shop.round([])
    source = shop.source()
    for ahead, kind in ((timedelta(days=365), RunKind.SWEEP), (timedelta(days=6), RunKind.POLL)):
        source.next_sweep_at = shop.clock() + ahead
        source.next_due_at = shop.clock()
        shop.change(source)
        with shop.house.reading() as session:
            assert shop.house.ingest.due(session, shop.clock()) == [("blog", kind)]


def test_over_fourteen_months_every_source_is_tried_within_twice_its_interval(shop):
    """RELIABILITY G12 in simulated time: both changes of the clocks, failures, a day back and ahead, suspends."""
    source, now, last, worst = shop.source(), MONDAY, MONDAY, timedelta()
    source.every_seconds = 3600.0
    for step in range(14 * 30 * 24 * 6):
        now += timedelta(minutes=10)
        jump = {20_000: timedelta(days=1), 40_000: timedelta(days=-1), 50_000: timedelta(hours=8)}.get(step)
        if jump:
            now, last = now + jump, now + jump
        if health.is_due(source, now):
            worst, last = max(worst, now - last), now
            source.fails = step % 7
            source.next_due_at = health.next_due(source, now)
    assert worst <= timedelta(hours=2)


def test_a_full_walk_that_cannot_end_does_not_stop_the_ordinary_rounds(shop):
    """It is tried again later; new posts go on coming."""
    shop.round([post("1")])
    shop.clock.now = shop.source().next_sweep_at
    shop.sweep(Unavailable("503"))
    shop.clock.now = shop.source().next_due_at
    with shop.house.reading() as session:
        assert shop.house.ingest.due(session, shop.clock()) == [("blog", RunKind.POLL)]


def test_a_full_walk_leaves_the_cursor_alone(shop):
    """It is no progress, it is a second look at everything."""
    shop.round([post("1")], [post("2")])
    shop.sweep([post("1")], [post("2")], [post("3")])
    assert shop.source().cursor == {"page": 2}
    assert shop.row("3").version == 1


def test_a_round_that_is_to_stop_ends_after_its_page_and_goes_on_later(shop):
    """Shutting down is no trouble of the platform."""
    shop.house.ingest.stopping.set()
    result = shop.round([post("1")], [post("2")])
    source = shop.source()
    assert (result.ok, source.cursor, source.problem) == (False, {"page": 1}, Problem.NONE)
    assert (source.lease_until, source.next_due_at, source.backfilled_at) == (None, MONDAY, None)
    assert (shop.all(Run)[-1].ok, shop.all(Run)[-1].note) == (False, "interrupted")


def test_an_import_is_one_run_of_many_short_transactions(tmp_path, monkeypatch):
    """Ten thousand rows must not keep the database from everybody else."""
    monkeypatch.setattr(ingest, "PER_PAGE", 20)
    with open_shop(tmp_path, FILES) as shop:
        items = [post(str(n), PRAISE, author_id=None, author=None) for n in range(45)]
        counts = shop.house.ingest.take_items("files", [*items, broken()], MONDAY)
        run = shop.all(Run)[-1]
        assert (counts.items, counts.stored, counts.quarantined) == (46, 45, 1)
        assert (run.items, run.stored, run.quarantined, run.pages, run.kind) == (46, 45, 1, 3, RunKind.IMPORT)
        assert shop.source("files").backfilled_at == MONDAY


def test_an_import_into_a_fetched_source_says_nothing_about_its_health(shop):
    """A file that somebody brings neither makes a source healthy nor ends its first run."""
    shop.house.ingest.take_items("blog", [post("1", created=MONDAY - timedelta(days=90))], MONDAY)
    source = shop.source()
    assert (source.succeeded_at, source.backfilled_at) == (None, None)
    assert shop.duty("1").backlog


def test_an_older_file_does_not_make_a_source_look_silent(shop):
    """The newest post is the newest of all."""
    shop.round([post("1")])
    shop.house.ingest.take_items("blog", [post("2", created=MONDAY - timedelta(days=90))], MONDAY)
    assert shop.source().newest_post_at == MONDAY - timedelta(hours=1)


def test_a_narrowed_card_is_known_to_a_process_that_did_not_read(shop):
    """The page may run apart from the daemon; it has to know how long an answer may be."""
    shop.platform.narrowed = {"max_length": 77, "reply": "manual"}
    shop.round([post("1")])
    other = build(load(shop.folder / "config.toml"), shop.clock)
    assert other.world.card("blog") == shop.house.world.card("blog")
    assert (other.world.card("blog").max_length, other.world.publisher("blog")) == (77, None)
    other.close()


def test_a_lease_is_long_enough_to_be_renewed_with_every_page(shop):
    """A long first walk keeps its source."""

    def slowly(cursor, *, until=None):
        for n in range(4):
            shop.clock.wait(seconds=shop.house.timing.fetch_lease * 0.8)
            yield Page((post(str(n)),), {"n": n})

    shop.platform.pages = slowly
    assert shop.house.ingest.read("blog", RunKind.POLL, shop.clock).ok
    with shop.house.reading() as session:
        assert len(session.exec(select(PostRow)).all()) == 4


def test_no_transaction_waits_for_the_judge_to_load(shop):
    """Its first judgement takes seconds: it is made before anybody's turn to write begins."""
    waited = []

    class Slow(PlainJudge):
        def judge(self, text):
            waited.append(shop.house.database._writing)
            return super().judge(text)

    shop.house.ingest._judge = Slow()
    shop.round([post("1")], [post("2")])
    assert (waited[0], [bool(turn) for turn in waited[1:]]) == (0, [True, True])


@pytest.mark.parametrize("edited_meanwhile", [True, False])
def test_a_post_that_was_read_again_does_not_go_back_to_older_words(shop, edited_meanwhile):
    """A round was faster than the answer to our question, which had become the newest version. Control: it was not."""
    shop.round([post("1", COMPLAINT)])
    shop.clock.wait(minutes=5)
    real = shop.platform.one

    def slow(ref):
        found = replace(real(ref), text=AGAIN)
        shop.clock.wait(seconds=3)
        if edited_meanwhile:
            shop.round([post("1", PRAISE)])
        return found

    shop.platform.one = slow
    shop.house.ingest.refresh(1, shop.clock)
    assert shop.row("1").text == (PRAISE if edited_meanwhile else AGAIN)
    assert shop.row("1").version == 2
