"""`bench fetch`: 500 sources whose platform takes 200 ms, against bare aiohttp; and one that hangs among twenty.

Both sides make the same GETs over connections that are kept open. Ours also reads the feed into posts, in the threads
that the daemon has (RELIABILITY P9, P10, G13).
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from connectors.core import registry
from connectors.core.contract import Reader
from monitor.bench.place import answering, free_port, house_in, process
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.daemon import READERS, Daemon
from monitor.tables import RunKind, Source
from monitor.words import _

SOURCES, _FEW = 500, 20
_ROUNDS = 5
_PATIENCE = 60.0
_SOURCE = """[sources.s{n}]
kind = "rss"
title = "Forum {n}"
url = "{url}"
allow_networks = ["127.0.0.0/8"]
"""


def fetch(options: Options) -> Lines:
    """The walk alone, whole rounds with the database, and what a hanging source does to the others."""
    number = min(options.posts or SOURCES, SOURCES)
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        base = stack.enter_context(platform(folder))
        urls = [f"{base}/feed/{n}" for n in range(number)]
        yield Note(_("{n} Quellen zu 200 ms, {threads} Fäden").format(n=number, threads=READERS))
        pool = stack.enter_context(ThreadPoolExecutor(READERS))
        walk = partial(seconds, partial(_walk, pool, _readers(urls)))
        rounds = stack.enter_context(_rounds(folder / "rounds", urls, pool))
        if find_spec("aiohttp") is None:
            yield Note(_("Für den Vergleich fehlt das Paket aiohttp. Installieren Sie es mit: pip install aiohttp"))
        else:
            bare = stack.enter_context(_aiohttp(urls))
            in_turns(1, walk, bare, rounds)  # connections and caches are warm, the posts are stored
            ours, theirs, whole = in_turns(_ROUNDS, walk, bare, rounds)
            yield Ratio(_("Abruf aller Quellen gegen bloßes aiohttp"), ours / theirs, 4.0)
            yield Ratio(_("ganze Runden mit Datenbank gegen bloßes aiohttp"), whole / theirs, None)
        places = (folder / str(n) for n in range(100))
        clean, hanging = in_turns(
            2, lambda: _until_read(next(places), base, hangs=False), lambda: _until_read(next(places), base, hangs=True)
        )
        yield Ratio(_("eine hängende Quelle verspätet die anderen um Sekunden"), max(hanging - clean, 0.0), 1.0)


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """The platform of loopback.py; its address."""
    port = free_port()
    with process(["-m", "monitor.bench.loopback", str(port)], folder) as child:
        answering(port, child)
        yield f"http://127.0.0.1:{port}"


def feeds(urls: Sequence[str]) -> str:
    """The configuration of one source for each address."""
    return "\n".join(_SOURCE.format(n=n, url=url) for n, url in enumerate(urls))


def _readers(urls: Sequence[str]) -> list[Reader]:
    settings = registry.settings_class("rss")
    own = {"allow_networks": ("127.0.0.0/8",)}
    return [registry.open_connection("rss", settings.model_validate({"url": url, **own})) for url in urls]


def _walk(pool: ThreadPoolExecutor, readers: Sequence[Reader]) -> None:
    items = sum(pool.map(_items, readers))
    if items != len(readers):
        raise RuntimeError(f"{items} items of {len(readers)} sources")


def _items(reader: Reader) -> int:
    return sum(len(page.items) for page in reader.pages(None))


@contextmanager
def _rounds(folder: Path, urls: Sequence[str], pool: ThreadPoolExecutor) -> Iterator[partial[float]]:
    with house_in(folder, feeds(urls)) as house:

        def read() -> None:
            names = list(house.config.sources)
            found = list(pool.map(lambda name: house.ingest.read(name, RunKind.POLL, house.now), names))
            if not all(one is not None and one.ok for one in found):
                raise RuntimeError("not every source could be read")

        yield partial(seconds, read)


@contextmanager
def _aiohttp(urls: Sequence[str]) -> Iterator[partial[float]]:
    import aiohttp

    async def get(session: Any, url: str) -> int:
        async with session.get(url) as answer:
            return len(await answer.read())

    async def every(session: Any) -> None:
        await asyncio.gather(*(get(session, url) for url in urls))

    async def opened() -> Any:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(opened())
    yield partial(seconds, lambda: loop.run_until_complete(every(session)))
    loop.run_until_complete(session.close())
    loop.close()


def _until_read(folder: Path, base: str, *, hangs: bool) -> float:
    """Seconds from the daemon's start until every source that answers has been read."""
    urls = [f"{base}/hang" if hangs and n == 0 else f"{base}/feed/{n}" for n in range(_FEW)]
    with house_in(folder, "[timing]\ntick = 0.2\ndrain = 1\n" + feeds(urls)) as house:
        daemon = Daemon(house)
        begin = time.perf_counter()
        daemon.start()
        wanted = select(func.count()).where(col(Source.succeeded_at).is_not(None), col(Source.name) != "s0")
        try:
            while time.perf_counter() < begin + _PATIENCE:
                with house.reading() as session:
                    if session.exec(wanted).one() == _FEW - 1:
                        return time.perf_counter() - begin
                time.sleep(0.02)
        finally:
            daemon.stop()
    raise RuntimeError("the sources were not read in time")
