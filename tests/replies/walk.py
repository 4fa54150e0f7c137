"""An exhaustive walk over the life of one reply: every step of people, daemon, platform and clock, in every order.

The rules asked are the product's own pure ones: `lifecycle.step`, `desk.agreement`, `moves.digest` and `NO_APPROVAL`,
`evidence.after_attempt`, `after_unclear`, `after_delivery`, `after_publication`. A test may replace one of them by a
wrong one; the walk then has to find the harm, with the shortest way to it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from connectors.core.contract import Capability, Post, PostKind, Sighting
from connectors.core.errors import Unavailable, Unclear
from replies.desk import Writer, agreement
from replies.errors import NotAllowed
from replies.evidence import Case, Next, after_attempt, after_delivery, after_publication, after_unclear
from replies.lifecycle import Action, ReplyKind, Role, State, step
from replies.moves import NO_APPROVAL, digest
from replies.people import DAEMON, Actor
from replies.ports import PostView
from replies.timing import Timing

ANNA, BERND, DORA = Actor(1, Role.STAFF, "Anna"), Actor(2, Role.OWNER, "Bernd"), Actor(3, Role.OWNER, "Dora")
PEOPLE = (ANNA, BERND, DORA)
OWNERS = {BERND.id, DORA.id}
TIMING = Timing(settle=2, absent_gap=1, unseen_alarm=4)  # the walk's clock ticks in seconds; only the order counts
T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAST_TICK = 4
TEXTS, POSTS, ATTEMPTS = 3, 2, 3  # how often the text, the post and the attempt may change in one walk


class Harm(Exception):
    """An invariant does not hold."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that matters about one reply. `age` counts since the attempt ended unclear or was delivered."""

    state: State = State.DRAFT
    text: int = 1
    author: int = 1
    approver: int | None = None
    approved: str | None = None
    written_for: int = 1  # the post's version that the text answers
    post: int = 1
    copies: tuple[tuple[int, int], ...] = ()  # (text, version answered) that the public sees
    pending: tuple[int, int] | None = None  # taken by the platform, not there yet
    attempts: int = 0
    absent: int = 0
    absent_at: int | None = None
    age: int = 0
    once: bool = False
    ask: bool = False
    agreed: frozenset[tuple[int, int, int]] = frozenset()  # the truth: (text, version answered, person)


Step = tuple[str, World]


@lru_cache
def fingerprint(text: int, post: int) -> str:
    """The product's own digest of these words for this version of the post."""
    view = PostView(1, "laden", post, visible=True, gone=False, post=Post(ref="p1", kind=PostKind.REVIEW, text="x"))
    return digest(ReplyKind.FINAL, view, words(text))


def words(text: int) -> str:
    """A text's words."""
    return f"text number {text}"


def _without_approval(world: World) -> World:
    columns = {"approver": "approver_id", "approved": "approved_digest"}
    return replace(world, **{name: NO_APPROVAL[column] for name, column in columns.items()})


@dataclass(frozen=True)
class Rules:
    """The rules under test. Each default is the product's."""

    consent: Callable[[World, Actor], Action | None] = lambda world, actor: agreement(
        world.state, Writer(world.author, is_owner=world.author in OWNERS), actor, four_eyes=True
    )
    after_edit: Callable[[World], World] = _without_approval
    edits_in: frozenset[State] = frozenset(State)
    after_error: Callable[[Exception], Action] = lambda error: after_attempt(error)[0]  # type: ignore[arg-type]
    after_boot: Action = Action.LOSE
    unclear: Callable[..., tuple[Next, str]] = after_unclear
    vouches: bool = True  # whoever hands over words of another for an edited post takes them as theirs


def _go(world: World, action: Action, actor: Actor = DAEMON, **changes: object) -> World:
    return replace(world, state=step(world.state, action, actor.role), **changes)  # type: ignore[arg-type]


def _at_the_desk(world: World, rules: Rules) -> Iterator[Step]:
    for actor in PEOPLE:
        person = actor.id or 0
        if world.text < TEXTS and world.state in rules.edits_in:
            text = world.text + 1
            mine = world.agreed | {(text, world.post, person)}
            edited = replace(world, text=text, author=person, written_for=world.post, agreed=mine)
            if world.state == State.APPROVED:  # the table has no such step; a wrong rule may
                yield f"{actor.name} edits an approved text", rules.after_edit(edited)
            else:
                yield from _try(f"{actor.name} edits", rules.after_edit(edited), Action.EDIT, actor)
        moved = world.written_for != world.post
        author = person if moved and rules.vouches else world.author
        mine = world.agreed | {(world.text, world.post, person)}
        handed = replace(world, written_for=world.post, author=author, agreed=mine)
        yield from _try(f"{actor.name} submits", handed, Action.SUBMIT, actor)
        yield from _try(f"{actor.name} returns", _without_approval(world), Action.RETURN, actor)
        yield from _try(f"{actor.name} undoes", _without_approval(world), Action.UNDO, actor)
        yield from _try(f"{actor.name} withdraws", world, Action.WITHDRAW, actor)
        yield from _try(f"{actor.name} reworks", _fresh(world), Action.REWORK, actor)
        yield from _consents(world, rules, actor)


def _fresh(world: World) -> World:
    return replace(_without_approval(world), absent=0, absent_at=None, once=False, ask=False)


def _try(name: str, world: World, action: Action, actor: Actor) -> Iterator[Step]:
    try:
        yield name, _go(world, action, actor)
    except NotAllowed:
        return


def _consents(world: World, rules: Rules, actor: Actor) -> Iterator[Step]:
    if world.state != State.SUBMITTED or world.written_for != world.post:
        return  # the desk refuses: the post was edited
    try:
        action = rules.consent(world, actor)
    except NotAllowed:
        return
    if action is not None:
        shown = fingerprint(world.text, world.post)
        mine = world.agreed | {(world.text, world.post, actor.id or 0)}
        agreed = replace(world, approver=actor.id, approved=shown, agreed=mine)
        yield f"{actor.name} agrees", replace(agreed, state=State.APPROVED)


def _in_the_outbox(world: World, rules: Rules) -> Iterator[Step]:
    if world.state == State.APPROVED and world.attempts < ATTEMPTS:
        if world.approved != fingerprint(world.text, world.post) or world.written_for != world.post:
            yield "the outbox revokes", _go(_without_approval(world), Action.REVOKE)
        else:
            yield "the outbox claims", _go(world, Action.CLAIM, attempts=world.attempts + 1)
    if world.state != State.SENDING:
        return
    this = (world.text, world.written_for)
    here = replace(world, copies=(*world.copies, this))
    yield "delivered", _delivered(_go(here, Action.DELIVER))
    yield "not sent", _go(world, after_attempt(Unavailable("refused"))[0])
    for name, after in _unclear_ways(world, here, this):
        yield f"{name}, time-out", _lost(after, rules.after_error(Unclear("timed out")))
        yield f"{name}, crash and boot", _lost(after, rules.after_boot)


def _unclear_ways(world: World, here: World, this: tuple[int, int]) -> Iterator[Step]:
    yield "nothing arrived", world
    yield "arrived", here
    if world.pending is None:
        yield "arrives later", replace(world, pending=this)


def _lost(world: World, action: Action) -> World:
    return _go(world, action, absent=0, absent_at=None, age=0)


def _delivered(world: World) -> World:
    return replace(world, once=True, ask=False, absent=0, absent_at=None, age=0)


def _on_the_platform(world: World) -> Iterator[Step]:
    if world.post < POSTS:
        yield "the author edits the post", replace(world, post=world.post + 1)
    if world.pending is not None:
        yield "the late commit lands", replace(world, copies=(*world.copies, world.pending), pending=None)
    if world.copies and world.state in (State.DELIVERED, State.PUBLISHED):
        yield "the platform removes it", replace(world, copies=())
    must_land = world.pending is not None and world.state == State.UNCLEAR and world.age + 1 >= TIMING.settle
    if world.age < LAST_TICK and not must_land:
        yield "time passes", replace(world, age=world.age + 1)


def _seen(world: World) -> Sighting | None:
    fitting = [copy for copy in world.copies if copy[0] == world.text]
    if not fitting:
        return None
    return Sighting(ref="r1", text=words(world.text), public=True, matches=len(fitting))


def _looks(world: World, rules: Rules) -> Iterator[Step]:
    if world.ask:
        yield from _decides(world)
        return
    case = Case(
        capability=Capability.LIST,
        text=words(world.text),
        since=T0,
        absent_reads=world.absent,
        absent_at=None if world.absent_at is None else T0 + timedelta(seconds=world.absent_at),
        once_delivered=world.once,
    )
    rule = {State.UNCLEAR: rules.unclear, State.DELIVERED: after_delivery, State.PUBLISHED: after_publication}
    if world.state in rule:
        now = T0 + timedelta(seconds=world.age)
        following, _ = rule[world.state](case, _seen(world), TIMING, now)
        yield f"a look: {following}", _conclude(world, following)


def _conclude(world: World, following: Next) -> World:
    if following == Next.COUNT:
        return replace(world, absent=world.absent + 1, absent_at=world.age)
    if following == Next.ASK:
        asked = replace(world, ask=True, absent=0, absent_at=None)
        return asked if world.state == State.UNCLEAR else _go(asked, Action.LOSE)
    if following == Next.FOUND:
        return _delivered(_go(world, Action.DELIVER))
    if following == Next.PUBLIC:
        steady = replace(world, absent=0, absent_at=None)
        return steady if world.state == State.PUBLISHED else _go(steady, Action.CONFIRM, age=0)
    if following == Next.REPEAT:
        return _go(world, Action.POSTPONE, absent=0, absent_at=None)
    return world


def _decides(world: World) -> Iterator[Step]:
    """An owner who looks well: what is said is true, and a text that stands there is not sent a second time."""
    if world.pending is None and not world.copies:
        again = {"absent": 0, "absent_at": None, "once": False, "ask": False}
        yield "Bernd: not there, send again", _go(world, Action.POSTPONE, BERND, **again)
        yield "Bernd: not to be sent", _go(world, Action.REFUSE, BERND, ask=False)
    elif len([copy for copy in world.copies if copy[0] == world.text]) == 1:
        yield "Bernd: it stands there", _delivered(_go(world, Action.DELIVER, BERND))


def _check(world: World, name: str) -> None:
    if len(world.copies) > 1:
        raise Harm("two public texts")
    for text, post in world.copies:
        who = {person for agreed, at, person in world.agreed if (agreed, at) == (text, post)}
        if len(who) < 2 or not who & OWNERS:
            raise Harm("public without two people, one an owner")
    if name == "the outbox claims" and world.written_for != world.post:
        raise Harm("sent for a post that was edited since")


def successors(world: World, rules: Rules) -> Iterator[Step]:
    """Each next step that anybody could take."""
    for part in (
        _at_the_desk(world, rules),
        _in_the_outbox(world, rules),
        _on_the_platform(world),
        _looks(world, rules),
    ):
        for name, after in part:
            yield name, _plain(after)


def _plain(world: World) -> World:
    """The same world without what can never matter again: consent to lost words, a clock that nobody reads."""
    kept = {(world.text, world.written_for), (world.text, world.post), *world.copies}
    kept |= {world.pending} if world.pending else set()
    agreed = frozenset(one for one in world.agreed if one[:2] in kept)
    watched = world.state in (State.UNCLEAR, State.DELIVERED, State.PUBLISHED) or world.pending is not None
    return replace(world, agreed=agreed, age=world.age if watched else 0)


@dataclass(frozen=True)
class Found:
    """What the walk found: how many worlds there are, and the shortest way to harm, if there is one."""

    worlds: int
    steps: int
    reached: frozenset[State] = frozenset()
    harm: str = ""
    way: tuple[str, ...] = ()


def walk(rules: Rules | None = None) -> Found:
    """Breadth first from an empty draft of Anna's to everything that can happen."""
    rules = rules or Rules()
    start = World(agreed=frozenset({(1, 1, ANNA.id or 0)}))
    came: dict[World, tuple[World | None, str]] = {start: (None, "Anna writes")}
    queue, steps = deque([start]), 0
    while queue:
        world = queue.popleft()
        for name, after in successors(world, rules):
            steps += 1
            if after in came:
                continue
            came[after] = (world, name)
            try:
                _check(after, name)
            except Harm as harm:
                return Found(len(came), steps, harm=str(harm), way=_way(came, after))
            queue.append(after)
    return Found(len(came), steps, frozenset(world.state for world in came))


def _way(came: dict[World, tuple[World | None, str]], world: World | None) -> tuple[str, ...]:
    names = []
    while world is not None:
        world, name = came[world]
        names.append(name)
    return tuple(reversed(names))
