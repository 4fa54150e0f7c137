"""The command: German, exit codes, and no stack trace for anybody, whatever comes in."""

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from connectors import csv_import
from connectors.core.contract import Malformed
from monitor import cli, second_factor
from monitor.bootstrap import open_house
from monitor.commands import bench, lines
from monitor.tables import MARKED, PostRow, PostVersion, Problem, Quarantine, RunKind, Switch, User
from replies.people import Actor
from replies.tables import Journal
from tests.monitor.shop import BLOG, COMPLAINT, CONFIG, FILES, MONDAY, broken, open_shop, post, python, widerhall

ROOT = Path(__file__).resolve().parents[2]
COMMENT = {
    "id": 7, "post": 3, "parent": 0, "author": 0, "author_name": "Karin <b>Vogt</b>", "status": "approved",
    "date_gmt": "2026-11-23T08:00:00", "content": {"rendered": "<p>Zu <script>x</script>spät &amp; kalt</p>"},
    "link": "javascript:alert(1)", "type": "comment",
}  # fmt: skip
STATUS = {
    "id": "11", "in_reply_to_id": None, "visibility": "public", "created_at": "2026-11-23T08:00:00Z",
    "content": "<p>@laden Zu spät</p>", "account": {"id": "5", "acct": "karin", "display_name": "Karin"},
    "url": "https://m.example/@karin/11", "language": "de",
}  # fmt: skip
SHEET = "Text;Sterne;Datum\nZu spät;2;23.11.2026 09:00"
KEYS = {
    *("ref", "kind", "thread", "parent", "author", "author_id", "own", "text", "lang", "rating", "rating_max"),
    *("created", "updated", "permalink", "visible", "replies"),
}
EVERY = {
    "run": [], "daemon": [], "web": [], "check-config": [], "migrate": [], "status": [], "fetch": [], "queue": [],
    "import": ["files", "x.csv"], "outbox": ["list"], "redrive": [], "verify": [], "user": ["list"],
    "judge": ["--stored"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def root_logger():
    """The daemon's commands take over the root logger; give it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run a command here; (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        code = cli.run([str(word) for word in words])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def shell(line, folder):
    """Run a shell line in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, check=False)


def configured(folder, sources=FILES):
    """A configuration in a folder."""
    (folder / "config.toml").write_text(CONFIG + sources, encoding="utf-8")


def rows(out):
    """JSON lines as objects."""
    return [json.loads(line) for line in out.splitlines()]


def test_help_is_german_and_names_every_command(run):
    """With nothing of argparse's English left in it."""
    code, out, _ = run("--help")
    assert code == 0
    assert all(command.name in out for command in cli.COMMANDS)
    assert out.startswith("Aufruf: widerhall")
    assert not {"usage", "optional", "positional", "show this"} & set(out.lower().split())


@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_each_command_has_its_help(run, command):
    """One line at least of what it does."""
    code, out, _ = run(command, "--help")
    assert (code, out.startswith(f"Aufruf: widerhall {command}")) == (0, True)


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["queue", "--nonsense"], ["queue", "extra"], ["outbox"], ["outbox", "stop"], ["parse"], ["user"],
     ["parse", "myspace", "-"], ["parse", "wordpress", "/no/such/file"], ["parse", "wordpress", "x", "--colour", "red"],
     ["parse", "wordpress", "x", "--own"], ["judge", "/no/such/file"], ["user", "add", "Anna"], ["user", "add"],
     ["user", "add", "\x1b[31m", "--role", "staff"], ["bench", "nothing"], ["try", "myspace"], ["demo", "--port", "x"],
     ["parse", "wordpress", "x", "--timezone", "Mars"], ["parse", "csv_import", "x", "--columns", "text"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_2_with_a_german_sentence(run, tmp_path, words):
    """Nothing on stdout, so that no program takes it for an answer."""
    (tmp_path / "x").write_text("[]")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.strip()
    assert not any(english in err for english in ("usage:", "invalid", "required", "Input should"))


@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize("state", ["no config", "broken config", "no database file", "corrupt database"])
def test_no_command_shows_a_trace_when_the_house_is_not_in_order(run, tmp_path, command, state):
    """Exit 1 and a German sentence that says where."""
    if state != "no config":
        configured(tmp_path, "[sources.x]\nkind = 1\n" if state == "broken config" else FILES)
    if state == "no database file":
        (tmp_path / "widerhall.db").mkdir()
    if state == "corrupt database":
        (tmp_path / "widerhall.db").write_bytes(b"not a database" * 500)
    code, out, err = run(command, *EVERY[command])
    said = out + err
    if command == "check-config" and state.endswith(("file", "database")):
        assert (code, "in Ordnung" in out) == (0, True)
        return
    assert code == 1
    wanted = {
        "no config": "config.toml: Diese Datei gibt es nicht",
        "broken config": "sources.x.kind: ",
        "no database file": "lässt sich nicht öffnen",
        "corrupt database": "Spielen Sie eine Sicherung zurück",
    }
    assert wanted[state] in said


def test_the_configuration_may_be_named_before_or_after_or_by_the_environment(run, tmp_path, monkeypatch):
    """Three ways, one meaning."""
    (tmp_path / "sub").mkdir()
    configured(tmp_path / "sub")
    place = tmp_path / "sub" / "config.toml"
    assert run("--config", place, "check-config")[0] == 0
    assert run("check-config", "--config", place)[0] == 0
    monkeypatch.setenv("WIDERHALL_CONFIG", str(place))
    code, out, _ = run("check-config")
    assert (code, out.splitlines()[-1]) == (0, "Die Konfiguration ist in Ordnung: 1 Quelle.")


def test_check_config_tells_all_mistakes_on_lines_of_their_own(run, tmp_path):
    """Path, colon, sentence."""
    (tmp_path / "config.toml").write_text("[web]\nport = -1\n[sources.a]\nkind = 'wordpress'\n")
    code, out, _ = run("check-config")
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ["business.name", "web.port", "sources.a.url"]


FEED = '[sources.forum]\nkind = "rss"\nurl = "{}"\n'


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (FEED.format("forum.example.de/feed.xml"), "keine vollständige Adresse mit https://"),
        (FEED.format("http://forum.example.de/feed.xml"), "Nehmen Sie https"),
        (FILES + 'path = "nicht-da.csv"\n', "Die Datei lässt sich nicht lesen"),
    ],
)
def test_check_config_tells_what_could_never_be_read(run, tmp_path, source, words):
    """Before the first round, with the place in the file; `doctor` says the same."""
    configured(tmp_path, source)
    code, out, _ = run("check-config")
    assert (code, words in out.splitlines()[-1], out.splitlines()[-1][:8]) == (1, True, "sources.")
    assert words in run("doctor")[1]


def test_a_new_house_says_the_next_step_everywhere(run, tmp_path):
    """No source and nobody who may log in: each command names what is to be done."""
    configured(tmp_path, "")
    assert "schalten Sie einen Abschnitt [sources.…] ein" in run("check-config")[1]
    assert "widerhall user add NAME --role owner" in run("user", "list")[1]
    assert "[sources.NAME]" in run("status")[1]


@pytest.mark.parametrize(
    ("kind", "body", "options", "expected"),
    [
        ("wordpress", [COMMENT], [], {"ref": "7", "text": "Zu spät & kalt", "author": "Karin Vogt", "permalink": None}),
        ("wordpress", [COMMENT | {"author": 4}], ["--own", "4"], {"own": True, "author_id": "4"}),
        ("wordpress", COMMENT | {"author": 4}, ["--own-accounts=9,4"], {"own": True}),
        ("wordpress", [COMMENT | {"status": "hold"}], [], {"visible": False}),
        ("mastodon", [STATUS], [], {"ref": "11", "text": "@laden Zu spät", "created": "2026-11-23T08:00:00Z"}),
        ("mastodon", {"ancestors": [], "descendants": [STATUS]}, ["--own", "karin"], {"own": True}),
        ("csv_import", SHEET, [], {"rating": 2.0, "created": "2026-11-23T08:00:00Z"}),
        ("csv_import", SHEET, ["--option", "timezone=UTC"], {"created": "2026-11-23T09:00:00Z"}),
        ("csv_import", "Wort;Tag\nZu spät;2026-11-23", ["--columns", "text=Wort,created=Tag"], {"text": "Zu spät"}),
    ],
)  # fmt: skip
def test_parse_prints_one_object_for_each_record_with_the_keys_of_the_design(
    run, tmp_path, kind, body, options, expected
):
    """DESIGN 6, whatever the platform."""
    (tmp_path / "body").write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    code, out, err = run("parse", kind, "body", *options)
    (found,) = rows(out)
    assert (code, err, set(found)) == (0, "", KEYS)
    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    "words",
    [["wordpress", "body", "--own", "4"], ["--own", "4", "wordpress", "body"], ["wordpress", "--own=4", "body"],
     ["wordpress", "--option", "own=4", "body"], ["--option=own_accounts=4", "wordpress", "body"],
     ["wordpress", "body", "--option", "own", "4"]],
    ids=" ".join,
)  # fmt: skip
def test_options_may_stand_anywhere_and_be_written_in_each_usual_way(run, tmp_path, words):
    """A program that calls us should not have to guess."""
    (tmp_path / "body").write_text(json.dumps([COMMENT | {"author": 4}]))
    code, out, _ = run("parse", *words)
    assert (code, rows(out)[0]["own"]) == (0, True)


def test_parse_tells_a_broken_record_in_its_place_and_goes_on(run, tmp_path):
    """Exit 1, and nothing of the rest is lost."""
    (tmp_path / "body").write_text(json.dumps([COMMENT, {"id": 8}, 5, COMMENT | {"id": 9}]))
    code, out, _ = run("parse", "wordpress", "body")
    first, second, third, last = rows(out)
    assert (code, first["ref"], last["ref"]) == (1, "7", "9")
    assert (second["raw"], third["raw"]) == ({"id": 8}, 5)
    assert second["malformed"].startswith("content: ")
    assert third["malformed"]


GARBAGE = [
    b"",
    b"\x00\xff\xfe" * 50,
    b"{",
    b"[1,",
    b"null",
    b"<html>500</html>",
    b"[" * 100_000,
    b'["\\ud800"]',
    b"7" * 5000,
]


@pytest.mark.parametrize("kind", ["wordpress", "mastodon", "csv_import"])
@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_parse_takes_any_garbage_without_a_trace(run, tmp_path, kind, body):
    """Every line that comes out is JSON."""
    (tmp_path / "body").write_bytes(body)
    code, out, _ = run("parse", kind, "body")
    found = rows(out)
    assert code == (1 if any("malformed" in row for row in found) else 0)
    assert code == 1 or not body or kind == "csv_import" or found == []


def test_judge_prints_one_verdict_a_line_in_the_same_order(run, tmp_path):
    """With broken lines told in their place."""
    text = [{"id": "a", "text": COMPLAINT}, "oops", {"id": 2, "text": "Alles bestens!"}, {"text": "no id"}]
    body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in text)
    (tmp_path / "in").write_text(body)
    code, out, _ = run("judge", "in")
    found = rows(out)
    assert code == 1
    assert [row.get("id", row.get("line")) for row in found] == ["a", 2, 2, 4]
    assert [row.get("needs_answer") for row in found] == [True, None, False, None]
    assert set(found[0]) == {
        *("id", "lang", "sentiment", "polarity", "hostile", "is_hostile", "complaint", "needs_answer", "sure"),
        *("repeats", "topics", "demands", "reasons"),
    }


@pytest.mark.parametrize("how", ["--config", "WIDERHALL_CONFIG"])
def test_judge_does_without_a_configuration_unless_one_is_named(run, tmp_path, monkeypatch, how):
    """A slip of the name must not choose the tier that judges; the control names none."""
    (tmp_path / "in").write_text(json.dumps({"id": 1, "text": COMPLAINT}) + "\n")
    assert run("judge", "in")[0] == 0
    if how == "WIDERHALL_CONFIG":
        monkeypatch.setenv(how, "gibtsnicht.toml")
    code, out, err = run("judge", "in", *([how, "gibtsnicht.toml"] if how == "--config" else []))
    assert (code, out, "gibtsnicht.toml" in err) == (1, "", True)


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b"\x00\xff" * 99, b'{"id": "\\ud800", "text": "\\udfff"}\n', b"[" * 9999]
)
def test_judge_takes_any_garbage_from_stdin(body):
    """A process of its own: standard input is a real pipe."""
    done = widerhall("judge", stdin=body, cwd=ROOT)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (1 if any("error" in row for row in found) else 0, b"")


def test_fifty_megabytes_go_through_parse(tmp_path):
    """No limit that nobody told; every record comes out."""
    record = json.dumps(COMMENT | {"content": {"rendered": "spät " * 2000}})
    body = ("[" + ",".join([record] * 5000) + "]").encode()
    assert len(body) > 50_000_000
    done = widerhall("parse", "wordpress", "-", stdin=body, cwd=ROOT)
    assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (0, 5000, b"")


def test_judge_answers_while_the_input_is_still_open():
    """It streams: the first verdict does not wait for the last line."""
    command = [sys.executable, "-m", "monitor", "judge"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(json.dumps({"id": 1, "text": COMPLAINT}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize("command", ["--help", "parse csv_import big.csv", "judge big.jsonl"])
def test_a_reader_that_goes_away_is_no_error_message(tmp_path, command):
    """`… | head -1`."""
    (tmp_path / "big.csv").write_text("Text\n" + "Zu spät\n" * 40_000)
    (tmp_path / "big.jsonl").write_text('{"id": 1, "text": "Zu spät"}\n' * 300)
    done = shell(f"{sys.executable} -m monitor {command} | head -c 10", tmp_path)
    assert (len(done.stdout), done.stderr) == (10, b"")


def test_a_full_disk_behind_stdout_is_told_in_one_sentence(tmp_path):
    """Exit 1, because the output is not where it should be."""
    (tmp_path / "x.csv").write_text("Text\nZu spät\n")
    done = shell(f"{sys.executable} -m monitor parse csv_import x.csv > /dev/full", tmp_path)
    assert (done.returncode, b"Traceback" in done.stderr, b"Exception" in done.stderr) == (1, False, False)
    assert "Das Betriebssystem sagt" in done.stderr.decode()


def test_a_closed_input_is_said_in_german(tmp_path):
    """`judge <&-`, as a badly made service does it; no number of an error."""
    done = shell(f"{sys.executable} -m monitor judge <&-", tmp_path)
    assert (done.returncode, done.stderr.decode()) == (2, "- lässt sich nicht lesen: die Eingabe ist geschlossen\n")


def test_a_terminal_without_umlauts_still_gets_its_help():
    """Escaped, not broken."""
    done = widerhall("--help", cwd=ROOT, PYTHONIOENCODING="ascii")
    assert (done.returncode, b"\\xf6ffentliche" in done.stdout) == (0, True)


def test_help_imports_nothing_heavy():
    """RELIABILITY P8: the start is cheap because nothing is loaded that is not used."""
    heavy = {"sqlmodel", "sqlalchemy", "fastapi", "httpx", "textblob", "textblob_de", "numpy", "alembic", "pydantic"}
    done = python(
        f"import sys; from monitor import cli; cli.run(['--help']); print(sorted({heavy!r} & set(sys.modules)))"
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_bench_prints_each_ratio_beside_its_target(run):
    """And says with its exit code whether they were kept."""
    code, out, _ = run("bench", "start")
    assert "widerhall --help gegen python -c pass:" in out
    assert "(höchstens 8, " in out
    assert code == ("verfehlt" in out)


def test_a_missed_target_is_exit_1(run, monkeypatch):
    """The control: a figure above its bound is told."""
    monkeypatch.setattr(bench, "PARTS", {"start": lambda _options: iter([bench.Ratio("x", 9.0, 8.0)])})
    assert run("bench") == (1, "start    x: 9.0  (höchstens 8, verfehlt)\n", "")


def test_import_keeps_the_good_rows_and_tells_the_bad_ones_by_their_line(run, tmp_path):
    """Exit 1, and the broken row is in quarantine until somebody reads it again."""
    configured(tmp_path, FILES + 'columns = { text = "Freitext", created = "Tag" }\nown_accounts = ["Meyer, Söhne"]\n')
    (tmp_path / "x.csv").write_text("Freitext;Sterne;Autor\nZu spät;2;Karin\nSchlecht;99;Paul\nDanke;5;Meyer, Söhne\n")
    code, out, err = run("import", "files", "x.csv")
    assert (code, "2 neu, 0 geändert, 0 unverändert, 1 zurückgestellt" in out, err.startswith("Zeile 3: ")) == (
        1,
        True,
        True,
    )
    assert "1 neu" not in run("import", "files", "x.csv")[1]
    assert run("redrive")[:2] == (1, "0 gelesen, 1 weiter zurückgestellt\n")
    assert "1 Datensatz ist zurückgestellt" in run("status")[1]
    (line,) = rows(run("queue", "--json")[1])
    assert (line["text"], line["rating"]) == ("Zu spät", 2.0)


def test_status_says_that_no_daemon_is_at_work(run, tmp_path):
    """Where one was at work before; a new house has had none."""
    configured(tmp_path)
    assert "Kein Daemon" not in run("status")[1]
    with open_shop(tmp_path, FILES) as shop, shop.house.transaction() as session:
        session.merge(Switch(name=MARKED, value="", at=datetime(2026, 1, 5, 9, tzinfo=UTC)))
    code, out, _ = run("status")
    assert (code, "Kein Daemon arbeitet, zuletzt 05.01.2026 10:00 CET. Starten Sie: widerhall run" in out) == (1, True)


BAD, GOOD = "Text;Sterne\nSchlecht;99\n", "Text;Sterne\nSchlecht;1\n"


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_alarm_of_an_unreadable_row_ends_with_a_clean_file_or_by_hand(run, tmp_path, by_hand):
    """It had stood for ever; the journal says who ended it."""
    configured(tmp_path)
    (tmp_path / "x.csv").write_text(BAD)
    run("import", "files", "x.csv")
    assert run("status")[0] == 1
    (tmp_path / "x.csv").write_text(GOOD)
    assert run(*(("redrive", "--drop", "files") if by_hand else ("import", "files", "x.csv")))[0] == 0
    assert run("status")[0] == 0
    with open_shop(tmp_path, FILES) as shop:
        assert shop.events("source.unreadable") == ["source.unreadable_closed"]
    assert run("redrive", "--drop", "nix")[0] == 2


def test_fetching_a_source_without_a_path_is_answered_and_leaves_no_trouble(run, tmp_path):
    """Exit 2 and the sentence; what an older version left behind ends with the next file."""
    configured(tmp_path)
    code, _, err = run("fetch", "files")
    assert (code, "widerhall import" in err) == (2, True)
    with open_shop(tmp_path, FILES) as shop:
        assert shop.source("files").problem == Problem.NONE
        shop.house.ingest.read("files", RunKind.POLL, shop.clock)
        assert shop.source("files").problem == Problem.CONFIG
    (tmp_path / "x.csv").write_text(GOOD)
    run("import", "files", "x.csv")
    assert run("status")[0] == 0


def test_a_newer_connector_reads_what_the_older_one_could_not(run, tmp_path):
    """Redrive: once, and then it is off the list."""
    configured(tmp_path)
    with open_shop(tmp_path, FILES) as shop:
        shop.house.ingest.take_items("files", [broken({"Text": "Zu spät", "#line": 2})], MONDAY)
    assert run("redrive")[1] == "1 gelesen, 0 weiter zurückgestellt\n"
    assert run("redrive")[1] == "0 gelesen, 0 weiter zurückgestellt\n"
    with open_shop(tmp_path, FILES) as shop:
        assert [row.resolved_at is None for row in shop.all(Quarantine)] == [False]
        assert [row.text for row in shop.all(PostRow)] == ["Zu spät"]


def test_one_record_that_can_be_read_again_leaves_the_others_open(run, tmp_path):
    """It had passed for a whole file without a fault, and that ends what is open."""
    configured(tmp_path)
    with open_shop(tmp_path, FILES) as shop:
        shop.house.ingest.take_items("files", [broken({"Text": "Zu spät"}), broken({"Sterne": "99"})], MONDAY)
    assert run("redrive")[:2] == (1, "1 gelesen, 1 weiter zurückgestellt\n")
    assert run("redrive")[:2] == (1, "0 gelesen, 1 weiter zurückgestellt\n")


def test_a_record_of_old_does_not_set_back_what_was_read_since(run, tmp_path):
    """Redrive had written May's words over June's, as a new version."""
    configured(tmp_path)
    old, new = ({"Text": words, "Autor": "Karin", "Datum": "2026-11-01", "#line": 2} for words in ("Spät", "Zu spät!"))
    with open_shop(tmp_path, FILES) as shop:
        shop.house.ingest.take_items("files", [Malformed("no date", old)], MONDAY)
        read = csv_import.parse(old, csv_import.Settings())
        later = replace(csv_import.parse(new, csv_import.Settings()), ref=read.ref)
        shop.house.ingest.take_items("files", [later, broken({"Sterne": "99"})], MONDAY + timedelta(days=1))
    assert run("redrive")[1] == "1 gelesen, 1 weiter zurückgestellt\n"
    with open_shop(tmp_path, FILES) as shop:
        assert [row.text for row in shop.all(PostVersion)] == ["Zu spät!"]


def test_try_asks_for_what_is_missing_and_goes_to_no_example(run):
    """It had asked www.example.de."""
    assert run("try", "wordpress") == (2, "", "--url: Dieser Schlüssel fehlt.\n")


def test_try_says_in_german_who_answers(run, tmp_path):
    """Of a file: a person, and there is no limit to name."""
    (tmp_path / "x.csv").write_text(GOOD)
    code, _, err = run("try", "csv_import", "--path", "x.csv")
    assert (code, err) == (0, "CSV-Import: erreichbar. Antworten: von Hand, eine Person trägt sie ein\n")


def test_a_file_beside_stored_is_not_passed_over(run, tmp_path):
    """`judge --stored FILE` had read nothing of FILE and said nothing."""
    configured(tmp_path)
    code, _, err = run("judge", "--stored", "x.jsonl")
    assert (code, "x.jsonl" in err) == (2, True)


def test_a_database_that_cannot_be_opened_is_named(run, tmp_path):
    """What, where, what to do."""
    (tmp_path / "widerhall.db").write_text("Text;Sterne\n" * 500)
    configured(tmp_path)
    code, _, err = run("status")
    assert (code, f"({tmp_path}/widerhall.db)" in err) == (1, True), err


def test_ctrl_c_while_the_modules_load_shows_no_trace(tmp_path):
    """The first tenth of a second; afterwards it is exit 130 and silence as well."""
    impatient = """
import os, signal, sys
class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "monitor.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Impatient())
from monitor.__main__ import main
main()
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", impatient]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def test_unknown_sources_are_told_with_those_that_there_are(run, tmp_path):
    """Exit 2: it was the command line."""
    configured(tmp_path)
    (tmp_path / "x.csv").write_text("Text\nx\n")
    for words in (["fetch", "nope"], ["import", "nope", "x.csv"]):
        code, _, err = run(*words)
        assert (code, err) == (2, "Die Quelle nope gibt es nicht. Bekannt sind: files\n")


def test_people_are_added_listed_and_disabled_without_a_password_on_the_command_line(run, tmp_path):
    """From a file that only the owner can read, or asked for."""
    configured(tmp_path)
    (tmp_path / "pw").write_text("ein langer Satz mit Pferd\n")
    add = ["user", "add", "Anna", "--role", "staff", "--password-file", tmp_path / "pw"]
    assert run(*add)[0] == 0
    assert run(*add)[0] == 1
    assert run("user", "list")[1].split() == ["Anna", "staff", "aktiv"]
    assert run("user", "disable", "Anna")[0] == 0
    assert run("user", "disable", "Berta")[0] == 1
    assert run("user", "list")[1].split() == ["Anna", "staff", "gesperrt"]
    assert run("user", "enable", "Anna")[0] == 0
    assert run("user", "mail", "Anna")[0] == 2
    assert run("user", "mail", "Anna", "--mail", "anna@example.de")[0] == 0
    assert run("user", "list")[1].split() == ["Anna", "staff", "aktiv", "anna@example.de"]


def test_the_command_refuses_what_would_leave_no_owner(run, tmp_path):
    """And a name that nobody can tell from another; each in one sentence."""
    configured(tmp_path)
    (tmp_path / "pw").write_text("ein langer Satz mit Pferd\n")
    owner = ["--role", "owner", "--password-file", tmp_path / "pw"]
    assert run("user", "add", "Bernd", *owner)[0] == 0
    code, _, err = run("user", "disable", "Bernd")
    assert (code, err.startswith("Das ist die letzte Person")) == (1, True)
    code, _, err = run("user", "add", "BERND", *owner)
    assert (code, "zum Verwechseln" in err) == (1, True)
    assert run("user", "add", "Dora", *owner)[0] == 0
    assert run("user", "disable", "Bernd")[0] == 0


def test_a_lost_telephone_is_mended_on_the_server(run, tmp_path):
    """The code is asked for no more, and the journal says so; nobody's is said to be so."""
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "pw").write_text("ein langes kennwort")
    assert run("user", "add", "Bernd", "--role", "owner", "--password-file", tmp_path / "pw")[0] == 0
    house, now = open_house(tmp_path / "config.toml"), datetime.now(UTC)
    with house.transaction() as session:
        bernd = session.exec(select(User)).one()
        phone = pyotp.TOTP(second_factor.begin(session, bernd, now))
        second_factor.switch_on(session, bernd, phone.at(now), Actor(bernd.id, bernd.role), now)
    assert run("user", "list")[1].split() == ["Bernd", "owner", "aktiv", "Code"]
    assert "genügt wieder das Passwort" in run("user", "second-factor-off", "Bernd")[1]
    assert "kein Code verlangt" in run("user", "second-factor-off", "Bernd")[1]
    assert run("user", "second-factor-off", "Berta")[0] == 1
    with house.reading() as session:
        assert session.exec(select(Journal.event).order_by(Journal.seq.desc())).first() == "user.second_off"
        assert session.exec(select(User.second_factor_at)).one() is None
    house.close()


def test_while_a_password_is_typed_the_database_is_free(run, tmp_path, monkeypatch):
    """The daemon goes on working meanwhile."""
    configured(tmp_path)

    def typing(_prompt):
        with open_shop(tmp_path, FILES) as shop:
            shop.house.ingest.take_items("files", [post()], MONDAY)
        return "ein langer Satz mit Pferd"

    monkeypatch.setattr("getpass.getpass", typing)
    assert run("user", "add", "Anna", "--role", "staff")[0] == 0


def test_without_a_terminal_no_password_is_asked_for(tmp_path):
    """It could be seen while it is typed; the file is named instead."""
    configured(tmp_path)
    words = ("user", "add", "Anna", "--role", "staff", "--config", str(tmp_path / "config.toml"))
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *words], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        start_new_session=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Ohne Terminal lässt sich kein Passwort eingeben: --password-file DATEI\n"


def test_a_folder_in_place_of_a_file_is_said_in_german(run, tmp_path):
    """The operating system's own words are English."""
    configured(tmp_path)
    for words in (["judge", tmp_path], ["check-reply", tmp_path], ["parse", "rss", tmp_path]):
        assert "das ist ein Ordner" in run(*words)[2]
    assert "das ist ein Ordner" in run("--config", tmp_path, "check-config")[1]


def test_the_outbox_is_paused_and_resumed_by_word(run, tmp_path):
    """The kill switch, and status rings for it."""
    configured(tmp_path)
    assert run("outbox", "pause")[1] == "Der Ausgang ist angehalten. Nichts geht hinaus.\n"
    assert (run("status")[0], run("outbox", "list")[1]) == (1, "Der Ausgang ist angehalten. Nichts geht hinaus.\n")
    assert run("outbox", "resume")[1] == "Der Ausgang läuft.\n"


def test_a_source_that_cannot_be_read_is_told_and_no_token_with_it(run, tmp_path, monkeypatch):
    """The canary is in no output (RELIABILITY G19)."""
    configured(tmp_path, BLOG.replace("https://blog.example", "https://127.0.0.1:1"))
    for words in (["fetch"], ["status"], ["verify"]):
        code, out, err = run(*words)
        assert "kanarienvogel" not in out + err
        assert code == (0 if words == ["verify"] else 1)


def test_an_error_nobody_foresaw_is_one_sentence_and_a_trace_for_those_who_ask(run, monkeypatch):
    """The last net."""
    monkeypatch.setattr(lines, "parse", lambda _arguments: 1 / 0)
    code, out, err = run("parse", "wordpress", "-")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "WIDERHALL_DEBUG=1" in err
    monkeypatch.setenv("WIDERHALL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.run(["parse", "wordpress", "-"])
