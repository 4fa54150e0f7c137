"""CSV and JSON lines."""

from pathlib import Path
from typing import ClassVar

from tests.connectors.contract import RECORDINGS, ConnectorContract


class TestCsvImport(ConnectorContract):
    """An export as it comes from German Excel."""

    kind = "csv_import"
    settings: ClassVar = {
        "path": str(Path(RECORDINGS / "csv_import" / "excel.csv")),
        "own_accounts": ("Bäckerei Sonne",),
    }
