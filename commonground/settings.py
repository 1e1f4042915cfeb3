"""The few settings of a data folder: ``settings.json``, written at the first import, edited by hand."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


class DataFolderError(RuntimeError):
    """The data folder cannot be read or written; the text says why and what to do."""


@dataclass
class Settings:
    """``currency``: the reporting currency (that of the first export with one); ``fiscal_start``: a month."""

    currency: str | None = None
    fiscal_start: int = 1

    @classmethod
    def read(cls, data: Path) -> Settings:
        """The settings of a data folder, defaults where it has none; raises DataFolderError."""
        path = data / "settings.json"
        try:
            found = cls(**json.loads(path.read_text())) if path.exists() else cls()
        except (TypeError, ValueError) as error:
            raise DataFolderError(f"{path} is no settings file of this version ({error}); it may hold currency and fiscal_start.") from None
        if not isinstance(found.currency, str | None) or found.fiscal_start not in range(1, 13):
            raise DataFolderError(f"{path}: currency is a text such as EUR, fiscal_start a month from 1 to 12.")
        return found

    def write(self, data: Path) -> None:
        """Keep them, at one stroke."""
        work = data / ".settings.tmp"
        work.write_text(json.dumps(asdict(self), indent=1))
        os.replace(work, data / "settings.json")  # noqa: PTH105


def data_dir(given: str | None = None) -> Path:
    """The data folder: as given, else COMMONGROUND_DATA, else ``data`` beside app.py."""
    named = given or os.environ.get("COMMONGROUND_DATA")
    return Path(named) if named else Path(__file__).resolve().parent.parent / "data"
