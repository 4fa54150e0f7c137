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


@pytest.mark.parametrize("drawn", ["★☆☆☆☆", "⭐", "⭐\ufe0f", "★ ☆ ☆ ☆ ☆"])
@pytest.mark.parametrize("header", ["Name;Sterne", "Name;Sterne;Bewertung", "Name;Bewertung;Sterne"])
def test_drawn_stars_are_stars_in_every_column(header, drawn):
    """They had passed for words: the row lost its stars, or was refused for two ratings."""
    worded = header.count(";") == 2
    cells = {"Name": "Anna", "Sterne": drawn, "Bewertung": "Sehr schlecht"}
    post = read_row(header, ";".join(cells[name] for name in header.split(";")))
    assert (post.rating, post.rating_max, post.text) == (1.0, 5.0, "Sehr schlecht" if worded else "")


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


_ROW = "02.11.2026;1;{};Ein Google-Nutzer;{}"


@pytest.mark.parametrize(
    ("first", "second"), [("Filiale Mitte;", "Filiale Nord;"), (";a1", ";a2"), (";", "Filiale Mitte;")]
)
def test_stars_of_two_branches_or_people_on_one_day_are_two_posts(first, second):
    """They had been one post, and the second complaint was lost as a repeat of the first."""
    header = "Datum;Sterne;Filiale;Name;Autor-ID"
    one, other = (read_row(header, _ROW.format(*cells.split(";"))).ref for cells in (first, second))
    assert one != other
    assert one == read_row(header, _ROW.format(*first.split(";"))).ref


def test_the_same_row_in_two_files_is_one_post():
    """The control: an export that overlaps an older one brings nothing twice, whatever else its columns are."""
    first = read_row("Datum;Sterne;Text;Name", "02.11.2026;1;Kalt;Anna")
    again = read_row("Datum;Sterne;Text;Name;Filiale;Anzahl", "02.11.2026;1;Kalt;Anna;;7")
    assert first.ref == again.ref


def test_each_line_is_read_in_its_own_charset():
    """Two exports put together, and a letter cut in half: they had made MÃ¼ller of every Müller above."""
    lines = ["Name;Text\nMüller;Zu spät\n".encode(), "Bär;Naß geworden\r\n".encode("cp1252"), "Jörg;Kälte h".encode()]
    whole = b"\xef\xbb\xbf" + b"".join(lines) + b"\xc3\n"
    posts = [csv_import.parse(raw, csv_import.Settings()) for raw in csv_import.split(whole)]
    told = [(post.author, post.text) for post in posts]
    assert told == [("Müller", "Zu spät"), ("Bär", "Naß geworden"), ("Jörg", "Kälte h\ufffd")]


_UNKNOWN = "Wer;Wie;Wann\nAnna;Zu spät;3.11.2026\n"
_COLUMNS: dict[str, str] = {"author": "Wer", "text": "Wie", "created": "Wann"}


def reading(path, **more):
    """A connection to a file."""
    return csv_import.Connection(csv_import.Settings(path=str(path), **more))


@pytest.mark.parametrize(
    "mended", [{"columns": _COLUMNS}, {"timezone": "UTC"}, {"rating_max": 6}, {"own_accounts": ("Anna",)}]
)
def test_the_same_file_is_read_again_by_other_settings(tmp_path, mended):
    """The owner names the columns, and the file that could not be read had stayed unread; once is enough."""
    path = tmp_path / "r.csv"
    path.write_text(_UNKNOWN, encoding="utf-8")
    (page,) = reading(path).pages(None)
    assert list(reading(path).pages(page.cursor)) == []
    (again,) = reading(path, **mended).pages(page.cursor)
    assert list(reading(path, **mended).pages(again.cursor)) == []
    assert [getattr(item, "text", None) for item in again.items] == ["Zu spät" if "columns" in mended else None]


def test_a_file_that_only_moved_is_not_read_again(tmp_path):
    """The control: where it lies says nothing about what stands in it."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, second):
        path.write_text(_UNKNOWN, encoding="utf-8")
    (page,) = reading(first).pages(None)
    assert list(reading(second).pages(page.cursor)) == []
