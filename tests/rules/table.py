"""The table of the guideline's rules: data in docs/rules.toml, paper in docs/rules.md.

.venv/bin/python -m tests.rules.table   writes docs/rules.md
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA, PAPER = ROOT / "docs" / "rules.toml", ROOT / "docs" / "rules.md"
VERDICTS = ("take", "adapt", "refuse", "out of scope")
HEAD = """# The guideline's rules and where they live

Generated from docs/rules.toml by `python -m tests.rules.table`; a test compares. Each id stands for a sentence of the
five texts; the words are ours. The named test fails when the named function does nothing: `make mutation` shows it for
every row, the gate for those without a database. {built} of {all} rules live in code. {kept} are kept by the absence of
something (no field, no function, no word); their test looks at the schema, the pages and the code, finds nothing, and
finds what it looks for where somebody has put it in for once. Nothing is left open.

| rule | verdict | what it means here | function | page | test |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: `code` with the test that misses it, or an absence with the test that would find it.

    `code` is `package.module:function`, or `template:NAME` for what a page alone does.
    """

    rule: str
    verdict: str
    words: str
    code: str = ""
    page: str = ""
    test: str = ""
    absent: bool = False


def rows():
    """Every rule, in the order of the guideline's table."""
    return [Row(rule, **body) for rule, body in tomllib.loads(DATA.read_text(encoding="utf-8")).items()]


def paper(table):
    """The page for people."""
    built = sum(bool(row.code) for row in table)
    head = HEAD.format(built=built, all=len(table), kept=sum(row.absent for row in table))
    return head + "".join(_line(row) for row in table)


def _line(row):
    where = f"`{row.code}`" if row.code else "kept by an absence"
    test = f"`{row.test.removeprefix('tests/')}`" if row.test else "–"
    return f"| {row.rule} | {row.verdict} | {row.words} | {where} | {row.page or '–'} | {test} |\n"


if __name__ == "__main__":
    PAPER.write_text(paper(rows()), encoding="utf-8")
