"""`widerhall` and `python -m monitor`."""

import sys

from monitor.cli import run


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
