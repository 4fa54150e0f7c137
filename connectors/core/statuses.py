"""What a status is on every server that speaks Mastodon's API: how it is counted, and how it was typed."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.core.contract import Post

_ADDRESS = re.compile(r"https?://\S+")
_REMOTE = re.compile(r"(@\w+(?:[.-]\w+)*)@[\w.-]+\w")


def counted(text: str) -> int:
    """Length as Mastodon counts: an address 23, a remote handle without its host."""
    return len(_REMOTE.sub(r"\1", _ADDRESS.sub("x" * 23, text)))


def typed(post: Post) -> str:
    """The text with whole handles; platforms show `@name` for `@name@host`."""
    text, mentions = post.text, post.raw.get("mentions")
    for entry in mentions if isinstance(mentions, list) else ():
        handle = entry.get("acct") if isinstance(entry, Mapping) else None
        if isinstance(handle, str) and "@" in handle:
            short = handle.partition("@")[0]
            text = re.sub(rf"(?<![\w@])@{re.escape(short)}(?![\w@])", "@" + handle.replace("\\", r"\\"), text)
    return text


def told_length(instance: Any) -> int | None:
    """The limit of a status in characters that a server names: `max_characters`, or the older `max_toot_chars`."""
    if not isinstance(instance, Mapping):
        return None
    configuration = instance.get("configuration")
    statuses = configuration.get("statuses") if isinstance(configuration, Mapping) else None
    told = statuses.get("max_characters") if isinstance(statuses, Mapping) else None
    for value in (told, instance.get("max_toot_chars")):
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
