"""Every word of the code has a German one."""

import ast
import importlib
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import pytest

import connectors.core
import monitor
import replies
from connectors.core.contract import Capability, Card, ReplyMode
from monitor import saying
from monitor.tables import Problem
from monitor.web import labels, sentences
from monitor.web.pages.journal import said, subject_of
from replies.care.words import TaskKind

ROOT = Path(__file__).resolve().parents[3]
SOURCE = "\n".join(
    path.read_text()
    for folder in ("replies", "monitor")
    for path in (ROOT / folder).rglob("*.py")
    if path.name not in {"labels.py", "sentences.py", "care_words.py"}
)
NOT_SHOWN = {"Next", "Break", "Acceptance", "Group", "Stand"}
"""Evidence.Next and the journal's breaks decide, nobody reads them; Group and Stand are words of addresses."""


def shown_enums():
    """Every StrEnum of the layers whose members can reach a page."""
    modules = ["connectors.core.contract", "monitor.tables", "monitor.triage.judgement"]
    modules += [f"replies.{found.name}" for found in pkgutil.iter_modules(replies.__path__)]
    for name in modules:
        for value in vars(importlib.import_module(name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, StrEnum)
                and value is not StrEnum
                and value.__module__ == name
            ):
                yield value


@pytest.mark.parametrize("enum", sorted(set(shown_enums()), key=str), ids=lambda enum: enum.__name__)
def test_every_member_has_its_word(enum):
    """A new state cannot reach a page without German."""
    if enum.__name__ not in NOT_SHOWN:
        assert {member.value for member in enum} == set(labels.WORDS[enum])
        assert all(labels.word(member) for member in enum)


@pytest.mark.parametrize(
    "code", sorted(set(re.findall(r'code="([a-z_]+)"', SOURCE)) | set(re.findall(r'Problem\("([a-z_]+)"', SOURCE)))
)
def test_every_error_code_has_its_sentence(code):
    """What the promise refuses is said in one sentence."""
    assert sentences.ERRORS[code].endswith((".", "?"))


@pytest.mark.parametrize(
    "code",
    sorted(set(re.findall(r'trouble\s*=\s*"([a-z_]+)"', SOURCE)) | set(re.findall(r'"trouble": "([a-z_]+)"', SOURCE))),
)
def test_every_trouble_has_its_sentence(code):
    """So does what became of a reply."""
    assert sentences.TROUBLE[code].endswith(".")


@pytest.mark.parametrize("code", ["rejected", "several_found", "diverged", "cannot_look", "vanished", "not_seen"])
def test_every_conclusion_of_a_look_has_its_sentence(code):
    """The codes that replies/evidence.py gives away."""
    assert f'"{code}"' in (ROOT / "replies" / "evidence.py").read_text()
    assert sentences.TROUBLE[code]


@pytest.mark.parametrize(
    "code", sorted(set(re.findall(r'why="([a-z_]+)"', SOURCE)) - {"post_gone", "by_hand", "clean_file"})
)
def test_every_reopening_has_its_reason(code):
    """Why a duty is open again."""
    assert sentences.REOPENED.get(code) or sentences.TROUBLE.get(code)


def written():
    """(event, subject) of every line of the journal that the code writes; "" for a subject that is made elsewhere."""
    for path in (path for folder in ("replies", "monitor") for path in (ROOT / folder).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call):
                for place, argument in enumerate(call.args):
                    for event in events_in(argument) if is_a_line(call.func) else ():
                        yield event, subject_in(call.args[place + 1 : place + 2])


def is_a_line(function):
    """Is this how the journal is told something?"""
    return getattr(function, "attr", getattr(function, "id", "")) in {
        "write",
        "write_all",
        "write_down",
        "Line",
        "_line",
    }


def events_in(argument):
    """Every `thing.verb` that may be meant."""
    words = [node.value for node in ast.walk(argument) if isinstance(node, ast.Constant)]
    return [word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z]+\.(?!toml)[a-z_]+", word)]


def subject_in(arguments):
    """What stands after the event: a word, or a word with a number."""
    for found in arguments:
        if isinstance(found, ast.Constant):
            return found.value
        if isinstance(found, ast.JoinedStr) and isinstance(found.values[0], ast.Constant):
            return f"{found.values[0].value}12"
    return ""


WRITTEN = sorted(set(written()))


@pytest.mark.parametrize(
    "event",
    sorted(
        {event for event, _subject in WRITTEN}
        | set(re.findall(r'"((?:reply|duty|user|outbox|source|post)\.(?!id"|html")[a-z_]+)"', SOURCE))
        | {f"duty.{kind}" for kind in set(TaskKind) - {TaskKind.CALL, TaskKind.OTHER}}
    ),
)
def test_every_event_of_the_journal_has_its_words(event):
    """The journal is read by people."""
    assert labels.event(event) != event


@pytest.mark.parametrize(
    "subject", [*sorted({subject for _event, subject in WRITTEN} - {"", "measure"}), "login:0123456789ab"]
)
def test_every_subject_of_the_journal_has_its_word_and_is_found(subject):
    """By the link in the list, and by the words that stand there. A new measure gets its number later."""
    assert said(subject) != subject.replace(":", " ")
    assert subject_of(subject) == subject_of(said(subject)) == subject


def test_the_lines_of_the_journal_are_found():
    """The control: those that a glance at the source shows."""
    assert {("posts.forgotten", "posts"), ("backup.restored", "backup"), ("reply.cite", "reply:12")} <= set(WRITTEN)
    assert len(WRITTEN) > 40


@pytest.mark.parametrize("code", sorted(set(re.findall(r'gut="([a-z]+)"', SOURCE))))
def test_every_note_after_a_step_has_its_sentence(code):
    """Nobody is left wondering whether it worked."""
    assert sentences.NOTES[code]


def test_every_problem_says_what_to_do():
    """Health as data, advice as a sentence."""
    assert set(saying.PROBLEMS) == set(Problem)


def test_an_unknown_code_is_still_a_sentence():
    """A page never shows a code alone."""
    assert labels.error("never_heard_of") == sentences.ERRORS["replyerror"]


CARD = Card("x", "Mastodon", "", ReplyMode.API, Capability.KEY, one_reply=False, public_read=True, max_length=10)


@pytest.mark.parametrize(
    ("text", "words"),
    [("  ", "Bitte schreiben Sie einen Text."), ("x" * 12, "kürzen Sie um 2"), ("a\u202eb", "unsichtbares Zeichen")],
    ids=ascii,
)
def test_a_text_that_cannot_go_out_says_why(text, words):
    """With figures."""
    assert words in labels.not_sendable(text, CARD)


def test_the_packages_are_the_ones_walked():
    """The control: the walk finds the enums that it must find."""
    assert {"State", "Problem", "Topic", "PostKind"} <= {enum.__name__ for enum in shown_enums()}
    assert connectors.core
    assert monitor


def test_what_the_daemon_met_is_no_english_in_the_journal():
    """A known line is a sentence, an unknown one stays in the log; what a person typed stays as it is."""
    assert labels.why({"why": "POST x: the connection broke (reset)"}, "daemon") == "Die Verbindung brach ab."
    assert labels.why({"why": "something nobody has seen"}, "daemon") == ""
    assert labels.why({"why": "post_changed"}, "daemon") == labels.TROUBLE["post_changed"]
    assert labels.why({"why": "bitte kürzer fassen"}, "owner:2") == "bitte kürzer fassen"
