"""What stands in the rows is what the journal sealed: nothing altered, nothing slipped in, nothing taken out.

One pass over each table; the journal was read once before. A row that the journal does not know was made by hand,
and so was a hole where it knows one.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import select, text
from sqlmodel import Session, col

from monitor import seals
from monitor.tables import User
from monitor.verify.shape import Check, Found, Moment, ids
from monitor.words import _, later
from replies import journal
from replies.seals import SEALED, columns, digest_of_values

Rows = Callable[[Session], Iterator[tuple[int, str]]]

# kind -> (missing in the database, unknown to the journal, different)
_SENTENCES = {
    "post": (
        later("Dieser Beitrag ist nicht mehr in der Datenbank, obwohl das Protokoll ihn nennt."),
        later("Diesen Beitrag kennt das Protokoll nicht: er kam auf keinem Weg herein."),
        later("Der Beitrag, eine seiner Fassungen oder sein Verfasser wurde am Protokoll vorbei geändert."),
    ),
    "reply": (
        later("Diese Antwort ist nicht mehr in der Datenbank, obwohl das Protokoll sie nennt."),
        later("Diese Antwort kennt das Protokoll nicht."),
        later("Text, Verfasser oder Freigabe der Antwort wurde am Protokoll vorbei geändert."),
    ),
    "duty": (
        later("Diese Antwortpflicht ist nicht mehr in der Datenbank, obwohl das Protokoll sie nennt."),
        later("Diese Antwortpflicht kennt das Protokoll nicht."),
        later("Fristen oder Nachweis der Antwortpflicht wurden am Protokoll vorbei geändert."),
    ),
    "facts": (
        later("Dieser Sachverhalt ist nicht mehr in der Datenbank, obwohl das Protokoll ihn nennt."),
        later("Diesen Sachverhalt kennt das Protokoll nicht."),
        later("Der Sachverhalt wurde am Protokoll vorbei geändert."),
    ),
    "attempt": (
        later("Dieser Versuch zu veröffentlichen ist nicht mehr in der Datenbank, obwohl das Protokoll ihn nennt."),
        later("Diesen Versuch zu veröffentlichen kennt das Protokoll nicht."),
        later("Der Versuch zu veröffentlichen wurde am Protokoll vorbei geändert."),
    ),
    "earlier": (
        later("Dieser frühere Text ist nicht mehr in der Datenbank, obwohl das Protokoll ihn nennt."),
        later("Diesen früheren Text kennt das Protokoll nicht."),
        later("Der frühere Text einer Antwort wurde am Protokoll vorbei geändert."),
    ),
    "user": (
        later("Diese Person ist nicht mehr in der Datenbank, obwohl das Protokoll sie nennt."),
        later("Diese Person kennt das Protokoll nicht: niemand hat sie angelegt."),
        later("Name, Rolle, Passwort oder Zugang dieser Person wurde am Protokoll vorbei geändert."),
    ),
}


def _posts(session: Session) -> Iterator[tuple[int, str]]:
    return seals.posts(session)


def _users(session: Session) -> Iterator[tuple[int, str]]:
    for row in ids(session, select(col(User.id), *columns(User, seals.USER))):
        yield row[0], digest_of_values(*row[1:])


def _rows_of(kind: str) -> Rows:
    table, names = SEALED[kind]

    def rows(session: Session) -> Iterator[tuple[int, str]]:
        for row in ids(session, select(table.id, *columns(table, names)).order_by(table.id)):
            yield row[0], digest_of_values(*row[1:])

    return rows


def _check(kind: str, rows: Rows) -> Check:
    missing, unknown, different = _SENTENCES[kind]

    def check(session: Session, moment: Moment) -> Found:
        told = moment.told.read().seals[kind]
        for number, found in rows(session):
            known = told.get(number)
            if known is None:
                yield f"{kind}:{number}", _(unknown)
            elif known.hex() != found:
                yield f"{kind}:{number}", _(different)
            told.drop(number)
        for number in told.left():
            yield f"{kind}:{number}", _(missing)

    return check


post = _check("post", _posts)
user = _check("user", _users)
reply, duty, facts = (_check(kind, _rows_of(kind)) for kind in ("reply", "duty", "facts"))
attempt, earlier = (_check(kind, _rows_of(kind)) for kind in ("attempt", "earlier"))

_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'",
    "postgresql": (
        "SELECT tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text || ' ' || p.prosrc"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE tgrelid = 'journal'::regclass AND NOT tgisinternal"
    ),
}


def guarded(session: Session, _moment: Moment) -> Found:
    """G18: the database itself refuses to change the journal; without its triggers, any program could."""
    dialect = session.get_bind().dialect.name
    there = {name: str(body) for name, body in session.execute(text(_TRIGGERS[dialect])).all()}
    for name, marks in journal.guards(dialect).items():
        if not all(mark in there.get(name, "") for mark in marks):
            yield f"trigger:{name}", _("Die Sperre, die das Protokoll gegen Änderungen schützt, fehlt.")
