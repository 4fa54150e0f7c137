"""A shop in which every page has something on it, and the addresses of all of them."""

from datetime import timedelta

from sqlmodel import select

from monitor import evidence
from monitor.learning import measures
from monitor.tables import Verdict
from replies.care import asking, removal, tasks
from replies.care.removal import Request
from replies.care.words import Ground, TaskKind
from replies.duty import of_post

LEGAL = "Die Rechnung ist falsch, ich schalte jetzt meinen Anwalt ein."
THREAT = "Ich weiß, wo Sie wohnen. Das Paket kam zu spät, passen Sie auf sich auf."
POST = ("", "?art=question", "/fassung/1", "/belege")
PATHS = (
    *(f"/beitrag/1{more}" for more in POST),
    *(f"/beitrag/{n}" for n in (2, 3, 4)),
    *("/", "/?gruppe=altbestand", "/freigaben", "/halteantworten", "/anliegen", "/lernen", "/loeschantrag/1"),
    *("/quellen", "/protokoll", "/menschen", "/ich"),
    *("/vorgehen", "/vorgehen/drohung", "/beitrag/1/abwaegung", "/beitrag/1/geschafft"),
)


def furnish(shop):
    """Something on every page."""
    hostile = shop.post(rating=1)
    legal, threat, plain = shop.post(LEGAL), shop.post(THREAT), shop.post("Das Paket kam zu spät.", source=2, rating=2)
    shop.post("Ganz alt.", backlog=True)
    shop.post("Alles bestens!", duty=False)
    for post, rule in ((legal, "legal.lawyer"), (threat, "threat.harm")):
        flag(shop, post, rule)
    shop.submitted(plain)
    shop.submitted(hostile)
    anna, now = shop.actor("Anna"), shop.clock()
    with shop.house.transaction() as session:
        digest = evidence.secure(session, hostile, anna, now)
        asked = Request(Ground.SPAM, "Kein Erlebnis bei uns.", good_faith=True)
        removal.prepare(session, hostile, "", 1, asked, digest, anna, now)
        duty, hours = of_post(session, hostile), shop.house.world.hours("social")
        asking.ask(session, duty, "War die Post offen?", shop.users["Bernd"], anna, hours, shop.house.timing, now)
        tasks.plan(session, duty, TaskKind.CALL, "Frau Lang ruft an.", now + timedelta(hours=3), anna, now)
        measures.decide(
            session, "delivery", "Zweite Abholung.", shop.users["Bernd"], now + timedelta(days=9), anna, now
        )


def flag(shop, post, rule):
    """Triage saw it in this post."""
    with shop.house.transaction() as session:
        verdict = session.exec(select(Verdict).where(Verdict.post_id == post)).one()
        verdict.reasons = [*verdict.reasons, {"rule": rule, "start": 0, "end": 4, "words": "Das klingt ernst."}]
        session.add(verdict)
