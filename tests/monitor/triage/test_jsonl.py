"""`widerhall judge`: one verdict a line, the same order, broken lines named in their place."""

import json

import pytest

from monitor.triage import Judgement, PostText, Sentiment, default_judge
from monitor.triage.jsonl import KEYS, judge_lines


class Yes:
    """Another judge: everything is a complaint."""

    name = "yes 1"

    def judge(self, text: PostText) -> Judgement:
        """Always the same, whatever `text` says."""
        del text
        return Judgement("de", Sentiment.NEGATIVE, -1.0, 0.0, False, 1.0, True, True)


def judged(*lines, judge=None):
    """Rows for lines, each a string or an object."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return list(judge_lines(written, judge or default_judge()))


def test_a_verdict_has_the_keys_of_the_design_in_their_order():
    """Other programs read them."""
    row = judged({"id": 7, "text": "Die Lieferung erfolgte zu spät."})[0]
    assert tuple(row) == KEYS
    assert (row["id"], row["lang"], row["sentiment"], row["needs_answer"], row["sure"]) == (
        7,
        "de",
        "negative",
        True,
        True,
    )
    assert row["reasons"][0] == {"rule": "complaint.late", "start": 23, "end": 30, "words": "Etwas kam zu spät."}
    assert row == json.loads(json.dumps(row))


BROKEN = [
    "{", "[]", "7", "[" * 100_000, '{"text": "a"}', '{"id": 1}', '{"id": 1, "text": 5}', '{"id": 1, "text": null}',
    '{"id": null, "text": "a"}', '{"id": true, "text": "a"}', '{"id": "", "text": "a"}', '{"id": 1.5, "text": "a"}',
]  # fmt: skip
BROKEN += [
    f'{{"id": 1, "text": "a", {rest}}}'
    for rest in (
        '"rating": "5"', '"rating": true', '"rating": NaN', '"rating": 6', '"rating": -1', '"rating": 1e999',
        '"rating": ' + "9" * 400, '"rating": ' + "9" * 5000, '"rating": 1, "rating_max": 0', '"rating_max": "x"',
        '"created": "gestern"', '"created": 5', '"kind": "x"', '"kind": []', '"author_id": {}', '"author_id": true',
    )
]  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_line_is_named_in_its_place_and_the_run_goes_on(line):
    """No stack trace, a German sentence, the number of the line."""
    rows = judged({"id": 1, "text": "gut"}, line, {"id": 2, "text": "gut"})
    assert [row.get("id") for row in rows] == [1, None, 2]
    assert rows[1]["line"] == 2
    assert rows[1]["error"].endswith(".")


def test_blank_lines_and_a_byte_order_mark_are_passed_over():
    """Files of other programs begin and end so."""
    rows = judged('\ufeff{"id": 1, "text": "gut"}\n', "\n", "  ", '{"id": 2, "text": "gut"}\r\n', "x")
    assert [row.get("id") for row in rows] == [1, 2, None]
    assert rows[2]["line"] == 5


def test_odd_texts_are_judged_like_any_other():
    """Lone surrogates, a megabyte, only marks, nothing."""
    rows = judged(
        '{"id": 1, "text": "\\ud800 kaputt"}',
        {"id": 2, "text": "Meine Lieferung ist nicht angekommen. " * 27_000},
        {"id": 3, "text": "!?…"},
        {"id": 4, "text": ""},
    )
    assert [row["needs_answer"] for row in rows] == [True, True, True, True]
    json.dumps(rows)


def test_repeats_name_earlier_lines_of_this_run_even_when_ids_come_twice():
    """Ids are the input's own, whatever their type."""
    text = "Seit drei Wochen warte ich auf meine Lieferung und niemand antwortet mir."
    rows = judged({"id": "a", "text": text}, {"id": 5, "text": text + "!"}, {"id": 5, "text": text})
    assert [row["repeats"] for row in rows] == [[], ["a"], ["a", 5]]


def test_an_author_who_complains_again_is_a_repeat_within_the_run():
    """The same matter in other words."""
    rows = judged(
        {"id": 1, "text": "Die Lieferung erfolgte zu spät.", "author_id": "x", "created": "2026-11-01T10:00:00Z"},
        {
            "id": 2,
            "text": "Mein Paket ist immer noch nicht da!",
            "author_id": "x",
            "created": "2026-11-03T10:00:00+01:00",
        },
        {"id": 3, "text": "Mein Paket ist immer noch nicht da!!", "author_id": "y"},
    )
    assert [row["repeats"] for row in rows] == [[], [1], [2]]


def test_a_rating_without_its_maximum_is_read_as_stars_of_five():
    """5 is the best, 1 the worst."""
    rows = judged({"id": 1, "text": "", "rating": 5}, {"id": 2, "text": "", "rating": 1})
    assert [row["needs_answer"] for row in rows] == [False, True]


def test_another_judge_takes_the_seam_and_nothing_else_changes():
    """The stronger model will come this way."""
    rows = judged({"id": 1, "text": "Alles bestens."}, "{", {"id": 2, "text": "Alles bestens."}, judge=Yes())
    assert [row.get("complaint") for row in rows] == [1.0, None, 1.0]
    assert tuple(rows[0]) == KEYS


def test_verdicts_stream_while_lines_are_still_coming():
    """The first verdict does not wait for the last line."""

    def lines():
        yield '{"id": 1, "text": "gut"}'
        raise AssertionError("the second line was read too early")

    assert next(judge_lines(lines(), default_judge()))["id"] == 1
