# ruff: noqa: T201
"""Mutation run: each function of docs/rules.toml does nothing for once, and the test named beside it must fail.

.venv/bin/python -m tests.rules.mutation   every row, one pytest per round, minutes; exit 1 if a test does not notice
"""

import inspect
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from monitor.web.views import templates
from tests.rules.table import ROOT, rows

TEMPLATE = "template:"
PLAN, RESULT = "WIDERHALL_MUTATION_PLAN", "WIDERHALL_MUTATION_RESULT"


def _nothing(*_args, **_named):
    return None


def _nothing_at_all(*_args, **_named):
    yield from ()


def function_at(place):
    """The plain function behind `module:name` or `module:Class.name`."""
    module, _, name = place.partition(":")
    found = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.unwrap(found)


@contextmanager
def template_empty(name):
    """Let a part of a page be empty."""
    environment = templates()
    before = environment.loader
    environment.loader = ChoiceLoader([DictLoader({name: ""}), before])
    environment.cache.clear()
    try:
        yield
    finally:
        environment.loader = before
        environment.cache.clear()


@contextmanager
def doing_nothing(place):
    """Let a function do nothing, for everybody who has imported it already too; or a part of a page be empty."""
    if place.startswith(TEMPLATE):
        with template_empty(place.removeprefix(TEMPLATE)):
            yield
        return
    function = function_at(place)
    before = function.__code__
    function.__code__ = (_nothing_at_all if inspect.isgeneratorfunction(function) else _nothing).__code__
    try:
        yield
    finally:
        function.__code__ = before


class Plugin:
    """In the child: switches the function off while the test's body runs, and keeps who noticed."""

    def __init__(self):
        self.plan = json.loads(Path(os.environ[PLAN]).read_text())
        self.outcome = {}

    def place(self, nodeid):
        """What is switched off for this test."""
        return self.plan.get(nodeid) or self.plan.get(nodeid.partition("[")[0])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        """The body of the test."""
        with doing_nothing(self.place(item.nodeid)):
            return (yield)

    def pytest_runtest_logreport(self, report):
        """Failed is what we want to see."""
        if report.when == "call":
            name = report.nodeid if report.nodeid in self.plan else report.nodeid.partition("[")[0]
            self.outcome[name] = self.outcome.get(name, False) or report.failed

    def pytest_sessionfinish(self):
        """Tell the parent."""
        Path(os.environ[RESULT]).write_text(json.dumps(self.outcome))


def pytest_configure(config):
    """Only in a child of this program."""
    if PLAN in os.environ:
        config.pluginmanager.register(Plugin())


def rounds(pairs):
    """Each (test, place) once; a test that stands for two functions has two rounds."""
    left, done = sorted(set(pairs)), []
    while left:
        plan = {}
        for test, place in left:
            plan.setdefault(test, place)
        done.append(plan)
        left = [pair for pair in left if pair not in plan.items()]
    return done


def run(plan):
    """One round; the tests that did not notice."""
    with tempfile.TemporaryDirectory() as folder:
        places = Path(folder) / "plan", Path(folder) / "result"
        places[0].write_text(json.dumps(plan))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.rules.mutation",
            "-p",
            "no:randomly",
            "--no-header",
        ]
        command += ["-k", "not postgres", *plan]
        environment = {**os.environ, PLAN: str(places[0]), RESULT: str(places[1])}
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        outcome = json.loads(places[1].read_text()) if places[1].exists() else {}
    return [(test, place) for test, place in plan.items() if not outcome.get(test)]


def main():
    """Every row of the table."""
    plans = rounds((row.test, row.code) for row in rows() if row.code)
    slept = [pair for plan in plans for pair in run(plan)]
    for test, place in slept:
        print(f"{place} does nothing, and {test} does not notice")
    print(f"{sum(map(len, plans)) - len(slept)} of {sum(map(len, plans))} functions are missed when they do nothing")
    return 1 if slept else 0


if __name__ == "__main__":
    sys.exit(main())
