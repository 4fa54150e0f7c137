"""A platform on loopback in a process of its own: `python -m monitor.bench.loopback PORT`.

`/feed/N` answers after 200 ms with a feed of one item, `/hang/N` after five seconds, and below `/wp-json/` stands as
much of WordPress as reading one comment and answering it takes.
"""

import asyncio
import json
import sys
from contextlib import suppress

DELAY = 0.2  # seconds
HANGS = 5.0  # seconds; longer than all the others together need
_ITEM = "<item><guid>{n}</guid><title>Mein Eindruck</title><description>{words}</description></item>"
_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Forum {n}</title>{item}</channel></rss>'
_PRAISE = "Sehr freundlich bedient worden, gerne wieder. " * 40
_ANGER = "Seit drei Wochen warte ich auf den Schrank, am Telefon nur Idioten. Das ist Betrug! " * 20


def _comment(number: str, words: str, parent: int = 0) -> dict[str, object]:
    return {
        "id": int(number), "post": 5, "parent": parent, "author": 0, "author_name": "Karin", "type": "comment",
        "status": "approved", "date_gmt": "2026-11-20T08:00:00", "link": f"http://127.0.0.1/#comment-{number}",
        "content": {"rendered": f"<p>{words}</p>", "raw": words},
    }  # fmt: skip


async def _answer(method: str, path: str, body: bytes) -> tuple[str, bytes]:
    """(media type, body) of one request."""
    if path.startswith("/hang"):
        await asyncio.sleep(HANGS)
    if path.startswith(("/feed/", "/hang/")):
        await asyncio.sleep(DELAY)
        number = path.rpartition("/")[2]
        words = _ANGER if number.endswith("3") else _PRAISE  # each loads what the other needs not
        return "application/rss+xml", _FEED.format(n=number, item=_ITEM.format(n=number, words=words)).encode()
    if path.startswith("/wp-json/wp/v2/users/me"):
        return "application/json", json.dumps({"id": 1, "capabilities": {"moderate_comments": True}}).encode()
    if method == "POST":
        sent = json.loads(body)
        return "application/json", json.dumps(_comment("1000001", sent["content"], sent["parent"])).encode()
    number = path.partition("?")[0].rpartition("/")[2]
    found = _comment(number, "Die Lieferung kam zu spät.") if number.isdecimal() else []
    return "application/json", json.dumps(found).encode()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _version = head[0].split(" ")
            fields = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            media_type, said = await _answer(method, path, body)
            status = "201 Created" if method == "POST" else "200 OK"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(said)}\r\n"
                "X-WP-TotalPages: 1\r\n\r\n".encode()
                + said
            )
            await writer.drain()
            if fields.get("connection", "").lower() == "close":
                break
    writer.close()


async def _main(port: int) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
