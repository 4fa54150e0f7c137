"""Every sentence is translated when it is read: what is translated while a module is imported speaks one language."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRANSLATES = frozenset({"_", "ngettext", "pgettext"})


class AtImport(ast.NodeVisitor):
    """Collects calls of `_` and `ngettext` that run with the import: outside every body of a function."""

    def __init__(self):
        self.lines = []

    def visit_FunctionDef(self, node):
        """Decorators and defaults run with the import, the body does not."""
        plain = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        for part in plain:
            self.visit(part)

    def visit_AsyncFunctionDef(self, node):
        """The same."""
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node):
        """The same."""
        for part in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
            self.visit(part)

    def visit_Call(self, node):
        """A call, and what stands in it."""
        if isinstance(node.func, ast.Name) and node.func.id in TRANSLATES:
            self.lines.append(node.lineno)
        self.generic_visit(node)


def too_early(source):
    """Lines of a module that translate while it is imported."""
    seen = AtImport()
    seen.visit(ast.parse(source))
    return seen.lines


def test_no_sentence_is_translated_while_a_module_is_imported():
    """There `later` marks it, and a table of sentences is a `Spoken`."""
    modules = [path for layer in ("monitor", "replies", "connectors") for path in (ROOT / layer).rglob("*.py")]
    found = {str(path): too_early(path.read_text(encoding="utf-8")) for path in modules}
    assert len(found) > 200
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        '_NAMES = {"open": _("offen")}',
        'class Kind:\n    said = ngettext("Tag", "Tage", 2)',
        'def show(title=_("Heute")): ...',
        'async def show(*, title=_("Heute")): ...',
        'names = sorted(codes, key=lambda code, word=_("Wort"): word)',
        '@told(_("so"))\ndef show(): ...',
    ],
)
def test_the_control_a_sentence_that_is_translated_too_early_is_seen(wrong):
    """In a table, a class, a default and a decorator."""
    assert too_early(wrong)


@pytest.mark.parametrize(
    "right", ['def show():\n    return _("Heute")', 'TABLE = {"open": later("offen")}', "f = lambda: _('x')"]
)
def test_the_control_a_sentence_that_is_translated_in_time_is_not(right):
    """In the body of a function, or marked."""
    assert too_early(right) == []
