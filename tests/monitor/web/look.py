# ruff: noqa: E501, T201
"""Look at the page: a seeded shop, served, and screenshots of every page at 1280 and 390 px, light and dark.

.venv/bin/python -m tests.monitor.web.look FOLDER [--serve PORT]
"""

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import uvicorn

from monitor.tables import Problem, Quarantine, Source
from monitor.web.app import create_app
from replies import duty as duties
from replies.lifecycle import Action, ReplyKind, State
from replies.moves import change_reply, get_reply, move_reply
from replies.people import DAEMON
from replies.tables import Reply
from tests.monitor.web.shop import PASSWORD, Shop, open_shop

ZALGO = "Z̸͓̈́ä̶̢l̷̰̈́g̵̜̀o̴͇͌ " * 30
ARABIC = "الطرد وصل متأخرا أربعة أيام رغم الشحن السريع. أريد استرداد أموالي من فضلكم."
EMOJI = "😡👨‍👩‍👧‍👦🚲" * 100
BIDI = "Inhaber\u202e ✔ \u2066Bernd\u2069\u200b"
LONG = "Das Rad wurde zu spät geliefert und der Rahmen hatte einen Kratzer. " * 295
PAGES = {
    "login": "/anmelden", "heute": "/", "beitrag": "/beitrag/1", "hand": "/beitrag/2", "unklar": "/beitrag/3", "lang": "/beitrag/4",
    "arabisch": "/beitrag/5", "zalgo": "/beitrag/6", "emoji": "/beitrag/7", "kurz": "/beitrag/8", "fassung": "/beitrag/9/fassung/2",
    "freigaben": "/freigaben", "aendern": "/freigaben?antwort=5&aendern=1", "halteantworten": "/halteantworten", "anliegen": "/anliegen",
    "fakten": "/fakten", "quellen": "/quellen", "protokoll": "/protokoll", "menschen": "/menschen", "ich": "/ich", "fehlt": "/gibtesnicht",
}  # fmt: skip


def seed(shop: Shop) -> None:
    """Everything that a page can show."""
    first = shop.post(ago=3, rating=1, occasion=3)
    by_hand = shop.post(
        "Die Inspektion hat drei Wochen gedauert, niemand ruft zurück.", source=2, rating=2, ago=5, author="Jörg Ä."
    )
    unclear = shop.post(
        "@laden Euer Kundendienst antwortet seit Tagen nicht. Wann kommt mein Rad?", ago=4, author="mira@social.example"
    )
    shop.post(LONG, ago=30, rating=1, source=2, author="Ein Google-Nutzer")
    shop.post(ARABIC, ago=1, author="محمد")
    shop.post(ZALGO, ago=1, author=ZALGO)
    shop.post(EMOJI, ago=1, author="🚲" * 40)
    shop.post("?", ago=1, author=BIDI, unsure=True)
    edited = shop.post("Ladekabel fehlt. Frechheit.", ago=2, rating=2)
    shop.edit_post(edited, "Ladekabel fehlt immer noch. Wird aber jetzt nachgeschickt, danke.")
    shop.post("", source=2, rating=1, ago=2, author=None)
    shop.post("Super Beratung, gern wieder!", source=2, rating=5, duty=False, ago=6)
    shop.post("Vor zwei Jahren war die Werkstatt schlecht.", source=2, rating=2, backlog=True, ago=200)
    for n in range(12):
        shop.post(
            f"Termin Nummer {n} wurde ohne Nachricht abgesagt, das ist zu spät.",
            ago=n / 3,
            rating=1 + n % 3,
            source=1 + n % 2,
        )
    _replies(shop, first, by_hand, unclear)
    _health(shop)


def _replies(shop: Shop, first: int, by_hand: int, unclear: int) -> None:
    """Replies in several states; the undo window of the older ones is over."""
    hand = shop.submitted(
        by_hand, kind=ReplyKind.FINAL, text="Das tut uns leid. Ihr Rad ist ab morgen fertig, wir rufen Sie heute an."
    )
    lost = shop.submitted(
        unclear, kind=ReplyKind.FINAL, text="@mira Ihr Rad kommt am Mittwoch, die Spedition meldet sich vorher."
    )
    shop.approved(hand)
    shop.approved(lost)
    shop.clock.move(minutes=5)
    shop.submitted(
        first,
        kind=ReplyKind.FINAL,
        text="Das Paket kam vier Tage zu spät, das war unser Fehler.\n\nDen Aufpreis für Express erstatten wir Ihnen bis Freitag.",
    )
    for post in (14, 16, 18, 20):
        shop.submitted(post)
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, lost), Action.CLAIM, DAEMON, shop.clock(), worker="w")
        reply = move_reply(
            session,
            get_reply(session, lost),
            Action.LOSE,
            DAEMON,
            shop.clock(),
            trouble="several_found",
            unclear_since=shop.clock(),
        )
        change_reply(session, reply, State.UNCLEAR, needs_human=True)
        duties.assign(session, duties.of_post(session, 13), shop.users["Anna"], shop.actor("Anna"), shop.clock())
        duties.propose_no_complaint(
            session, duties.of_post(session, 15), shop.actor("Anna"), shop.clock(), note="Nur eine Frage nach dem Weg"
        )


def _health(shop: Shop) -> None:
    with shop.house.transaction() as session:
        north = session.get(Source, 2)
        north.problem, north.problem_note, north.problem_since = (
            Problem.LOGIN,
            "401 from the platform",
            shop.clock() - timedelta(hours=5),
        )
        north.open_networks, north.newest_post_at = True, shop.clock() - timedelta(days=20)
        social = session.get(Source, 1)
        social.succeeded_at, social.next_due_at = (
            shop.clock() - timedelta(minutes=4),
            shop.clock() + timedelta(minutes=6),
        )
        social.newest_post_at = shop.clock() - timedelta(hours=1)
        session.add_all(
            [
                north,
                social,
                Quarantine(source_id=2, digest="x", reason="no date", raw="{}", at=shop.clock(), last_at=shop.clock()),
            ]
        )
        returned = session.get(Reply, 4)
    _give_back(shop, returned.id)


def _give_back(shop: Shop, reply_id: int) -> None:
    post = shop.reply(reply_id).post_id
    with shop.house.transaction() as session:
        shop.house.desk.send_back(
            session, reply_id, "Bitte nennen Sie den Tag, an dem wir anrufen.", shop.actor("Bernd"), shop.clock()
        )
    assert post


def serve(shop: Shop, port: int) -> uvicorn.Server:
    """The page on loopback, in a thread."""
    server = uvicorn.Server(uvicorn.Config(create_app(shop.house), host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def shoot(port: int, folder: Path, only: list[str]) -> None:
    """Every page in both widths and both colour schemes, with what the console said."""
    from playwright.sync_api import sync_playwright

    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=quiet)
        for width, height in ((1280, 900), (390, 844)):
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE"
                )
                page = context.new_page()
                page.on("console", lambda said: print("console:", said.type, said.text))
                page.on("dialog", lambda box: print("DIALOG", box.message))
                _walk(page, f"http://127.0.0.1:{port}", folder, f"{width}-{scheme}", only)
                context.close()
        browser.close()


def _walk(page, base: str, folder: Path, name: str, only: list[str]) -> None:
    page.goto(f"{base}/anmelden")
    if not only or "login" in only:
        page.screenshot(path=folder / f"login-{name}.png")
    page.fill("[name=name]", "Bernd")
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    for title, path in PAGES.items():
        if title == "login" or (only and title not in only):
            continue
        answer = page.goto(base + path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        size = len(answer.body())
        if wide > 0 or size > 60_000 or answer.status not in (200, 404):
            print(f"{title} {name}: {answer.status}, {size} bytes, {wide} px too wide")
        page.screenshot(path=folder / f"{title}-{name}.png", full_page=title not in ("lang", "protokoll"))


def main() -> None:
    """Seed, serve, shoot."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("web.db*"):
        old.unlink()
    shop = open_shop(folder)
    seed(shop)
    if "--serve" in sys.argv:
        port = int(sys.argv[sys.argv.index("--serve") + 1])
        serve(shop, port)
        threading.Event().wait()
    serve(shop, 8199)
    shoot(8199, folder, sys.argv[2:])


if __name__ == "__main__":
    main()
