"""A backup is whole, belongs to no engine, and what is restored from it does nothing by itself."""

import json
import os
import struct
import threading
import zipfile
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Enum
from sqlmodel import func, select

from monitor import backup, second_factor, vault
from monitor.backup import BackupError, successors_first, write
from monitor.cipher import new_key
from monitor.db import Database
from monitor.logins import HalfLogin, WebSession
from monitor.migrate import migrate
from monitor.restore import restore
from monitor.tables import MARKED, Secret, Source, Switch, User
from monitor.verify import verify
from monitor.world import OUTBOX, PAUSED, outbox_state
from replies import fact_cards
from replies.fact_cards import Statement
from replies.lifecycle import Outcome, ReplyKind, State
from replies.people import DAEMON
from replies.tables import Attempt, FactCard, Journal, Reply
from replies.timing import Timing
from tests.monitor.shop import BLOG, CONFIG, widerhall
from tests.peers.postgres import SERVER, database_for, wipe_all
from tests.replies.shop import ANNA, Shop
from tests.replies.world import Clock, FakeWorld, Platform

TOUCHED = {
    "reply",
    "attempt",
    "switch",
    "journal",
    "journal_head",
    "source",
    "notice",
    "alarm",
}  # restoring changes these on purpose


@pytest.fixture
def busy(tmp_path, engine):
    """A business with a reply in nearly every state, on each engine."""
    database = Database(database_for(tmp_path, empty=True))
    migrate(database)
    clock = Clock()
    shop = Shop(database, FakeWorld(Platform(clock)), clock, Timing()).open()
    shop.published(shop.complaint(ref="out"))
    shop.published(shop.complaint(ref="held"), ReplyKind.HOLDING)
    shop.delivered(shop.complaint(ref="handed over"))
    shop.draft(shop.complaint(ref="draft"), ReplyKind.HOLDING)
    shop.approved(shop.complaint(ref="approved"))
    lost = shop.approved(shop.complaint(ref="on the wire"))
    card = write_card(shop, "Wir liefern innerhalb von drei Tagen.")
    card = write_card(shop, "Wir liefern innerhalb von zwei Tagen.", replaces=card.id)
    write_card(shop, "Wir liefern innerhalb eines Tages.", replaces=card.id)
    write_card(shop, "Wir liefern an Heiligabend bis zwölf Uhr.", until=date(2026, 12, 24))
    with database.transaction() as session:
        assert shop.outbox.claim(session, lost, clock()) is not None
        session.add(Switch(name=MARKED, value="", at=clock()))  # a daemon was here
    yield shop
    database.close()


def write_card(shop, words, until=None, replaces=0):
    """A fact card, or the next version of one."""
    said = Statement(words, "Versandseite", ("delivery",), date(2026, 1, 1), until)
    return shop.do(fact_cards.write, said, ANNA, replaces=replaces)


@pytest.fixture
def elsewhere(engine, postgresql, tmp_path, monkeypatch):
    """An empty database of the other engine."""
    with monkeypatch.context() as patch:
        if engine == "sqlite":
            patch.setenv(SERVER, postgresql.address)
        else:
            patch.delenv(SERVER)
        database = Database(database_for(tmp_path, empty=True, name="restored"))
    yield database
    database.close()
    wipe_all(postgresql.address)


def saved(shop, folder, name="widerhall.backup"):
    """The file."""
    write(shop.database, folder / name, shop.clock())
    return folder / name


def content(file):
    """Every table's lines."""
    with zipfile.ZipFile(file) as archive:
        names = json.loads(archive.read("manifest.json"))["tables"]
        return {name: archive.read(f"tables/{name}.jsonl").decode().splitlines() for name in names}


def count(database, table):
    """How many rows a table has."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def broken(shop):
    """What verify finds; this shop has no judge."""
    with shop.database.reading() as session:
        found = verify(session, shop.clock(), shop.timing)
        return [(violation.rule, violation.subject) for violation in found if violation.rule != "unjudged"]


def moved(shop, database):
    """The same people and platform, with another database."""
    return Shop(database, shop.world, shop.clock, shop.timing, worker="w2")


def test_everything_comes_back_in_the_other_database(busy, elsewhere, tmp_path):
    """SQLite to PostgreSQL and back: every row that restoring does not change on purpose is the same."""
    first = saved(busy, tmp_path)
    restore(elsewhere, first, busy.clock.forward(days=2))
    second = saved(moved(busy, elsewhere), tmp_path, "second")
    before, after = content(first), content(second)
    assert {name for name in before if before[name] != after[name]} <= TOUCHED
    assert after["journal"][: len(before["journal"])] == before["journal"]
    assert broken(moved(busy, elsewhere)) == []


def test_what_was_on_its_way_is_unclear_and_nothing_goes_out(busy, elsewhere, tmp_path):
    """The old house may have sent it since; only a look can tell."""
    before = {reply.id: reply.state for reply in busy.rows(Reply)}
    done = restore(elsewhere, saved(busy, tmp_path), busy.clock.forward(days=2))
    shop = moved(busy, elsewhere)
    on_the_way = {number for number, state in before.items() if state in (State.APPROVED, State.SENDING)}
    assert {reply.id: reply.state for reply in shop.rows(Reply)} == before | dict.fromkeys(on_the_way, State.UNCLEAR)
    assert (done.unclear, len(on_the_way)) == (2, 2)
    assert [shop.events(f"reply:{number}")[-1] for number in on_the_way] == ["reply.restore"] * 2
    assert [row for row in shop.rows(Attempt) if row.outcome == Outcome.STARTED] == []
    with elsewhere.reading() as session:
        assert (outbox_state(session), shop.outbox.due(session, shop.clock())) == (PAUSED, [])


def test_what_the_old_house_sent_meanwhile_is_found_and_not_sent_again(busy, elsewhere, tmp_path):
    """The daemon of the restored house looks first; the public sees one text."""
    file = saved(busy, tmp_path)
    waiting = next(reply for reply in busy.rows(Reply) if reply.state == State.APPROVED)
    busy.outbox.send(waiting.id)
    restore(elsewhere, file, busy.clock.forward(hours=1))
    shop = moved(busy, elsewhere)
    shop.run_until_quiet(hours=2)
    assert (shop.reply(waiting.id).state, busy.platform.texts("approved")) == (State.PUBLISHED, ["Das tut uns leid."])


def test_a_backup_taken_while_others_write_is_one_moment(busy, elsewhere, tmp_path):
    """RELIABILITY G22: the daemon works on, and what is restored keeps every promise."""
    stop, errors = threading.Event(), []

    def work():
        number = 0
        while not stop.is_set():
            number += 1
            try:
                busy.submitted(busy.complaint(ref=f"load {number}"))
            except Exception as error:  # noqa: BLE001 - told below
                errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while count(busy.database, Reply) < 10:
            stop.wait(0.02)
        file = saved(busy, tmp_path)
    finally:
        stop.set()
        worker.join(30)
    restore(elsewhere, file, busy.clock())
    assert (errors, broken(moved(busy, elsewhere))) == ([], [])
    assert 10 <= count(elsewhere, Reply) <= count(busy.database, Reply)


def test_ids_go_on_after_the_highest(busy, elsewhere, tmp_path):
    """PostgreSQL counts by itself, and would begin at 1."""
    restore(elsewhere, saved(busy, tmp_path), busy.clock())
    shop = moved(busy, elsewhere)
    before = count(elsewhere, Reply)
    shop.submitted(shop.complaint(ref="after"))
    assert count(elsewhere, Reply) == before + 1


def test_a_reply_and_the_one_that_replaced_it_come_back(busy, elsewhere, tmp_path):
    """They point to each other, and the final one may have been written first."""
    busy.world.platform.one_reply = True
    duty = next(reply.duty_id for reply in busy.rows(Reply) if reply.kind == ReplyKind.HOLDING and reply.published_at)
    busy.published(duty, ReplyKind.FINAL, "Wir haben den Ofen getauscht.")
    replaced = {reply.id: reply.successor_id for reply in busy.rows(Reply) if reply.successor_id}
    restore(elsewhere, saved(busy, tmp_path), busy.clock())
    found = {reply.id: reply.successor_id for reply in moved(busy, elsewhere).rows(Reply) if reply.successor_id}
    assert found == replaced != {}


def test_the_one_that_replaces_comes_first():
    """Whatever the order of the ids; nothing is lost."""
    rows = [{"id": n, "successor_id": after} for n, after in ((1, 3), (2, 1), (3, None), (4, None))]
    assert [row["id"] for row in successors_first(rows, "successor_id")] == [3, 1, 2, 4]


SAMPLES = {
    int: 7, float: 0.25, bool: True, str: "Zoë", bytes: b"\x00\xff", date: date(2024, 2, 29),
    datetime: datetime(2024, 2, 29, 23, 59, 1, 7, tzinfo=UTC), object: {"ä": [1, None]},  # JSON
}  # fmt: skip


def sample(kind):
    """A value that such a column may hold."""
    plain = getattr(kind, "impl", kind)
    return next(iter(kind.enum_class)) if isinstance(kind, Enum) else SAMPLES[plain.python_type]


def test_every_kind_of_column_comes_back_as_it_was():
    """A kind that no backup has met would be noticed on the night it is needed."""
    kinds = {type(column.type): column.type for table in backup.tables() for column in table.columns}
    there = {name: json.loads(json.dumps(backup._plain(sample(kind)))) for name, kind in kinds.items()}
    back = {name: backup._typed(kind, there[name]) for name, kind in kinds.items()}
    assert back == {name: sample(kind) for name, kind in kinds.items()}


def test_every_table_that_points_to_itself_is_put_in_order():
    """A new one must say how it is restored; a reply's other direction comes second (`restore._replies`)."""
    keys = [
        (table, column, key) for table in backup.tables() for column in table.columns for key in column.foreign_keys
    ]
    found = {(table.name, column.name) for table, column, key in keys if key.column.table is table}
    assert found == {*backup.SUCCESSOR.items(), ("reply", "supersedes_id")}


def test_fact_cards_that_were_replaced_come_back_across_batches(busy, elsewhere, tmp_path, monkeypatch):
    """Each points to a later row, which may be in another batch."""
    monkeypatch.setattr("monitor.restore._AT_ONCE", 2)
    restore(elsewhere, saved(busy, tmp_path), busy.clock())
    found = {card.id: (card.replaced_by, card.valid_to) for card in moved(busy, elsewhere).rows(FactCard)}
    assert found == {1: (2, None), 2: (3, None), 3: (None, None), 4: (None, date(2026, 12, 24))}


def test_a_database_that_is_in_use_is_refused(busy, tmp_path):
    """Restoring never mixes two houses."""
    with pytest.raises(BackupError, match="nicht leer"):
        restore(busy.database, saved(busy, tmp_path), busy.clock())


def test_a_damaged_file_leaves_the_database_empty(busy, elsewhere, tmp_path):
    """A table that lost its last row is noticed at its end, and everything is taken back."""
    file, shorter = saved(busy, tmp_path), tmp_path / "shorter"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(shorter, "w") as less:
        for name in whole.namelist():
            lines = whole.read(name)
            less.writestr(name, lines[: lines[:-1].rfind(b"\n") + 1] if name == "tables/sighting.jsonl" else lines)
    with pytest.raises(BackupError, match="beschädigt"):
        restore(elsewhere, shorter, busy.clock())
    assert (count(elsewhere, Source), count(elsewhere, Journal)) == (0, 0)


@pytest.mark.parametrize("name", ["manifest.json", "tables/journal.jsonl"])
def test_a_turned_byte_leaves_the_database_empty(busy, elsewhere, tmp_path, name):
    """Inside the compressed stream: zlib gives up before any digest is compared."""
    file = saved(busy, tmp_path)
    with zipfile.ZipFile(file) as whole:
        at = whole.getinfo(name).header_offset
    data = bytearray(file.read_bytes())
    name_and_extra = sum(struct.unpack("<HH", data[at + 26 : at + 30]))
    data[at + 30 + name_and_extra] = 0b111  # a block of a kind that deflate does not know
    file.write_bytes(data)
    with pytest.raises(BackupError, match="beschädigt"):
        restore(elsewhere, file, busy.clock())
    migrate(elsewhere)
    assert (count(elsewhere, Source), count(elsewhere, Journal)) == (0, 0)


@pytest.mark.parametrize("what", ["cut off", "another file", "empty"])
def test_what_is_no_backup_is_told(busy, elsewhere, tmp_path, what):
    """A sentence, no stack trace."""
    file = saved(busy, tmp_path)
    whole = file.read_bytes()
    file.write_bytes({"cut off": whole[: len(whole) // 2], "another file": b"Guten Tag", "empty": b""}[what])
    with pytest.raises(BackupError, match="keine Sicherung"):
        restore(elsewhere, file, busy.clock())


def test_a_backup_that_is_not_there_is_told(elsewhere, tmp_path, busy):
    """With its name."""
    with pytest.raises(BackupError, match=r"Die Sicherung .*/nirgends gibt es nicht"):
        restore(elsewhere, tmp_path / "nirgends", busy.clock())


def test_another_schema_is_refused_with_what_to_do(busy, elsewhere, tmp_path):
    """An older backup belongs to an older version first."""
    file, older = saved(busy, tmp_path), tmp_path / "older"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(older, "w") as copy:
        for name in whole.namelist():
            changed = {**json.loads(whole.read(name)), "revision": "0000"} if name == "manifest.json" else None
            copy.writestr(name, json.dumps(changed) if changed else whole.read(name))
    with pytest.raises(BackupError, match=r"Stand 0000.*widerhall migrate"):
        restore(elsewhere, older, busy.clock())


@pytest.mark.parametrize("key", ["none", "a wrong one", "a missing file"])
def test_without_the_key_nothing_is_restored(busy, elsewhere, tmp_path, monkeypatch, key):
    """Stored logins that nobody can open would be noticed at the worst moment."""
    with busy.database.transaction() as session:
        vault.store(session, "laden", "token", "kanarienvogel", busy.clock())
    file = saved(busy, tmp_path)
    other = tmp_path / "other-key"
    if key == "a wrong one":
        other.write_bytes(new_key())
        other.chmod(0o600)
    monkeypatch.setenv(vault.KEY_VARIABLE, "" if key == "none" else str(other))
    with pytest.raises(BackupError, match="Schlüssel"):
        restore(elsewhere, file, busy.clock())
    assert other.exists() == (key == "a wrong one")


def test_the_file_is_for_one_pair_of_eyes_and_holds_neither_key_nor_logins(busy, tmp_path, key_file):
    """Mode 0600 from its first byte; secrets stay locked; who was logged in is nobody's business."""
    with busy.database.transaction() as session:
        vault.store(session, "laden", "token", "kanarienvogel-4711", busy.clock())
        later = busy.clock() + timedelta(days=1)
        times = dict.fromkeys(("created_at", "seen_at", "password_at", "expires_at"), later)
        session.add(WebSession(token_hash="spur-0815", user_id=1, csrf="c", **times))
    file = saved(busy, tmp_path)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert file.stat().st_mode & 0o777 == 0o600
    assert [
        word for word in (b"kanarienvogel", key_file.read_bytes().strip(), b"spur-0815") if word in everything
    ] == []


def test_logins_work_again_with_the_key(busy, elsewhere, tmp_path):
    """The cipher is the same, byte for byte."""
    with busy.database.transaction() as session:
        vault.store(session, "laden", "token", "kanarienvogel", busy.clock())
    restore(elsewhere, saved(busy, tmp_path), busy.clock())
    with elsewhere.reading() as session:
        row = session.exec(select(Secret)).one()
    assert vault.open_vault(vault.key_file()).decrypt(row.cipher, "laden/token") == "kanarienvogel"


def test_a_second_factor_works_again_after_a_restore(busy, elsewhere, tmp_path):
    """The telephone's next code, the recovery codes that are left, and no login that was halfway in."""
    now = busy.clock()
    with busy.database.transaction() as session:
        bernd = session.get_one(User, 2)
        phone = pyotp.TOTP(second_factor.begin(session, bernd, now))
        codes = second_factor.switch_on(session, bernd, phone.at(now), DAEMON, now)
        assert second_factor.use_recovery(session, bernd, codes[0], now)
        session.add(HalfLogin(token_hash="spur", user_id=2, at=now))
    restore(elsewhere, saved(busy, tmp_path), now)
    with elsewhere.transaction() as session:
        bernd = session.get_one(User, 2)
        tried = [second_factor.is_right(session, bernd, phone.at(now, counter_offset=step), now) for step in (0, 1)]
        used = [second_factor.use_recovery(session, bernd, code, now) for code in codes[:2]]
        assert (tried, used) == ([False, True], [False, True])
        assert session.exec(select(HalfLogin)).all() == []


def test_a_backup_that_fails_leaves_the_last_one(busy, tmp_path, monkeypatch):
    """Written beside it and put in its place when it is complete."""
    file = saved(busy, tmp_path)
    whole = file.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        saved(busy, tmp_path)
    assert (file.read_bytes(), [path.name for path in tmp_path.iterdir() if "backup" in path.name]) == (
        whole,
        ["widerhall.backup"],
    )


@pytest.mark.parametrize("name", ["config.toml", "widerhall.db", "notes.zip", "."])
def test_no_other_file_is_lost_to_a_slip_of_the_name(shop, tmp_path, name):
    """A configuration, the database itself, a folder: they stay, and the sentence names them."""
    file = shop.folder / name
    if not file.exists():
        file.write_bytes(b"PK, or SQLite format 3")
    before = file.read_bytes() if file.is_file() else None
    done = widerhall("backup", str(file), "--config", str(shop.folder / "config.toml"))
    assert (done.returncode, str(file) in done.stderr.decode()) == (1, True)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_an_older_backup_and_an_empty_file_make_room(busy, tmp_path):
    """The same name every night, or a name that mktemp made."""
    (tmp_path / "widerhall.backup").touch()
    assert saved(busy, tmp_path).stat().st_size > 0
    assert saved(busy, tmp_path).stat().st_size > 0


def test_a_folder_that_is_not_there_is_named(busy, tmp_path):
    """Not the hidden name of a draft in it."""
    with pytest.raises(BackupError) as refused:
        write(busy.database, tmp_path / "nix" / "b.zip", busy.clock())
    assert refused.value.sentence.startswith(f"Den Ordner {tmp_path / 'nix'} gibt es nicht.")


def test_leases_are_free_afterwards(busy, elsewhere, tmp_path):
    """Nobody waits for a daemon that is not there."""
    with busy.database.transaction() as session:
        source = session.exec(select(Source)).one()
        source.worker, source.lease_until = "w1", busy.clock() + timedelta(minutes=15)
        session.add(source)
    restore(elsewhere, saved(busy, tmp_path), busy.clock())
    with elsewhere.reading() as session:
        assert session.exec(select(Source.worker, Source.lease_until)).one() == (None, None)
        assert sorted(session.exec(select(Switch.name)).all()) == [OUTBOX, MARKED]


def test_the_commands_bring_a_house_into_a_new_folder(shop, tmp_path):
    """`widerhall backup`, another place, `widerhall restore`: verify is clean, the outbox is paused."""
    new, file = tmp_path / "new", tmp_path / "b.zip"
    new.mkdir()
    (new / "config.toml").write_text(CONFIG + BLOG, encoding="utf-8")
    made = widerhall("backup", str(file), "--config", str(shop.folder / "config.toml"))
    done = widerhall("restore", str(file), "--config", str(new / "config.toml"))
    again = widerhall("restore", str(file), "--config", str(new / "config.toml"))
    assert (made.returncode, done.returncode, again.returncode) == (0, 0, 1), (made, done, again)
    assert "Ausgang ist angehalten" in done.stdout.decode()
    assert "nicht leer" in again.stderr.decode()
