"""CSV and JSON lines."""

from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from connectors import csv_import
from tests.connectors.contract import RECORDINGS, ConnectorContract


class TestCsvImport(ConnectorContract):
    """An export as it comes from German Excel."""

    kind = "csv_import"
    settings: ClassVar = {
        "path": str(Path(RECORDINGS / "csv_import" / "excel.csv")),
        "own_accounts": ("Bäckerei Sonne",),
    }


def read_row(header, row):
    """One row of a German Excel file."""
    body = f"{header}\n{row}\n".encode()
    return next(csv_import.parse(raw, csv_import.Settings()) for raw in csv_import.split(body))


@pytest.mark.parametrize("header", ["Datum;Sterne;Titel;Bewertung", "Datum;Bewertung;Titel;Sterne"])
def test_two_columns_called_rating_keep_stars_and_words(header):
    """Sterne and Bewertung side by side: the words are the text, whatever comes first."""
    cells = {"Datum": "01.11.2026", "Sterne": "2", "Titel": "Zu spät", "Bewertung": "Vier Tage gewartet."}
    post = read_row(header, ";".join(cells[name] for name in header.split(";")))
    assert (post.rating, post.text) == (2.0, "Zu spät\n\nVier Tage gewartet.")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3.11.26", "2026-11-03"),
        ("Fr, 20.11.26", "2026-11-20"),
        ("Freitag, 20. November 2026", "2026-11-20"),
        ("1. März 2026", "2026-03-01"),
        ("20. Nov. 2026 14:30", "2026-11-20"),
    ],
)
def test_dates_as_excel_and_portals_write_them(written, day):
    """With the day of the week, with the month as a word, with two digits for the year."""
    created = read_row("Datum;Text", f"{written};Zu spät").created
    assert created.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat() == day


def test_two_columns_that_contradict_are_told():
    """Nothing is dropped in silence."""
    broken = read_row("Sterne;Punkte;Text", "2;5;Naja")
    assert "two columns for rating" in broken.reason
