"""Requests that change something must come from our own page (RELIABILITY S5).

First line: `Sec-Fetch-Site`, else `Origin`, checked for every method but GET and HEAD. A request that says nothing about
where it comes from is refused. Second line: a token of the login in every form, compared by access.Acts.
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
    if site is not None and site != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return site == "same-origin"
    try:
        said, ours = urlsplit(origin), urlsplit(own)
        said_at, ours_at = said.netloc.lower(), ours.netloc.lower()
    except ValueError:
        return False
    return said_at != "" and said_at in {ours_at, headers.get("host", "").lower()}


def same_token(shown: str, stored: str) -> bool:
    """Is it the token that this login's forms carry?"""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), stored.encode())
