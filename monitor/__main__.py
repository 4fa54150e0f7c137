"""`widerhall` and `python -m monitor`."""

import signal
import sys


def main() -> None:
    """The console script."""
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted is signal.default_int_handler:  # nohup and others may have told us to ignore it
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while modules load: Python would print where it was
    from monitor.cli import run

    signal.signal(signal.SIGINT, interrupted)
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
