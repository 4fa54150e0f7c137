"""Plots as numbers: where a bar stands and a line goes. The template draws them as inline SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BELOW, TOP = 400, 200, 4, 28, 22
NAMES, LONGEST, THICK = 130, 220, 26
"""Of lying bars: room for names, the longest bar, the height of a row. A card is about as wide, so words keep size."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One column, in units of the view box; `said` stands on top of it."""

    x: float
    y: float
    width: float
    height: float
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line."""

    x: float
    y: float
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lying bar; its name stands to its left, its number to its right."""

    y: float
    width: float
    name: str
    said: str


def bars(values: Sequence[tuple[str, float, str]]) -> list[Bar]:
    """Columns for (name, value, words); the highest one fills the height."""
    most, step = _most(values), (WIDTH - 2 * LEFT) / max(len(values), 1)
    found = []
    for place, (name, value, said) in enumerate(values):
        height = (HEIGHT - TOP - BELOW) * value / most
        found.append(Bar(LEFT + place * step + step * 0.15, HEIGHT - BELOW - height, step * 0.7, height, name, said))
    return found


def line(values: Sequence[tuple[str, float | None, str]]) -> list[Point]:
    """Points for (name, value, words) in the middle of the columns; without a value there is no point."""
    most = _most([(name, value or 0.0, said) for name, value, said in values])
    step = (WIDTH - 2 * LEFT) / max(len(values), 1)
    return [
        Point(LEFT + (place + 0.5) * step, HEIGHT - BELOW - (HEIGHT - TOP - BELOW) * value / most, name, said)
        for place, (name, value, said) in enumerate(values)
        if value is not None
    ]


def lying(values: Sequence[tuple[str, float, str]]) -> list[Row]:
    """Lying bars, the longest as wide as there is room beside its name."""
    most = _most(values)
    return [
        Row(place * THICK + 4, LONGEST * value / most, name, said) for place, (name, value, said) in enumerate(values)
    ]


def _most(values: Sequence[tuple[str, float, str]]) -> float:
    return max([value for _name, value, _said in values], default=0) or 1.0
