"""The command in English: asked for by --lang, by WIDERHALL_LANG or by the configuration, in this order."""

import io
import json
import sys

import pytest

from monitor import cli, words
from tests.monitor.shop import BLOG, CONFIG, FILES
from tests.monitor.web.english import GERMAN, Unknown

SMALL = CONFIG.replace("Möbelhaus Musterfrau", "Radhaus") + FILES
COMMANDS = (
    ["check-config"], ["migrate"], ["status"], ["queue"], ["report"], ["verify"], ["outbox", "list"],
    ["outbox", "pause"], ["user", "list"],
    ["doctor"], ["redrive"], ["backup", "house.backup"], ["restore", "house.backup"],
    ["export", "Karin"], ["erase", "Karin"], ["import", "files", "x.csv"], ["judge", "--stored"],
    ["bench", "nothing"],
)  # fmt: skip
WRONG = (
    [], ["nonsense"], ["queue", "extra"],
    ["outbox", "stop"], ["parse", "myspace", "-"], ["parse", "wordpress", "none"],
    ["parse", "wordpress", "x", "--own"], ["user", "add", "Anna"], ["try", "myspace"], ["demo", "--port", "x"],
    ["parse", "wordpress", "x", "--timezone", "Mars"], ["verify", "--known", "x"], ["report", "--week", "x"],
)  # fmt: skip


@pytest.fixture
def unknown(monkeypatch):
    """What the catalogue was asked for and does not hold."""
    behind = Unknown()
    monkeypatch.setattr(words.english(), "_fallback", behind)
    return behind.asked


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run a command here; everything that it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "x").write_text("[]")
    (tmp_path / "x.csv").write_text("Text;Sterne;Datum\nToo late;2;23.11.2026 09:00\n;x;y", encoding="utf-8")
    (tmp_path / "config.toml").write_text(SMALL, encoding="utf-8")

    def call(*arguments):
        capfd.readouterr()
        cli.run([str(word) for word in arguments])
        return "\n".join(capfd.readouterr())

    return call


def german(said):
    """Its lines with a German word."""
    return [line for line in said.splitlines() if GERMAN.search(line)]


@pytest.mark.parametrize("command", ["", *(command.name for command in cli.COMMANDS)])
def test_every_help_is_english(run, unknown, command):
    """Of all commands, and of each."""
    said = run("--lang", "en", *command.split(), "--help")
    assert said.startswith("usage: widerhall")
    assert (german(said), unknown) == ([], set())


@pytest.mark.parametrize("arguments", [*COMMANDS, *WRONG], ids=" ".join)
def test_every_command_answers_in_english(run, unknown, arguments):
    """What it found, what was wrong with the question, and what went wrong."""
    run("migrate")
    said = run(*arguments, "--lang=en")
    assert said.strip()
    assert (german(said), unknown) == ([], set())


@pytest.mark.parametrize(
    "mistake",
    ["[storage]\nnoise = 1", "[web]\nport = 0", "[sources.x]\nkind = 1", "[[", "[timing]\nundo = -1", BLOG * 2],
)
def test_a_broken_configuration_is_told_in_english(run, unknown, tmp_path, mistake):
    """Every mistake at once."""
    (tmp_path / "config.toml").write_text(CONFIG.replace("[storage]", "[was]") + mistake, encoding="utf-8")
    said = run("check-config", "--lang", "en")
    assert said.strip()
    assert (german(said), unknown) == ([], set())


@pytest.mark.parametrize(
    ("flag", "environment", "configured", "spoken"),
    [
        ("", "", "", "de"),
        ("", "", "en", "en"),
        ("", "de", "en", "de"),
        ("de", "en", "en", "de"),
        ("en", "de", "de", "en"),
        ("", "xx", "en", "en"),
    ],
)
def test_the_flag_comes_before_the_environment_before_the_configuration(
    run, tmp_path, monkeypatch, flag, environment, configured, spoken
):
    """And German where nobody says anything."""
    monkeypatch.setenv("WIDERHALL_LANG", environment)
    text = SMALL.replace("[business]\n", f'[business]\nlanguage = "{configured}"\n') if configured else SMALL
    assert ("language" in text) == bool(configured)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    said = run(*(["--lang", flag] if flag else []), "queue")
    assert ("Nothing" in said, "Nichts" in said) == (spoken == "en", spoken == "de")


def test_the_language_ends_with_the_command(run):
    """Another command of the same process speaks its own."""
    run("--lang", "en", "queue")
    assert "Aufruf" in run("--help")


def test_json_speaks_no_persons_language(run, tmp_path, monkeypatch):
    """Programs read it: the same bytes, whoever asks."""
    run("migrate")
    for command in (["verify", "--json", "--known", "99:0123456789abcdef"], ["queue", "--json"], ["check-reply", "x"]):
        assert run(*command, "--lang", "en") == run(*command, "--lang", "de")
    lines = tmp_path / "lines"
    lines.write_text(
        '{"id": 1}\n' + json.dumps({"id": 2, "text": "Zu spät, Frechheit!"}) + "\nno json", encoding="utf-8"
    )
    assert run("judge", lines, "--lang", "en") == run("judge", lines, "--lang", "de")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))


def test_the_control_a_german_line_is_seen():
    """The tests above can fail."""
    assert german("all is well\nNoch nicht eingerichtet.") == ["Noch nicht eingerichtet."]
