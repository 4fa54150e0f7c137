"""Repetition over everything that is stored: a page of posts against the index, in a handful of queries.

A post is found again by its exact key and its bands (`post_band`), its author's newest posts by `post_print.who`. Both
are written in the transaction of the post and go with its text. Which of them repeat it is decided by the rules of
monitor/triage/repetition.py; what is said later about several authors is read when a page is drawn.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, column, delete, func, insert, select, update, values
from sqlmodel import Session, col

from monitor.tables import PostBand, PostPrint, PostRow, Verdict
from monitor.triage import prints, repetition
from monitor.triage.judgement import COMPLAINT_FROM
from monitor.triage.prints import Folded, Print, Signer
from monitor.triage.repetition import Again, Tie

_CHUNK = 400  # bound parameters of one statement; old builds of SQLite take 999
_CANDIDATES = 40  # posts that share a band, whose signatures are compared
_NUMBERED = (col(PostPrint.post_id), col(PostPrint.exact), col(PostPrint.words), col(PostPrint.signature))
_VERIFIED = 12  # texts that are read and compared to the letter
ANONYMOUS = frozenset(
    [
        "", "anonym", "anonymous", "anonymer nutzer", "ein google-nutzer", "a google user", "google-nutzer", "gast",
        "guest", "kunde", "kundin", "nutzer", "user", "unbekannt", "unknown", "amazon-kunde", "verifizierter käufer",
        "verified buyer", "gelöschter nutzer", "deleted user",
    ]
)  # fmt: skip


def name_key(author: str | None) -> str:
    """A shown name, folded for comparison; empty for anonymous ones."""
    folded = " ".join((author or "").casefold().split())
    return "" if folded in ANONYMOUS else folded


def who_of(source_id: int, author_id: str | None, author: str | None) -> int | None:
    """The account at a source, else the shown name, as a signed 64-bit number; None for nobody in particular."""
    name = name_key(author)
    if not author_id and not name:
        return None
    told = f"{source_id}\0id\0{author_id}" if author_id else f"{source_id}\0name\0{name}"
    return prints.number(told)


@dataclass(slots=True)
class Known:
    """A post that a new one may repeat; `folded` is there where its text was worth reading."""

    post_id: int
    source_id: int
    who: int | None
    by_account: bool
    signature: bytes
    at: datetime
    matter_id: int | None
    first_id: int | None
    names: frozenset[str] = frozenset()
    folded: Folded | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier post that this one repeats."""

    known: Known
    score: float
    rule: Again


@dataclass(slots=True)
class _Mine:
    """One post of the page."""

    known: Known
    print: Print
    sought: list[int]
    others: list[Known] = field(default_factory=list)  # in the database, worth comparing to the letter
    history: list[Known] = field(default_factory=list)  # of the same author, in the database


class Neighbours:
    """What the posts of one page may repeat: read at once, kept up to date in memory, written at the end.

    1. The page's own prints are computed.
    2. Two queries find who shares a band or an author, two more read what is needed to choose, one reads the texts of
       those that are likely by their signatures.
    3. `matches` compares in the order in which the posts are judged, so that a page repeats itself, too.
    4. `write` puts prints and bands into the transaction of the posts.
    """

    def __init__(self, session: Session, rows: Iterable[PostRow], sign: Signer = prints.signatures) -> None:
        """Read what these posts (not our own) may repeat; `sign` is asked once, for all of them."""
        theirs = [row for row in rows if not row.own]
        marks = prints.several([row.text for row in theirs], sign)
        self._mine = {row.id or 0: _mine(row, *found) for row, found in zip(theirs, marks, strict=True)}
        self._done: list[int] = []
        self._bands = repetition.Bands()
        self._by_who: defaultdict[int, list[int]] = defaultdict(list)
        self._firsts: set[int] = set()  # stored posts that turn out to be the first of several
        shared = _sharing(session, self._mine)
        history = _history(session, (mine.known.who for mine in self._mine.values()))
        stored = {post_id for found in (*shared.values(), *history.values()) for post_id in found} - set(self._mine)
        known = _known(session, stored)
        for post_id, mine in self._mine.items():
            mine.history = [known[found] for found in history.get(mine.known.who, ()) if found in known]
            candidates = [known[found] for found in shared[post_id] if found in known]
            mine.others = _likely(mine.print, [*mine.history, *(one for one in candidates if one not in mine.history)])
        _read_texts(session, [one for mine in self._mine.values() for one in mine.others])
        _read_subjects(session, [one for mine in self._mine.values() for one in mine.history if one.by_account])

    def matches(self, post_id: int, names: frozenset[str]) -> list[Found]:
        """Which earlier posts this one repeats, best first; `names` is what it complains about. Remembers it."""
        mine = self._mine[post_id]
        mine.known.names = names
        if not mine.print.key:
            return []
        found = list(self._alike(mine))
        alike = {one.known.post_id for one in found}
        found += [
            Found(old, 0.0, Again.MATTER)
            for old in self._of_author(mine)
            if old.post_id not in alike and old.by_account and mine.known.by_account
            and repetition.same_matter(names, old.names, (old.at, mine.known.at), repetition.WINDOW)
        ]  # fmt: skip
        self._group(mine, found)
        self._done.append(post_id)
        self._bands.add(mine.print.numbers(), post_id)
        if mine.known.who is not None:
            self._by_who[mine.known.who].append(post_id)
        return sorted(found, key=lambda one: -one.score)

    def joined(self, post_id: int, matter_id: int | None) -> None:
        """The post has its matter: later posts of this page may join it."""
        self._mine[post_id].known.matter_id = matter_id

    def _of_author(self, mine: _Mine) -> list[Known]:
        page = self._by_who.get(mine.known.who, ()) if mine.known.who is not None else ()
        return [*(self._mine[post_id].known for post_id in page[-repetition.HISTORY :]), *mine.history]

    def _alike(self, mine: _Mine) -> Iterable[Found]:
        page = [self._mine[post_id].known for post_id in self._bands.find(mine.sought)[:_CANDIDATES]]
        of_author = [known for known in self._of_author(mine) if known.post_id in self._mine and known not in page]
        for old in [*_likely(mine.print, [*of_author, *page]), *mine.others]:
            tie = _tie(mine.known, old)
            score = repetition.alike(mine.print.folded, old.folded, tie) if old.folded is not None else None
            if score is not None:
                yield Found(old, score, Again.COPY if tie is Tie.NONE else Again.TEXT)

    def _group(self, mine: _Mine, found: Iterable[Found]) -> None:
        """Nearly equal texts, whoever wrote them, belong to the first of them."""
        copies = [one.known for one in found if one.score >= repetition.JACCARD_BETWEEN]
        if not copies:
            mine.known.first_id = None
            return
        first = min(old.first_id or old.post_id for old in copies)
        mine.known.first_id = first
        if first in self._mine:
            self._mine[first].known.first_id = first
        else:
            self._firsts.add(first)

    def write(self, session: Session) -> None:
        """Prints and bands of every post that was compared; those of an older wording are replaced."""
        done = [self._mine[post_id] for post_id in self._done]
        forget(session, [mine.known.post_id for mine in done])
        if done:
            session.execute(insert(PostPrint), [_print_row(mine) for mine in done])
        numbers = [(number, mine.known.post_id) for mine in done for number in set(mine.print.numbers())]
        if numbers:
            _insert_bands(session, sorted(numbers))
        for some in _chunks(sorted(self._firsts)):
            first = update(PostPrint).where(col(PostPrint.post_id).in_(some), col(PostPrint.first_id).is_(None))
            session.execute(first.values(first_id=PostPrint.post_id).execution_options(synchronize_session=False))
        self._done.clear()


def _insert_bands(session: Session, numbers: Iterable[tuple[int, int]]) -> None:
    rows = [{"number": number, "post_id": post_id} for number, post_id in numbers]
    session.connection().execute(insert(PostBand.__table__), rows)  # type: ignore[attr-defined]


def _mine(row: PostRow, mark: Print, sought: list[int]) -> _Mine:
    known = Known(
        post_id=row.id or 0,
        source_id=row.source_id,
        who=who_of(row.source_id, row.author_id, row.author),
        by_account=bool(row.author_id),
        signature=mark.signature,
        at=row.created_at or row.first_seen_at,
        matter_id=row.matter_id,
        first_id=None,
        folded=mark.folded,
    )
    return _Mine(known, mark, sought)


def _print_row(mine: _Mine) -> dict[str, Any]:
    known = mine.known
    return {
        "post_id": known.post_id, "who": known.who, "exact": mine.print.exact, "words": mine.print.words,
        "signature": known.signature, "first_id": known.first_id,
    }  # fmt: skip


def _tie(one: Known, other: Known) -> Tie:
    if one.who is None or one.who != other.who:
        return Tie.NONE
    return Tie.ACCOUNT if one.by_account else Tie.NAME


def _likely(mark: Print, candidates: Sequence[Known]) -> list[Known]:
    places = repetition.worth_a_look(mark.signature, [one.signature for one in candidates], _VERIFIED)
    return [candidates[place] for place in places]


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))


def _wanted(numbers: Sequence[int]) -> Any:
    return values(column("number", BigInteger), name="wanted").data([(number,) for number in numbers]).cte("wanted")


def _newest(session: Session, table: Any, key: Any, numbers: Iterable[int], most: int) -> Iterable[tuple[int, int]]:
    """(number, post id) of the newest `most` rows of each number; each number costs a short walk in one index."""
    for some in _chunks(sorted(numbers)):
        wanted, other = _wanted(some), table.alias()
        last = (
            select(other.c.post_id)
            .where(other.c[key] == wanted.c.number)
            .order_by(other.c.post_id.desc())
            .limit(1)
            .offset(most - 1)
            .correlate(wanted)
            .scalar_subquery()
        )
        rows = select(wanted.c.number, table.c.post_id).join(table, table.c[key] == wanted.c.number)
        found = session.execute(rows.where(table.c.post_id >= func.coalesce(last, 0))).all()
        yield from ((number, post_id) for number, post_id in found)


def _sharing(session: Session, page: dict[int, _Mine]) -> dict[int, list[int]]:
    """Page post -> stored posts that share its key or a band, those that share most first."""
    numbers = {post_id: set(mine.sought) for post_id, mine in page.items()}
    hits: defaultdict[int, list[int]] = defaultdict(list)
    every = {number for some in numbers.values() for number in some}
    for number, post_id in _newest(session, PostBand.__table__, "number", every, repetition.NEWEST):  # type: ignore[attr-defined]
        hits[number].append(post_id)
    counted = {
        post_id: Counter(hit for number in some for hit in hits.get(number, ())) for post_id, some in numbers.items()
    }
    return {post_id: [hit for hit, _n in found.most_common(_CANDIDATES)] for post_id, found in counted.items()}


def _history(session: Session, who: Iterable[int | None]) -> dict[int | None, list[int]]:
    """Author -> their newest stored posts, newest first; nobody in particular (None) has none."""
    found: defaultdict[int | None, list[int]] = defaultdict(list)
    names = {one for one in who if one is not None}
    for one, post_id in _newest(session, PostPrint.__table__, "who", names, repetition.HISTORY):  # type: ignore[attr-defined]
        found[one].append(post_id)
    return {one: sorted(posts, reverse=True) for one, posts in found.items()}


def _known(session: Session, post_ids: Iterable[int]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    for some in _chunks(sorted(post_ids)):
        rows = select(
            col(PostPrint.post_id), col(PostPrint.who), col(PostPrint.signature), col(PostPrint.first_id),
            col(PostRow.source_id), col(PostRow.author_id), col(PostRow.matter_id), col(PostRow.created_at),
            col(PostRow.first_seen_at),
        ).join(PostRow, col(PostRow.id) == col(PostPrint.post_id))  # fmt: skip
        for row in session.execute(rows.where(col(PostPrint.post_id).in_(some))).all():
            found[row.post_id] = Known(
                post_id=row.post_id, source_id=row.source_id, who=row.who, by_account=bool(row.author_id),
                signature=row.signature, at=row.created_at or row.first_seen_at, matter_id=row.matter_id,
                first_id=row.first_id,
            )  # fmt: skip
    return found


def _read_texts(session: Session, chosen: Iterable[Known]) -> None:
    wanted = {one.post_id: one for one in chosen}
    for some in _chunks(sorted(wanted)):
        rows = select(col(PostRow.id), col(PostRow.text)).where(col(PostRow.id).in_(some))
        for post_id, text in session.execute(rows).all():
            wanted[post_id].folded = prints.fold(text)


def _read_subjects(session: Session, chosen: Iterable[Known]) -> None:
    """What the newest verdict of each says it complains about."""
    wanted = {one.post_id: one for one in chosen}
    for some in _chunks(sorted(wanted)):
        rows = select(col(Verdict.post_id), col(Verdict.topics), col(Verdict.demands), col(Verdict.complaint))
        newest = rows.where(col(Verdict.post_id).in_(some)).order_by(col(Verdict.version), col(Verdict.id))
        for post_id, topics, demands, complaint in session.execute(newest).all():
            complains = complaint >= COMPLAINT_FROM
            wanted[post_id].names = repetition.subject_of(complains=complains, topics=topics, demands=demands)


def forget(session: Session, post_ids: Sequence[int]) -> None:
    """Take posts out of the index: their words are gone, or changed."""
    for some in _chunks(post_ids):
        rows = session.execute(select(*_NUMBERED).where(col(PostPrint.post_id).in_(some))).all()
        places = [
            {"gone": post_id, "under": number}
            for post_id, exact, words, signature in rows
            for number in (exact, words, *prints.bands(signature))
        ]
        if places:
            band = PostBand.__table__  # type: ignore[attr-defined]
            one = delete(band).where(band.c.number == bindparam("under"), band.c.post_id == bindparam("gone"))
            session.connection().execute(one, places)
        gone = delete(PostPrint).where(col(PostPrint.post_id).in_(some))
        session.execute(gone.execution_options(synchronize_session=False))


def rebuild(session: Session) -> int:
    """Write all bands anew from the stored texts, as after a restore. Returns how many posts can be found again."""
    session.execute(delete(PostBand))
    done, last = 0, 0
    while True:
        rows = select(*_NUMBERED, col(PostRow.text)).join(PostRow, col(PostRow.id) == col(PostPrint.post_id))
        some = session.execute(
            rows.where(col(PostPrint.post_id) > last).order_by(col(PostPrint.post_id)).limit(_CHUNK)
        ).all()
        if not some:
            return done
        bands = [
            (number, post_id)
            for post_id, exact, words, signature, text in some
            if len(prints.key(text)) >= prints.SHORT_KEY
            for number in {exact, words, *prints.bands(signature)}
        ]
        if bands:
            _insert_bands(session, bands)
        done, last = done + len(some), some[-1].post_id
