"""`demo`: a made-up business, ready in a minute."""

import argparse


def demo(arguments: argparse.Namespace) -> int:
    """Start the demo; see monitor/demo."""
    from monitor.demo.start import run

    return int(run(port=arguments.port, data=arguments.data, fresh=arguments.fresh))
