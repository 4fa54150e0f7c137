"""docs/packages.md: what is installed beside us, under which licence, and who needs it.

`python -m tests.house.packages` writes it from requirements.lock and the environment; a test compares names and
versions, so that a package that comes in by a change of the lock is seen in its diff.
"""

import re
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "packages.md"
_EXTRA = "strong"  # the one that `make setup` installs
LOCKED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
HEAD = """# Packages

What `make setup` installs beside us: every line is pinned with its hashes in requirements.lock. Written by
`python -m tests.house.packages`, compared by a test. A CycloneDX file of the same is written by `.ci/weekly`, which
also resolves afresh, judges a sentence with it and asks for known weaknesses. Most packages are what the
prescribed ones bring along (textblob-de alone: nltk, joblib, regex, tqdm, click). "–": nobody here needs it, or not
on this platform.

| package | version | licence | needed by |
|---|---|---|---|
"""


def locked() -> list[tuple[str, str]]:
    """(name, version) of every line of requirements.lock, in its order; a name may have two versions by interpreter."""
    return LOCKED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))


def listed() -> list[tuple[str, str]]:
    """(name, version) of every row of the page."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [(name.removeprefix("| "), version) for name, version, *_ in rows[1:]]


def licence(name: str) -> str:
    """As the package says it: the SPDX expression, else its classifier, else the first words of its own line."""
    try:
        words = distribution(name).metadata
    except PackageNotFoundError:
        return "–"
    classified = [
        line.rpartition(" :: ")[2] for line in words.get_all("Classifier") or [] if line.startswith("License")
    ]
    own = (words.get("License") or "").strip().splitlines()
    return words.get("License-Expression") or ", ".join(classified) or (own[0][:40] if own else "–")


def needed_by() -> dict[str, set[str]]:
    """Canonical name -> who asks for it, in the environment as it is."""
    found: dict[str, set[str]] = {}
    for one in distributions():
        for line in one.requires or []:
            wanted = Requirement(line)
            extra = _EXTRA if one.metadata["Name"].lower() == "widerhall" else ""
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                found.setdefault(canonicalize_name(wanted.name), set()).add(one.metadata["Name"].lower())
    return found


def table() -> str:
    """The whole page."""
    ours = {canonicalize_name(name) for name, _ in locked()} | {"widerhall"}
    asks = needed_by()
    rows = []
    for name, version in locked():
        who = sorted(asks.get(canonicalize_name(name), set()) & ours) or ["–"]
        rows.append(f"| {name} | {version} | {licence(name)} | {', '.join(who)} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
