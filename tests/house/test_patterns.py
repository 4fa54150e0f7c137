"""RELIABILITY S13: no text that anybody may send us keeps a pattern of ours busy for long."""

import importlib
import pkgutil
import re
import time
from itertools import chain

import pytest

import connectors
import monitor
import replies

LENGTH = 10_000
PIECES = [
    *"aAä1*#@$!.,-_<>&\"'(:/+é \n\t\u200b",
    *("a ", "a-", "A.", "1.", "1 ", "a*", "*a", "a@", "@a", "a.", "<a", "&a", "aB", "ab,", "a1", "a\u0301", "a\n\n"),
    *("https://", "www.", "at://did:", "Sie ", "Ihre a", "1.1.", "0341 ", "DE12 ", "A-B 1", "Herr A ", "nicht ", "… "),
    *("</p", "<item ", "href='", "<?xml ", "Str. "),
]
SLOW = 0.25  # seconds of this thread; a pattern that goes wrong needs many at this length
PREFIXES = ("monitor.triage.train", "monitor.migrations", "monitor.demo")


def modules():
    """Every module of ours that runs in production."""
    for package in (connectors, monitor, replies):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not found.name.startswith(PREFIXES) and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns():
    """Every compiled pattern that stands in a module, with its place."""
    found = {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }
    return {place: pattern for place, pattern in found.items() if isinstance(pattern.pattern, str)}


def slowest(pattern, length=LENGTH):
    """The longest time that one of the texts takes, in seconds."""
    times = []
    for piece in PIECES:
        text = (piece * length)[:length] + "\x00"
        begin = time.thread_time()
        for _ in chain(pattern.finditer(text), [pattern.match(text)]):
            if time.thread_time() - begin > SLOW:
                break
        times.append((time.thread_time() - begin, piece))
    return max(times)


def test_no_pattern_of_ours_is_kept_busy():
    """Each pattern over each text made to be matched almost, 10,000 letters long."""
    found = patterns()
    assert len(found) > 40
    busy = {place: slowest(pattern) for place, pattern in found.items()}
    assert {place: worst for place, worst in busy.items() if worst[0] > SLOW} == {}


@pytest.mark.parametrize("wrong", [r"(\w+\s?)+$", r"(a*)*b", r"(?:a|a)*!"])
def test_the_control_a_pattern_that_goes_wrong_is_seen(wrong):
    """A few letters more take many times as long: at our length they would never end."""
    few, more = slowest(re.compile(wrong), 9)[0], slowest(re.compile(wrong), 18)[0]
    assert more > 20 * few
