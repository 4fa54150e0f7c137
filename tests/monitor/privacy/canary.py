"""Karin Kanarienvogel: what she wrote, and what was written about her, holds a word that must be found nowhere."""

from replies.care import sheet
from replies.care.sheet import Costs
from replies.lifecycle import FactVerdict, ReplyKind
from replies.moves import get_duty
from tests.monitor.shop import ANNA, BERND, Shop, post

WORDS = "kanarienvogel"  # in every text of hers, and in every text about her
OURS = f"Liebe Frau {WORDS}, das tut uns leid."
NAME, ID = "Karin Kanarienvogel", "kanarienvogel-4711"


def hers(ref: str = "1", words: str = f"Viel zu spät, sagt der {WORDS}.", **values):
    """A complaint of hers; address, thread and record name her too."""
    values = {"author": NAME, "author_id": ID, "permalink": f"https://blog.example/{ID}/{ref}", **values}
    made = post(f"{ID}/{ref}", words, **values)
    made.raw.update({"author": NAME, "id": ID, "content": words})  # type: ignore[attr-defined]
    return made


def answered(shop: Shop, duty_id: int, words: str = OURS) -> int:
    """A final answer that was published and seen."""
    desk, now = shop.house.desk, shop.clock()
    with shop.house.transaction() as session:
        desk.check_facts(session, duty_id, FactVerdict.JUSTIFIED, f"Akte {WORDS}", f"{WORDS} hat recht", ANNA, now)
        reply = desk.draft(session, duty_id, ReplyKind.FINAL, f"{words} Erst so.", ANNA, now)
        desk.edit(session, reply.id, words, ANNA, now, seen_version=1)
        desk.submit(session, reply.id, ANNA, now, seen_version=2)
        desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)
        sheet.weigh_up(session, get_duty(session, duty_id), f"{WORDS} will 5 Euro", f"Porto für {WORDS}", Costs(500, 0),
                       f"{WORDS} bekommt es", BERND, now)  # fmt: skip
        found = reply.id
    assert shop.house.outbox.send(found)
    shop.house.watch.look(found)
    return found
