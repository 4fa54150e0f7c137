"""The made-up platform's pages for people: one list, one page per post. German, plain, nothing to click but links."""

import html
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.demo.stage import Stage, Status
from monitor.words import _

NAME = "stadtfunk.example"
_MENTION = re.compile(r"(?<![\w/])@([A-Za-z0-9_]+)")
_STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:0 auto;padding:1rem;color:#1c1c28;background:#f6f6fa}
a{color:#4338ca}article{background:#fff;border:1px solid #d9d9e6;border-radius:.6rem;padding:.8rem 1rem;margin:.7rem 0}
article p{margin:.5rem 0 0}
article.under{margin-left:1.6rem}article.asked{border-color:#4338ca;box-shadow:0 0 0 1px #4338ca}
article.ours{background:#eef6ee;border-color:#5a8f5a}header,footer,small{color:#55556a}
@media(prefers-color-scheme:dark){body{background:#15151d;color:#e8e8f0}article{background:#1f1f2b;border-color:#3a3a4d}
article.ours{background:#1c2b1f}a{color:#a5b4fc}header,footer,small{color:#a9a9bd}}
"""


def content(text: str, address: str) -> str:
    """Plain text as Mastodon's HTML: paragraphs, line breaks, mentions as links."""
    safe = html.escape(text, quote=False)
    linked = _MENTION.sub(
        lambda found: (
            f'<span class="h-card" translate="no"><a href="{address}/@{found[1]}" class="u-url mention">'
            f"@<span>{found[1]}</span></a></span>"
        ),
        safe,
    )
    paragraphs = [part.replace("\n", "<br />") for part in linked.split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in paragraphs)


def front(stage: Stage, who: str | None = None) -> str:
    """All public posts, newest first; with `who` those of one account."""
    shown = [status for status in reversed(stage.all()) if status.public and who in (None, status.who)]
    title = NAME if who is None else f"{stage.shown(who)} · {NAME}"
    return _frame(title, "".join(_article(stage, status) for status in shown))


def thread(stage: Stage, status: Status) -> str:
    """A post with what stands above and below it."""
    above = "".join(_article(stage, each) for each in stage.ancestors(status) if each.public)
    below = "".join(_article(stage, each, "under") for each in stage.descendants(status.id) if each.public)
    return _frame(f"{stage.shown(status.who)} · {NAME}", above + _article(stage, status, "asked") + below)


def missing() -> str:
    """What stands where nothing is."""
    return _frame(NAME, f"<p>{_('Diesen Beitrag gibt es hier nicht (mehr).')}</p>")


def _article(stage: Stage, status: Status, mark: str = "") -> str:
    ours = "ours" if status.who == stage.business else ""
    edited = f" · {_('bearbeitet')} {_when(status.edited)}" if status.edited else ""
    return (
        f'<article class="{mark} {ours}" id="{status.id}"><header><b>{html.escape(stage.shown(status.who))}</b> '
        f'<small>@{status.who} · <a href="/@{status.who}/{status.id}">{_when(status.created)}</a>{edited}</small>'
        f"</header>"
        f"{content(status.text, '')}</article>"
    )


def _when(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(ZoneInfo("Europe/Berlin")).strftime("%d.%m.%Y, %H:%M:%S")


def _frame(title: str, body: str) -> str:
    notice = _("Erfundene Plattform der Widerhall-Vorführung. Sie läuft nur auf diesem Rechner; niemand hier ist echt.")
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f'<body><header><h1><a href="/">{NAME}</a></h1><p>{notice}</p></header><main>{body}</main></body></html>'
    )
