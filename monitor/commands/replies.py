"""`check-reply`: what the guideline and the law say about a reply, before it goes out. Other programs call it."""

import argparse
import sys

from monitor.commands.lines import _open_lines, put


def check_reply(arguments: argparse.Namespace) -> int:
    """JSON lines -> findings per line in the same order; a broken line is told in its place."""
    from replies.policy.lines import check_lines

    broken = False
    with _open_lines(arguments.file) as source:
        if source is None:
            return 2
        for line in check_lines(source):
            broken = broken or "error" in line
            put(line)
            sys.stdout.buffer.flush()
    return 1 if broken else 0
