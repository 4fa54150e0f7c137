"""One short message to one place that Apprise knows: ntfy, Teams, Slack … Apprise is loaded when one is configured."""

import logging
import warnings

from monitor.notify.errors import NotSent


def send(address: str, subject: str, body: str) -> None:
    """Hand it over.

    Raises:
        NotSent: the place did not take it, or its address is not understood.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it loads all its places, and some import what is old
        _hand_over(address, subject, body)


def _hand_over(address: str, subject: str, body: str) -> None:
    try:
        import apprise
    except ImportError as error:
        raise NotSent("apprise is not installed") from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses, and they are secrets
    place = apprise.Apprise()
    if not place.add(address):
        raise NotSent("the address is not understood")
    try:
        taken = place.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:
        raise NotSent(type(error).__name__) from error
    if not taken:
        raise NotSent("the place did not take it")
