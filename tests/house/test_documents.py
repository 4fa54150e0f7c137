"""Paper cannot lie: the example configuration and the README name what the code has, and nothing else.

config.example.toml holds every key. A key or section that is switched off starts with `#` and no blank (`#port = 8080`,
`#[sources.shop]`); a sentence starts with `# `. Every connector has one `[sources.NAME]` with all keys of its own, and
one of them shows all keys that every source has. In README.md every connector is a row of the table below the heading
"Connectors", its kind in the first cell (| `mastodon` | …); commands are written `widerhall NAME`.
"""

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from connectors.core import registry
from monitor import config

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = config.SECTIONS
# DESIGN 6: stable, other programs call them.
STARTS = {"demo", "run", "daemon", "web"}
KEEPS = {"check-config", "migrate", "doctor", "status", "verify", "user", "report", "backup", "restore"}
ASKED = {"export", "erase"}
WORKS = {"try", "fetch", "parse", "judge", "check-reply", "queue", "import", "outbox", "redrive", "bench"}
COMMANDS = STARTS | KEEPS | ASKED | WORKS


def switched_on(text):
    """The example with every key and section that is switched off by a `#` switched on."""
    return re.sub(r"^#(?=\[|[a-z_]+ *=)", "", text, flags=re.MULTILINE)


@cache
def example():
    """The whole example as TOML."""
    return tomllib.loads(switched_on((ROOT / "config.example.toml").read_text(encoding="utf-8")))


def sources(kind):
    """The example's sections for one connector."""
    return [body for body in example()["sources"].values() if body.get("kind") == kind]


def own_keys(kind):
    """The keys that a connector's section may have; a secret is a file or an environment variable."""
    secrets = config.secret_fields(kind)
    plain = {key for key in registry.settings_class(kind).model_fields if key not in secrets}
    return plain - set(config.SourceConfig.model_fields), set(secrets)


def without_place(key, secrets):
    """`token_file` and `token_env` both stand for the secret `token`."""
    name = re.sub(r"_(file|env)$", "", key)
    return name if name in secrets else key


@cache
def readme(name="README.md"):
    """The text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def said_by(*words):
    """What the command answers."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_shows_every_key_with_its_default(section):
    """A key without a default shows a made-up value."""
    fields = SECTIONS[section].model_fields
    assert set(example()[section]) == set(fields)
    shown = {key: value for key, value in example()[section].items() if not fields[key].is_required()}
    defaults = {key: fields[key].get_default(call_default_factory=True) for key in shown}
    assert shown == {key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items()}


@pytest.mark.parametrize("kind", registry.kinds())
def test_every_connector_has_its_section_in_the_example(kind):
    """A new connector is not finished without it."""
    bodies = sources(kind)
    assert len(bodies) == 1, f"config.example.toml needs one section with kind = {kind!r}"
    plain, secrets = own_keys(kind)
    shown = {without_place(key, secrets) for key in bodies[0]} - set(config.SourceConfig.model_fields)
    assert shown == plain | secrets


def test_the_example_shows_what_every_source_has():
    """All common keys stand in one of the sections."""
    common = set(config.SourceConfig.model_fields)
    assert any(common <= set(body) for body in example()["sources"].values())


def test_the_example_knows_no_kind_that_does_not_exist():
    """A connector that left takes its section with it."""
    assert {body["kind"] for body in example()["sources"].values()} <= set(registry.kinds())


def test_the_example_is_a_configuration_that_can_be_believed(tmp_path):
    """With everything switched on and its secrets in place, the program takes it."""
    for body in example()["sources"].values():
        for key, value in body.items():
            if key.endswith("_file") and isinstance(value, str):
                secret = tmp_path / value
                secret.parent.mkdir(parents=True, exist_ok=True)
                secret.write_text("made-up")
    file = tmp_path / "config.toml"
    file.write_text(switched_on((ROOT / "config.example.toml").read_text(encoding="utf-8")), encoding="utf-8")
    assert set(config.load(file).sources) == set(example()["sources"])


def test_the_command_has_exactly_the_commands_of_the_design():
    """Other programs call them."""
    text = said_by("--help").stdout
    listed = set(re.findall(r"^ {2,8}([a-z][a-z-]+)(?= {2,}|$)", text, re.MULTILINE))
    for braces in re.findall(r"\{([a-z,\s-]+)\}", text):
        listed |= {word.strip() for word in braces.split(",")}
    assert listed == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command):
    """`widerhall NAME --help` ends well and says something."""
    done = said_by(command, "--help")
    assert (done.returncode, len(done.stdout) > 60) == (0, True), done.stderr


def test_the_readme_names_every_command():
    """And no other one."""
    assert set(re.findall(r"widerhall ([a-z][a-z-]+)", "\n".join(code(readme())))) == COMMANDS


def test_the_german_readme_names_no_command_that_does_not_exist():
    """It may leave some out."""
    assert set(re.findall(r"widerhall ([a-z][a-z-]+)", "\n".join(code(readme("README.de.md"))))) <= COMMANDS


def test_the_readme_has_a_row_for_every_connector():
    """And no row for a connector that does not exist."""
    below = re.split(r"^#+ .*[Cc]onnectors.*$", readme(), flags=re.MULTILINE)[1]
    table = re.split(r"^#+ ", below, flags=re.MULTILINE)[0]
    assert set(re.findall(r"^\| *`([a-z_]+)`", table, re.MULTILINE)) == set(registry.kinds())


def code(text):
    """What stands between backticks, blocks and words."""
    return re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)


def places(row):
    """The paths of a row of the map: after the first, the others stand in the same folder."""
    first, *others = re.findall(r"`([\w./]+)`", row.split("|")[1])
    folder = Path(first).parent
    return [ROOT / first, *(ROOT / folder / other for other in others)]


def test_the_map_of_the_house_leads_somewhere():
    """A room that was renamed takes its row along."""
    rows = re.findall(r"^\| `(?:connectors|replies|monitor)/.*$", readme("ARCHITECTURE.md"), flags=re.MULTILINE)
    assert len(rows) > 40
    assert [str(place) for row in rows for place in places(row) if not place.exists()] == []
    assert not all(place.exists() for place in places("| `monitor/store.py`, `attic.py` | the control |"))
