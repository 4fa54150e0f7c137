"""The database loses no update, and nobody waits for a reader."""

import multiprocessing
import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError

from monitor import db
from monitor.db import Database
from tests.peers.postgres import database_for

ROUNDS, WORKERS = 200, 4


def _count_up(step, url, errors):
    for _ in range(ROUNDS):
        try:
            step(url)
        except Exception as error:  # noqa: BLE001 - counted by the parent
            errors.put(str(error))


def _ours(url, _kept={}):  # noqa: B006 - one engine a process
    database = _kept.setdefault(url, Database(url))
    with database.transaction() as session:
        n = session.connection().execute(text("SELECT n FROM counter")).scalar_one()
        session.connection().execute(text("UPDATE counter SET n = :n"), {"n": n + 1})


def _careless(url, _kept={}):  # noqa: B006
    engine = _kept.setdefault(url, create_engine(url))
    with engine.begin() as connection:
        n = connection.execute(text("SELECT n FROM counter")).scalar_one()
        connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})


def _race(step, url):
    """What the counter says after four processes have counted 200 each, and how many errors there were."""
    context = multiprocessing.get_context("spawn")
    errors = context.Queue()
    workers = [context.Process(target=_count_up, args=(step, url, errors)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    failed = 0
    for worker in workers:
        worker.join(timeout=120)
        assert worker.exitcode == 0
    while not errors.empty():
        errors.get()
        failed += 1
    database = Database(url)
    with database.reading() as session:
        total = session.connection().execute(text("SELECT n FROM counter")).scalar_one()
    database.close()
    return total, failed


@pytest.fixture
def url(tmp_path, engine):
    """A database with one counter at 0, on each engine."""
    found = database_for(tmp_path, empty=True, name="count")
    database = Database(found)
    with database.transaction() as session:
        session.connection().execute(text("CREATE TABLE counter (n INTEGER)"))
        session.connection().execute(text("INSERT INTO counter VALUES (0)"))
    database.close()
    return found


def test_four_processes_that_count_together_lose_nothing(url):
    """RELIABILITY G17: every acknowledged increment is in the sum."""
    assert _race(_ours, url) == (ROUNDS * WORKERS, 0)


def test_without_our_transactions_the_same_race_loses_updates(url):
    """The control: SQLAlchemy's own mode acknowledges increments that are not there afterwards."""
    total, failed = _race(_careless, url)
    assert total + failed < ROUNDS * WORKERS, "nothing was lost: the race above proves nothing"


def test_a_reader_in_the_middle_of_its_view_does_not_stop_a_writer(url):
    """WAL and REPEATABLE READ: the writer commits, the reader goes on seeing what it saw."""
    database = Database(url)
    with database.reading() as session:
        before = session.connection().execute(text("SELECT n FROM counter")).scalar_one()
        with database.transaction() as other:
            other.connection().execute(text("UPDATE counter SET n = 1"))
        assert session.connection().execute(text("SELECT n FROM counter")).scalar_one() == before == 0
    with database.reading() as session:
        assert session.connection().execute(text("SELECT n FROM counter")).scalar_one() == 1
    database.close()


def test_an_error_rolls_everything_back(url):
    """Half a transaction is none."""
    database = Database(url)
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012
        session.connection().execute(text("UPDATE counter SET n = 7"))
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.connection().execute(text("SELECT n FROM counter")).scalar_one() == 0
    database.close()


def test_a_row_that_points_nowhere_is_refused(shop):
    """Foreign keys are on."""
    with pytest.raises(IntegrityError), shop.house.transaction() as session:
        session.connection().execute(
            text("INSERT INTO matter (source_id, opened_at, by_person) VALUES (999, '2026-01-01', false)")
        )


def test_sixteen_threads_that_write_for_long_all_get_their_turn(url):
    """Threads of one process queue up; nobody meets "database is locked" because others were quicker."""
    database, errors = Database(url), []

    def work():
        try:
            for _ in range(5):
                with database.transaction() as session:
                    session.connection().execute(text("UPDATE counter SET n = n + 1"))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with database.reading() as session:
        assert (session.connection().execute(text("SELECT n FROM counter")).scalar_one(), errors) == (80, [])
    database.close()


def test_a_transaction_inside_a_transaction_is_told_at_once(url):
    """It could only wait for itself."""
    database = Database(url)
    with pytest.raises(RuntimeError, match="inside another"), database.transaction(), database.transaction():
        pass
    database.close()


def test_two_processes_never_write_at_the_same_time(url):
    """What one has read still holds when it writes: the other waits for its turn, whichever rows it wants."""
    first, second, order = Database(url), Database(url), []

    def later():
        with second.transaction() as session:
            session.connection().execute(text("SELECT n FROM counter"))
            order.append("second")

    thread = threading.Thread(target=later)
    with first.transaction() as session:
        session.connection().execute(text("SELECT n FROM counter"))
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]
    first.close()
    second.close()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_reading_on_postgresql_cannot_write(url):
    """A view is a view."""
    database = Database(url)
    with pytest.raises(InternalError, match="read-only"), database.reading() as session:
        session.connection().execute(text("UPDATE counter SET n = 1"))
    database.close()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_who_is_stopped_in_its_turn_loses_it(url, monkeypatch):
    """A daemon under SIGSTOP, or a virtual machine that sleeps, must not hold up the others for ever."""
    monkeypatch.setitem(db._SERVER, "idle_in_transaction_session_timeout", "500ms")
    asleep, awake = Database(url), Database(url)
    with pytest.raises(DBAPIError, match="timeout"), asleep.transaction() as session:  # noqa: PT012
        session.connection().execute(text("UPDATE counter SET n = 5"))
        with awake.transaction() as other:  # waits until the server has ended the sleeper
            other.connection().execute(text("UPDATE counter SET n = n + 1"))
        session.connection().execute(text("UPDATE counter SET n = 6"))
    with awake.reading() as session:
        assert session.connection().execute(text("SELECT n FROM counter")).scalar_one() == 1
    asleep.close()
    awake.close()


def test_connections_that_nobody_uses_are_let_go(tmp_path):
    """A view that is open stays whole; afterwards the next one opens a connection anew."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.transaction() as session:
        session.connection().execute(text("CREATE TABLE counter (n INTEGER)"))
    with database.reading() as early, database.reading() as late:
        assert early.connection().execute(text("SELECT count(*) FROM counter")).scalar_one() == 0
        late.connection()
        late.close()
        database.let_go()
        assert database.engine.pool.checkedin() == 0
        assert early.connection().execute(text("SELECT count(*) FROM counter")).scalar_one() == 0
    with database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM counter")).scalar_one() == 0
    database.close()


def test_the_folder_that_is_made_for_the_file_is_nobody_elses(tmp_path):
    """Names stand in the database, and the first start makes its place."""
    Database(f"sqlite:///{tmp_path}/data/widerhall.db").close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
