"""Every cell of the two tables, against what DESIGN 4 and 5 say, typed out here a second time."""

import itertools
from collections import deque

import pytest

from replies.errors import NotAllowed
from replies.lifecycle import (
    CLOSED,
    DUTY_TABLE,
    IN_FLIGHT,
    LIVE,
    OUT,
    REPLY_TABLE,
    UNANSWERED,
    Action,
    DutyEvent,
    DutyState,
    Role,
    State,
    choices,
    duty_step,
    step,
)

PEOPLE = "staff owner"
ALL = "staff owner daemon"
WORK = "daemon hand"
EVIDENCE = "daemon owner"

# from | action | to | who; DESIGN 4, STYLE 4.4, RELIABILITY 3.8 (D1, D2, D4, D5, D9)
EXPECTED = [
    ("draft", "edit", "draft", PEOPLE),
    ("draft", "submit", "submitted", PEOPLE),
    ("draft", "withdraw", "withdrawn", ALL),
    ("submitted", "edit", "submitted", "owner"),
    ("submitted", "return", "draft", "owner"),
    ("submitted", "approve", "approved", "owner"),
    ("submitted", "countersign", "approved", PEOPLE),
    ("submitted", "withdraw", "withdrawn", ALL),
    ("approved", "undo", "submitted", "owner"),
    ("approved", "revoke", "draft", "daemon"),
    ("approved", "withdraw", "withdrawn", ALL),
    ("approved", "claim", "sending", WORK),
    ("approved", "restore", "unclear", "daemon"),
    ("sending", "postpone", "approved", "daemon"),
    ("sending", "lose", "unclear", WORK),
    ("sending", "deliver", "delivered", WORK),
    ("sending", "refuse", "refused", "daemon"),
    ("sending", "restore", "unclear", "daemon"),
    ("unclear", "deliver", "delivered", EVIDENCE),
    ("unclear", "postpone", "approved", EVIDENCE),
    ("unclear", "refuse", "refused", EVIDENCE),
    ("delivered", "confirm", "published", WORK),
    ("delivered", "lose", "unclear", "daemon"),
    ("delivered", "refuse", "refused", "daemon"),
    ("published", "lose", "unclear", "daemon"),
    ("published", "refuse", "refused", "daemon"),
    ("refused", "rework", "draft", PEOPLE),
]
AFTER = {(before, action, who): after for before, action, after, whos in EXPECTED for who in whos.split()}
CELLS = list(itertools.product(State, Action, Role))

DUTY_EXPECTED = {
    ("open", "contact_seen"): "held",
    ("open", "answer_seen"): "answered",
    ("open", "release"): "released",
    ("held", "contact_seen"): "held",
    ("held", "contact_lost"): "open",
    ("held", "answer_seen"): "answered",
    ("held", "release"): "released",
    ("answered", "contact_seen"): "answered",
    ("answered", "contact_lost"): "answered",
    ("answered", "answer_seen"): "answered",
    ("answered", "reopen"): "open",
    ("released", "contact_seen"): "released",
    ("released", "contact_lost"): "released",
    ("released", "answer_seen"): "answered",
    ("released", "return"): "open",
}


def reach(start, without):
    """Every state that can be reached from `start` by anybody, without the named actions."""
    seen, queue = {start}, deque([start])
    while queue:
        here = queue.popleft()
        for (before, action), (after, _) in REPLY_TABLE.items():
            if before == here and action not in without and after not in seen:
                seen.add(after)
                queue.append(after)
    return seen


def test_the_table_has_nine_states_sixteen_actions_and_five_actors():
    """The size of what the next test walks through."""
    assert (len(State), len(Action), len(Role)) == (9, 16, 5)
    assert len(CELLS) == 720


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("actor", Role)
@pytest.mark.parametrize("action", Action)
def test_a_cell_leads_where_the_design_says(state, action, actor):
    """One of 720 cells: the state after it, or a refusal."""
    expected = AFTER.get((state.value, action.value, actor.value))
    if expected is None:
        with pytest.raises(NotAllowed):
            step(state, action, actor)
    else:
        assert step(state, action, actor) == expected


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("actor", Role)
def test_the_buttons_are_the_steps(state, actor):
    """The page draws exactly the buttons whose step would be taken."""
    allowed = {action for action in Action if (state.value, action.value, actor.value) in AFTER}
    assert set(choices(state, actor)) == allowed
    assert len(choices(state, actor)) == len(allowed)


def test_an_auditor_has_no_buttons():
    """Clara reads, she changes nothing."""
    assert [choices(state, Role.AUDITOR) for state in State] == [()] * 9


def test_nothing_gets_out_without_a_second_consent():
    """Take approve and countersign away, and no text leaves the house."""
    kept = reach(State.DRAFT, {Action.APPROVE, Action.COUNTERSIGN})
    assert kept == {State.DRAFT, State.SUBMITTED, State.WITHDRAWN}
    assert not kept & (LIVE | OUT)


def test_with_a_second_consent_every_state_is_reached():
    """The control of the test above: its search does find ways out."""
    assert reach(State.DRAFT, set()) == set(State)


def test_what_was_refused_comes_back_only_as_a_draft():
    """There is no way from refused to the platform but through a new approval."""
    assert {after for (before, _), (after, _) in REPLY_TABLE.items() if before == State.REFUSED} == {State.DRAFT}


def test_withdrawn_is_the_end():
    """A withdrawn text stays withdrawn."""
    assert reach(State.WITHDRAWN, set()) == {State.WITHDRAWN}


def test_only_sending_reaches_the_platform_and_only_from_approved():
    """No state but approved can be claimed."""
    assert {before for (before, _), (after, _) in REPLY_TABLE.items() if after == State.SENDING} == {State.APPROVED}


def test_the_named_groups_hold_the_states_that_their_names_say():
    """Sets that the queries use."""
    assert {"approved", "sending", "unclear", "delivered", "published"} == LIVE
    assert {"delivered", "published"} == OUT
    assert LIVE - {"published"} == IN_FLIGHT


@pytest.mark.parametrize("state", DutyState)
@pytest.mark.parametrize("event", DutyEvent)
def test_a_duty_goes_where_the_design_says(state, event):
    """One of 24 cells of the duty's table."""
    expected = DUTY_EXPECTED.get((state.value, event.value))
    if expected is None:
        with pytest.raises(NotAllowed):
            duty_step(state, event)
    else:
        assert duty_step(state, event) == expected


def test_a_duty_closes_only_with_an_answer_or_a_proof():
    """Each way out of open and held, by name."""
    closing = {event for (before, event), after in DUTY_TABLE.items() if before in UNANSWERED and after in CLOSED}
    assert closing == {DutyEvent.ANSWER_SEEN, DutyEvent.RELEASE}


def test_every_closed_duty_can_open_again():
    """Nothing that is closed is closed for ever."""
    opening = {before for (before, _), after in DUTY_TABLE.items() if before in CLOSED and after == DutyState.OPEN}
    assert opening == set(CLOSED)
