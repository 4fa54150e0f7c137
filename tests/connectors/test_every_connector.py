"""A new platform is one module, one test, its recordings and one section of the example configuration.

Where connectors stand, and where what belongs to them stands, is looked up; nothing is listed by hand.
"""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from connectors.core import registry
from connectors.core.contract import SourceSettings
from connectors.core.errors import ConfigProblem
from tests.connectors.contract import ConnectorContract, recordings
from tests.connectors.test_mastodon import TestMastodon as _Mastodon

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


def modules(root=ROOT):
    """Kinds that have a module."""
    return {path.stem for path in (root / "connectors").glob("*.py") if not path.stem.startswith("_")}


def suites():
    """Kinds that have a test class which inherits the suite."""
    inherits = re.compile(r"^class Test\w+\(ConnectorContract\):", re.MULTILINE)
    files = (path for path in HERE.glob("test_*.py") if inherits.search(path.read_text()))
    return {path.stem.removeprefix("test_") for path in files}


def recorded():
    """Kinds that have at least one recording with what is expected of it."""
    return {folder.name for folder in (HERE / "recordings").iterdir() if any(folder.glob("*.expected.json"))}


def configured(root=ROOT):
    """Kinds that have a section in the example configuration, sections that are commented out included."""
    lines = (root / "config.example.toml").read_text().splitlines()
    return {line.lstrip("# ").split('"')[1] for line in lines if line.lstrip("# ").startswith('kind = "')}


def gaps(found):
    """What some have and others lack, by place: {"tests": {"x"}} says that x lacks a test."""
    everything = set().union(*found.values())
    return {place: everything - kinds for place, kinds in found.items() if everything - kinds}


def test_every_connector_has_module_test_recordings_and_section():
    """In all directions: a leftover test without a module is a gap as well."""
    found = {"modules": modules(), "tests": suites(), "recordings": recorded(), "configuration": configured()}
    assert gaps(found) == {}
    assert set(registry.kinds()) == modules()


def test_a_planted_connector_is_found_to_lack_everything(tmp_path):
    """The control: a module alone is not a connector."""
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "brieftaube.py").write_text("")
    found = {"modules": modules() | modules(tmp_path), "tests": suites(), "recordings": recorded()}
    assert gaps(found) == {"tests": {"brieftaube"}, "recordings": {"brieftaube"}}


@pytest.mark.parametrize("kind", registry.kinds())
def test_every_recording_has_its_expectation(kind):
    """And no expectation stands alone."""
    paths = recordings(kind)
    names = {path.stem for path in paths}
    assert {path.name.removesuffix(".expected.json") for path in paths[0].parent.glob("*.expected.json")} == names


@pytest.mark.parametrize("kind", registry.kinds())
def test_every_connector_offers_what_the_registry_promises(kind):
    """Card, settings, split, parse and a connection."""
    module = registry.module(kind)
    assert registry.card(kind).kind == kind
    assert issubclass(registry.settings_class(kind), SourceSettings)
    assert all(callable(getattr(module, name)) for name in ("split", "parse", "Connection"))


def test_an_unknown_kind_names_the_known_ones():
    """A typo in the configuration is answered with the list."""
    with pytest.raises(registry.UnknownKind, match=r"'mastodom'; known are: .*mastodon") as error:
        registry.module("mastodom")
    assert isinstance(error.value, ConfigProblem)


@pytest.mark.parametrize("sneaky", ["core", "core.http", "../os", "", "__init__", "os"])
def test_nothing_but_connectors_can_be_had_by_kind(sneaky):
    """The name comes from a file that people write."""
    with pytest.raises(registry.UnknownKind):
        registry.module(sneaky)


# --- the suite itself can fail ---


def spoiled(name, replacement):
    """A Mastodon connector with one thing wrong."""
    real = registry.module("mastodon")
    wrong = ModuleType("connectors.mastodon")
    vars(wrong).update(vars(real) | {name: replacement(getattr(real, name))})
    return wrong


def raising(_parse):
    """`parse` lets a KeyError out."""

    def parse(raw, settings):
        return _parse(raw, settings) if raw["id"] else None

    return parse


def restless(_parse):
    """`parse` gives a new ref each time."""
    count = iter(range(10**6))

    def parse(raw, settings):
        post = _parse(raw, settings)
        if hasattr(post, "own"):
            object.__setattr__(post, "ref", f"{post.ref}-{next(count)}")
        return post

    return parse


@pytest.mark.parametrize(
    ("replacement", "check"),
    [
        (raising, ConnectorContract.test_a_broken_record_becomes_malformed_and_harms_no_other),
        (restless, ConnectorContract.test_the_same_answer_gives_the_same_refs),
        (restless, ConnectorContract.test_recordings_read_as_expected),
    ],
)
def test_the_suite_finds_a_connector_that_breaks_its_word(replacement, check):
    """The control: each check fails for a connector that is wrong in just this."""
    wrong = spoiled("parse", replacement)
    given = wrong.Settings(url="https://mastodon.example", own_accounts=("@laden",))
    with pytest.raises((AssertionError, KeyError, TypeError)):
        check(_Mastodon(), wrong, given)


def test_importing_the_registry_imports_no_connector_and_no_http():
    """`widerhall --help` must stay fast."""
    code = (
        "import sys, connectors.core.registry as r; r.kinds(); print({'httpx', 'connectors.mastodon'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
