"""A shop in which every page has something on it, and the addresses of all of them."""

from datetime import timedelta

from sqlmodel import select

from monitor import evidence
from monitor.learning import measures
from monitor.tables import Verdict
from replies import fact_cards, hand
from replies.care import asking, removal, tasks
from replies.care.removal import Request
from replies.care.words import Ground, TaskKind
from replies.duty import of_post
from replies.fact_cards import Statement
from replies.lifecycle import Action, FactVerdict, ReplyKind, State
from replies.moves import change_reply, get_reply, move_reply
from replies.people import DAEMON

LEGAL = "Die Rechnung ist falsch, ich schalte jetzt meinen Anwalt ein."
THREAT = "Ich weiß, wo Sie wohnen. Das Paket kam zu spät, passen Sie auf sich auf."
ROUTES = {
    "/": ("/", "/?gruppe=altbestand", "/?gruppe=einordnen"),
    "/beitrag/{post_id}": (
        *(f"/beitrag/{n}" for n in range(1, 11)),
        *("/beitrag/1?art=question", "/beitrag/1?ganz=1"),
    ),
    "/beitrag/{post_id}/fassung/{n}": ("/beitrag/1/fassung/1", "/beitrag/6/fassung/2"),
    "/beitrag/{post_id}/belege": ("/beitrag/1/belege",),
    "/beitrag/{post_id}/abwaegung": ("/beitrag/1/abwaegung",),
    "/beitrag/{post_id}/geschafft": ("/beitrag/1/geschafft",),
    "/vorgehen": ("/vorgehen",),
    "/vorgehen/{name}": ("/vorgehen/drohung",),
    "/loeschantrag/{notice_id}": ("/loeschantrag/1", "/loeschantrag/2"),
    "/freigaben": ("/freigaben", "/freigaben?antwort=1&aendern=1", "/freigaben?antwort=3"),
    "/halteantworten": ("/halteantworten",),
    "/anliegen": ("/anliegen", "/anliegen?suche=niemandsland"),
    "/fakten": ("/fakten", "/fakten?q=Lieferung"),
    "/fakten/{card_id}": ("/fakten/1", "/fakten/2"),
    "/lernen": ("/lernen", "/lernen?woche=2026-W40"),
    **{
        path: (path,)
        for path in ("/einschaetzung", "/quellen", "/protokoll", "/menschen", "/ich", "/ich/code", "/mehr")
    },
}
"""route -> addresses that show what it can show; a test fails when the application has a route that is not here."""
ALONE = frozenset({"/anmelden", "/anmelden/code", "/static/{name}"})  # for strangers, and what is no page
NOWHERE = ("/beitrag/9999", "/gibtesnicht")
PATHS = tuple(address for addresses in ROUTES.values() for address in addresses)


def furnish(shop):
    """Something on every page; the numbers of the posts are those of ROUTES."""
    hostile = shop.post(rating=1)
    legal, threat, plain = shop.post(LEGAL), shop.post(THREAT), shop.post("Das Paket kam zu spät.", source=2, rating=2)
    shop.post("Ganz alt.", backlog=True)
    shop.edit_post(shop.post("Alles bestens!", duty=False), "Alles bestens, und danke!")
    for post, rule in ((legal, "legal.lawyer"), (threat, "threat.harm")):
        flag(shop, post, rule)
    unclear, by_hand, seen, drafted = (
        shop.post(f"Das Paket kam zu spät, zum {n}. Mal.", source=2 if n == 2 else 1, rating=2) for n in range(1, 5)
    )
    shop.submitted(plain)
    shop.submitted(hostile)
    _replies(shop, unclear, by_hand, seen)
    _cards(shop)
    _draft(shop, drafted)
    _care(shop, hostile, legal, seen)


def _replies(shop, unclear, by_hand, refused):
    """One nobody is sure of, one that a person publishes, one that was refused."""
    sent = [shop.approved(shop.submitted(post)) for post in (unclear, by_hand, refused)]
    shop.clock.move(minutes=5)
    anna, now = shop.actor("Anna"), shop.clock()
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, sent[0]), Action.CLAIM, DAEMON, now, worker="w")
        lost = move_reply(
            session, get_reply(session, sent[0]), Action.LOSE, DAEMON, now, trouble="several_found", unclear_since=now
        )
        change_reply(session, lost, State.UNCLEAR, needs_human=True)
        hand.take(session, sent[1], anna, shop.house.world, shop.house.timing, now, guards=shop.house.desk.guards)
        claimed = move_reply(session, get_reply(session, sent[2]), Action.CLAIM, DAEMON, now, worker="w")
        move_reply(session, claimed, Action.REFUSE, DAEMON, now, trouble="refused", platform_said="422 too long")


def _cards(shop):
    """One that holds, one that was replaced, one that ran out."""
    anna, now = shop.actor("Anna"), shop.clock()
    with shop.house.transaction() as session:
        said = [
            Statement(words, "Versandseite", ("delivery",), now.date() - timedelta(days=60), until)
            for words, until in (
                ("Die Lieferung dauert zwei Werktage.", None),
                ("Die Lieferung dauert drei Werktage.", None),
                ("Im Advent wird das Paket am selben Tag gepackt.", now.date() - timedelta(days=2)),
            )
        ]
        first = fact_cards.write(session, said[0], anna, now)
        fact_cards.write(session, said[1], anna, now, replaces=first.id)
        fact_cards.write(session, said[2], anna, now)


def _draft(shop, post):
    """A draft that came back with a reason, and what the check says of its words."""
    anna, bernd, now = shop.actor("Anna"), shop.actor("Bernd"), shop.clock()
    reply = shop.submitted(post, kind=ReplyKind.FINAL, text="Wir erstatten Ihnen 20 Euro bis Freitag, versprochen.")
    with shop.house.transaction() as session:
        shop.house.desk.send_back(session, reply, "Bitte ohne Betrag.", bernd, now)
        shop.house.desk.check_facts(
            session, of_post(session, post).id, FactVerdict.PARTLY, "Lieferschein 4711", "Halb", anna, now
        )


def _care(shop, hostile, legal, seen):
    """Notices, questions, tasks, a call with its record, measures."""
    anna, bernd, now = shop.actor("Anna"), shop.actor("Bernd"), shop.clock()
    with shop.house.transaction() as session:
        digest = evidence.secure(session, hostile, anna, now)
        for post, ground in ((hostile, Ground.SPAM), (legal, Ground.OPINION)):
            asked = Request(ground, "Kein Erlebnis bei uns.", good_faith=True)
            removal.prepare(session, post, "", 1, asked, digest, anna, now)
        duty, hours = of_post(session, hostile), shop.house.world.hours("social")
        asking.ask(session, duty, "War die Post offen?", shop.users["Bernd"], anna, hours, shop.house.timing, now)
        tasks.plan(session, duty, TaskKind.CALL, "Frau Lang ruft an.", now + timedelta(hours=3), anna, now)
        call = tasks.plan(
            session, of_post(session, seen), TaskKind.CALL, "Herr Kern.", now + timedelta(days=1), anna, now
        )
        tasks.record(
            session, call.id, anna, now, spoken_at=now - timedelta(hours=1), notes_allowed=True, understood="Zu spät.",
            agreed="Neu geschickt.",
        )  # fmt: skip
        tasks.plan(session, of_post(session, seen), TaskKind.OTHER, "Nachsehen.", now + timedelta(hours=1), anna, now)
        for words, days in (("Zweite Abholung.", 9), ("Dritte Abholung.", 5)):
            row = measures.decide(session, "delivery", words, bernd.id, now + timedelta(days=days), anna, now)
        measures.done(session, row.id, "Wir holen dreimal am Tag ab.", anna, now)


def flag(shop, post, rule):
    """Triage saw it in this post."""
    with shop.house.transaction() as session:
        verdict = session.exec(select(Verdict).where(Verdict.post_id == post)).one()
        verdict.reasons = [*verdict.reasons, {"rule": rule, "start": 0, "end": 4, "words": "Das klingt ernst."}]
        session.add(verdict)
