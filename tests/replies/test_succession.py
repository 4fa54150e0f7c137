"""The same words never stand under a post twice: a double click is one text, and what is public is not sent again."""

import pytest

from replies.errors import Blocked
from replies.lifecycle import ReplyKind
from tests.replies.shop import ANNA, EMIL

HOLDING, QUESTION, FINAL = ReplyKind


@pytest.mark.parametrize("kind", ReplyKind)
@pytest.mark.parametrize("submit", [False, True], ids=["draft", "submitted"])
def test_the_same_words_written_twice_are_one_text(shop, kind, submit):
    """Anna clicks twice: the second click finds what the first one made, as it stands."""
    duty = shop.complaint()
    first = shop.submitted(duty, kind) if submit else shop.draft(duty, kind)
    again = shop.do(shop.desk.draft, duty, kind, "Das tut uns leid.", ANNA)
    assert (again.id, again.state) == (first, "submitted" if submit else "draft")


def test_other_words_another_person_or_an_edited_post_make_another_text(shop):
    """The control: only a repetition of the very same is one."""
    duty = shop.complaint()
    texts = [
        shop.draft(duty),
        shop.draft(duty, QUESTION),
        shop.draft(duty, text="Anders."),
        shop.draft(duty, actor=EMIL),
    ]
    shop.edit_post(shop.duty(duty).post_id, "Das Brot war sehr hart.")
    texts.append(shop.draft(duty))
    assert len(set(texts)) == 5


def test_a_withdrawn_text_may_be_written_again(shop):
    """What was given up is not found again."""
    duty = shop.complaint()
    first = shop.draft(duty)
    shop.do(shop.desk.withdraw, first, "doch nicht", ANNA)
    assert shop.draft(duty) != first


@pytest.mark.parametrize("kind", [QUESTION, FINAL])
def test_words_that_are_public_are_not_approved_a_second_time(shop, kind):
    """Emil wrote what Anna wrote, a space apart: once hers stands there, his is refused."""
    duty = shop.complaint()
    same = shop.submitted(duty, kind, "Das tut uns leid. ", actor=EMIL)
    first = shop.published(duty, kind)
    with pytest.raises(Blocked) as refused:
        shop.agree(same)
    assert refused.value.code == "stands_already"
    assert (shop.reply(same).state, shop.reply(first).successor_id) == ("submitted", None)
