"""Where the strong tier's model lies, and whether it can run here; no numpy, for a daemon asks as well."""

from importlib.util import find_spec
from pathlib import Path

PATH = Path(__file__).with_name("strong.onnx")
TABLE = Path(__file__).with_name("strong.npz")


def installed() -> bool:
    """Whether the extra `strong` is there; asks for the package without importing it."""
    return find_spec("onnxruntime") is not None and PATH.is_file()
