"""Requests that change something must come from our own page (RELIABILITY S5).

First line: `Sec-Fetch-Site`, else `Origin`, checked for every method but GET and HEAD. A request that says nothing
about where it comes from is refused. Second line: a token of the login in every form, compared by access.Acts.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD"})


def same_origin(headers: Mapping[str, str], own: str) -> bool:
    """Does a changing request come from our own page?

    Args:
        headers: of the request, lower-case names.
        own: the address people type, `https://antworten.example`.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"  # a browser's own word; with no-referrer the origin of a form is "null"
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        said, ours = urlsplit(origin).netloc.lower(), urlsplit(own).netloc.lower()
    except ValueError:
        return False
    return said != "" and said in {ours, headers.get("host", "").lower()}


def same_token(shown: str, stored: str) -> bool:
    """Is it the token that this login's forms carry?"""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), stored.encode())
