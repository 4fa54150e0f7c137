"""Writes what a connector makes of its recordings: `python -m tests.connectors.expect KIND`. Look at the difference.

The settings are those of the connector's test class.
"""

import importlib
import json
import sys

from connectors.core import registry
from connectors.core.export import as_json
from tests.connectors.contract import ConnectorContract, read, recordings


def main(kind):
    """Write NAME.expected.json beside every recording of `kind`."""
    tests = importlib.import_module(f"tests.connectors.test_{kind}")
    suite = next(
        value for value in vars(tests).values() if isinstance(value, type) and value.__dict__.get("kind") == kind
    )
    assert issubclass(suite, ConnectorContract)
    module = registry.module(kind)
    here = {name: value.format(server="http://127.0.0.1", canary="x") if isinstance(value, str) else value
            for name, value in suite.settings.items()}  # fmt: skip
    for path in recordings(kind):
        found = [as_json(item) for item in read(module, path.read_bytes(), module.Settings(**here))]
        (path.parent / f"{path.stem}.expected.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
