"""Values as TOML, for tests that write configurations."""

import json


def literal(value) -> str:
    """A boolean, number, text or list as TOML writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=True)
