"""The table of the guideline's rules, both ways: what it names exists, and what exists is named."""

import ast
import importlib.util
import re

import pytest

from monitor.web.app import PAGES
from monitor.web.views import templates
from replies.blocks import blocks
from replies.policy.patterns import paragraphs
from tests.rules.mutation import TEMPLATE, doing_nothing, function_at, rounds
from tests.rules.table import PAPER, ROOT, VERDICTS, paper, rows

ROWS = rows()
RULE = re.compile(r"(?:K|W)\d+|00[0-4]-\d+")
ABSENT = "tests/rules/test_absent.py"
PURE = ("tests/replies/policy/", "tests/replies/test_blocks.py")
QUICK = sorted({(row.test, row.code) for row in ROWS if row.test.startswith(PURE)})


def named(test):
    """The module's file, the function and the case of a test's name."""
    path, _, rest = test.partition("::")
    function, _, case = rest.partition("[")
    return ROOT / path, function, case.rstrip("]")


def called(test):
    """Run a test that needs no fixture."""
    path, function, case = named(test)
    spec = importlib.util.spec_from_file_location(f"mutated_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    getattr(module, function)(*([case] if case else []))


def test_the_paper_is_the_table():
    """Written by `python -m tests.rules.table`."""
    assert PAPER.read_text(encoding="utf-8") == paper(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_every_row_lives_somewhere_and_has_its_test(row):
    """Code, or the absence of something; nothing is left open."""
    assert row.verdict in VERDICTS
    assert bool(row.code) != row.absent
    assert row.test
    assert row.absent == row.test.startswith(ABSENT)


def test_the_table_has_every_sentence_of_the_guideline():
    """K01 to K20, each file's own numbers without a gap, W1 to W12."""
    last = {"000": 12, "001": 38, "002": 19, "003": 11, "004": 12}
    wanted = [f"K{n:02}" for n in range(1, 21)]
    wanted += [f"{file}-{n}" for file, most in last.items() for n in range(1, most + 1)]
    assert [row.rule for row in ROWS] == [*wanted, *(f"W{n}" for n in range(1, 13))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_the_named_function_page_and_test_exist(row):
    """Names that moved are found here."""
    if row.code.startswith(TEMPLATE):
        assert templates().get_template(row.code.removeprefix(TEMPLATE))
    elif row.code:
        assert function_at(row.code).__code__
    assert not row.page or row.page in {route.path for page in PAGES for route in page.router.routes}
    path, function, _ = named(row.test)
    functions = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert function in functions


def test_every_rule_that_the_code_names_is_in_the_table():
    """The other direction: ids of the check and of the building blocks, and of their comments."""
    known = {row.rule for row in ROWS}
    used = {one.rule for one in paragraphs().values()} | {rule for one in blocks().values() for rule in one.rules}
    for package in ("replies", "monitor"):
        for path in (ROOT / package).rglob("*.py"):
            for words in re.findall(r"\(RULES ([^)]*)\)", path.read_text(encoding="utf-8")):
                used |= set(RULE.findall(words))
    assert {rule for rule in used if RULE.fullmatch(rule)} - known == set()


def test_every_rule_of_the_check_has_its_row_in_code():
    """A finding cannot carry an id that the table calls not built."""
    built = {row.rule for row in ROWS if row.code}
    assert {one.rule for one in paragraphs().values() if RULE.fullmatch(one.rule)} - built == set()


@pytest.mark.parametrize(("test", "code"), QUICK, ids=lambda words: words.rpartition(":")[2])
def test_the_named_test_fails_when_the_named_function_does_nothing(test, code):
    """The quick form of `make mutation`: the rows whose tests need no database."""
    with doing_nothing(code), pytest.raises(Exception):  # noqa: B017, PT011 - any failure is what we want to see
        called(test)


def test_the_same_tests_pass_when_everything_works():
    """The control: it is the mutation that fails them."""
    for test in sorted({test for test, _code in QUICK}):
        called(test)


def test_each_pair_is_run_in_one_round():
    """A test that stands for two functions is run twice."""
    assert rounds([("a", "x"), ("a", "y"), ("b", "x")]) == [{"a": "x", "b": "x"}, {"a": "y"}]
