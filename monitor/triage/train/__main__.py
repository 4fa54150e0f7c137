"""`python -m monitor.triage.train [--data DIR] [--out DIR]`: train tier A on dev machines; byte for byte the same."""

import argparse
import logging
import os
import sys
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # sums in one order, before numpy is imported


def main() -> int:
    """Train and write `heads.npz` and `mix.npz`, with `--strong` also `mix-strong.npz`."""
    from monitor.triage.corpus import FOLDER, plain_cases, training_part
    from monitor.triage.model import heads, mix
    from monitor.triage.train.run import Unseen, foreign_heads, train, write

    parser = argparse.ArgumentParser(prog="python -m monitor.triage.train", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with train/*.jsonl of the outside corpora")
    parser.add_argument("--corpus", type=Path, default=FOLDER, help="folder of our own corpus")
    parser.add_argument("--strong", type=Path, help="what the strong tier says about unseen posts (train.strong)")
    parser.add_argument("--out", type=Path, default=heads.PATH.parent, help="where the two files go")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    outside = foreign_heads(given.data) if given.data else []
    strong = Unseen.read(given.strong) if given.strong else None
    trained = train(training_part(given.corpus), outside, plain_cases(), strong)
    write(trained.heads, given.out / heads.PATH.name)
    write(trained.mix, given.out / mix.PATH.name)
    if trained.both is not None:
        write(trained.both, given.out / mix.BOTH_PATH.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
