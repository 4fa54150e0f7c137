"""Every order of every step: at most one public text, agreed to by two people, and each seeded error is found."""

from dataclasses import replace

import pytest

from connectors.core.errors import Unclear
from replies.evidence import Next, after_attempt, after_unclear
from replies.lifecycle import Action, Role, State, step
from tests.replies import walk as walks
from tests.replies.walk import Rules, walk


def keeps_approval(world):
    """Wrong: the approval is carried over to the new words."""
    if world.approved is None:
        return world
    return replace(world, approved=walks.fingerprint(world.text, world.post))


def anybody(world, actor):
    """Wrong: whoever may approve may approve their own words."""
    step(world.state, Action.APPROVE, actor.role)
    return Action.APPROVE


def at_once(case, seen, timing, now):
    """Wrong: unclear goes back to the queue without a look."""
    return Next.REPEAT, ""


def without_settling(case, seen, timing, now):
    """Wrong: what is not seen at once is taken as absent."""
    following, why = after_unclear(case, seen, timing, now)
    return (Next.REPEAT, "") if following == Next.WAIT else (following, why)


SEEDED = {
    "edit keeps approval": (Rules(after_edit=keeps_approval), "two people"),
    "self-approval": (Rules(consent=anybody), "two people"),
    "retry on time-out": (Rules(after_error=lambda _error: Action.POSTPONE), "two public texts"),
    "requeue on boot": (Rules(after_boot=Action.POSTPONE), "two public texts"),
    "requeue without read-back": (Rules(unclear=at_once), "two public texts"),
    "requeue without settle window": (Rules(unclear=without_settling), "two public texts"),
    "words for an edited post, handed over by their approver": (Rules(vouches=False), "two people"),
}


def test_our_rules_are_clean(capsys):
    """The whole graph of our own rules holds no harm, and it is not a small graph."""
    found = walk()
    with capsys.disabled():
        print(f"\nexhaustive walk: {found.worlds} states, {found.steps} steps, clean")  # noqa: T201
    assert (found.harm, found.way) == ("", ())
    assert found.worlds > 5_000
    assert found.reached == frozenset(State)


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_error_is_found(name):
    """The walk finds each wrong rule, and shows the shortest way to the harm."""
    rules, harm = SEEDED[name]
    found = walk(rules)
    assert harm in found.harm
    assert 4 <= len(found.way) <= 12


def test_the_seeded_errors_differ_from_ours():
    """Each wrong rule answers otherwise than the product does."""
    assert after_attempt(Unclear("timed out")) == (Action.LOSE, "unclear")
    assert step(State.SENDING, Action.LOSE, Role.DAEMON) == State.UNCLEAR
