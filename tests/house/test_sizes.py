"""Small on purpose (STYLE 4.7 rule 2)."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("monitor", "replies", "connectors")
MODULE_LINES = 400
FUNCTION_LINES = 60


def modules():
    """Every Python file of the product; alembic writes its versions itself."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.parent.name != "versions":
                yield path


def long_functions(text, limit=FUNCTION_LINES):
    """Name and length of every function longer than `limit`, from `def` to its end, decorators not counted."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [f"{name}: {lines} lines" for name, lines in lengths if lines > limit]


def test_no_module_is_too_long_to_hold_in_mind():
    """Longer than 400 lines is two ideas in one file."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_too_long_to_see_at_once():
    """Longer than 60 lines does not fit on a screen."""
    found = {str(path.relative_to(ROOT)): long_functions(path.read_text()) for path in modules()}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_a_long_function_is_found():
    """The control: 61 lines are one too many, 60 are not."""
    body = "    x = 1\n"
    assert long_functions("def short():\n" + body * 59) == []
    assert long_functions("def endless():\n" + body * 60) == ["endless: 61 lines"]
