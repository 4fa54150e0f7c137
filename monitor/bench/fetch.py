"""`bench fetch`: 500 sources whose platform takes 200 ms, against bare aiohttp; and one that hangs among twenty.

Both sides make the same GETs over connections that are kept open. Ours also reads the feed into posts, in the threads
that the daemon has (RELIABILITY P9, P10, G13).
"""

import asyncio
import logging
import resource
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
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
from monitor.tables import Source
from monitor.triage import PostText, default_judge
from monitor.words import _

SOURCES, _FEW = 500, 20
_ROUNDS = 3
_PATIENCE = 300.0
_SOURCE = """[sources.s{n}]
kind = "rss"
title = "Forum {n}"
url = "{url}"
allow_networks = ["127.0.0.0/8"]
"""


def fetch(options: Options) -> Lines:
    """The walk over all sources, and what a hanging one does to the others."""
    _more_files()
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a bell that rings late is no news here
    default_judge().judge(PostText("", "Alles bestens."))  # what loads once is no hanging source's fault
    number = min(options.posts or SOURCES, SOURCES)
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        base = stack.enter_context(platform(folder))
        urls = [f"{base}/feed/{n}" for n in range(number)]
        yield Note(_("{n} Quellen zu 200 ms, {threads} Fäden").format(n=number, threads=READERS))
        pool = stack.enter_context(ThreadPoolExecutor(READERS))
        walk = partial(seconds, partial(_walk, pool, _readers(urls)))
        if find_spec("aiohttp") is None:
            yield Note(_("Für den Vergleich fehlt das Paket aiohttp. Installieren Sie es mit: pip install aiohttp"))
        else:
            bare = stack.enter_context(_aiohttp(urls))
            in_turns(1, walk, bare)  # from here on the connections stand
            ours, theirs = in_turns(_ROUNDS, walk, bare)
            yield Ratio(_("Abruf aller Quellen gegen bloßes aiohttp"), ours / theirs, 4.0)
        places = (folder / str(n) for n in range(100))
        clean, hanging = in_turns(
            2, lambda: _until_read(next(places), base, hangs=False), lambda: _until_read(next(places), base, hangs=True)
        )
        yield Ratio(_("eine hängende Quelle verspätet die anderen um Sekunden"), max(hanging - clean, 0.0), 1.0)


def _more_files() -> None:
    """Two connections to each source are open at once; many systems allow 1,024 files until one asks for more."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """The platform of loopback.py; its address."""
    port = free_port()
    with process(["-m", "monitor.bench.loopback", str(port)], folder) as child:
        answering(port, child, folder)
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
    with ThreadPoolExecutor(1) as thread:  # of its own: the caller's thread may have a running loop

        def run(work: Coroutine[Any, Any, Any]) -> Any:
            return thread.submit(loop.run_until_complete, work).result()

        session = run(opened())
        try:
            yield partial(seconds, lambda: run(every(session)))
        finally:
            run(session.close())
            loop.close()


def _until_read(folder: Path, base: str, *, hangs: bool) -> float:
    """Seconds from the daemon's start until every source that answers has been read."""
    urls = [f"{base}/hang/0" if hangs and n == 0 else f"{base}/feed/{n}" for n in range(_FEW)]
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
            while daemon.hanging:  # its round ends in the house that it began in
                time.sleep(0.05)
    raise RuntimeError("the sources were not read in time")
