"""The demo: a made-up business, a made-up platform on loopback, and everything else real. Start: `start.py`."""

from pathlib import Path


def run(port: int, data: Path, fresh: bool) -> int:  # noqa: FBT001 - the command's own signature
    """Run the demo until a signal; see `monitor.demo.start.run`."""
    from monitor.demo.start import run as start  # heavy: only when the demo is really started

    return start(port, data, fresh)
