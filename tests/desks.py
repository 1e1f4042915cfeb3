"""A desk: a data folder of its own, files written by hand, questions asked of a real database."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commonground.importing import Outcome, import_paths
from commonground.landing import Load
from commonground.questions import ask
from commonground.scope import Scope
from commonground.store import Generation, current

NOW = datetime(2026, 11, 1, 8, 0)


class Desk:
    """Write exports, import them, ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "exports"
        self.folder.mkdir()
        self.data = folder / "data"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, *paths: Path, dry_run: bool = False) -> Outcome:
        return import_paths(paths, self.data, NOW, dry_run=dry_run)

    def give(self, dry_run: bool = False, /, **files: str) -> Outcome:
        """Write ``name.csv`` for each file, and import them together."""
        return self.take(*[self.write(f"{name}.csv", text) for name, text in files.items()], dry_run=dry_run)

    def load(self, path: Path) -> Load:
        """Import one file; its line of the report."""
        (load,) = self.take(path).loads
        return load

    @property
    def generation(self) -> Generation:
        return current(self.data)

    def ask(self, question: str, first: str | None = None, last: str | None = None, **scope: Any) -> pd.DataFrame:
        as_of = scope.pop("as_of", None)
        days = [date.fromisoformat(day) if day else None for day in (first, last, as_of)]
        return ask(self.generation, question, Scope(first_day=days[0], last_day=days[1], as_of=days[2], **scope))

    def total(self, metric: str, first: str | None = None, last: str | None = None, **scope: Any) -> float | None:
        """One metric over everything in scope; None where nothing was observed."""
        value = self.ask("totals", first, last, metrics=(metric,), **scope)["value"].iloc[0]
        return None if pd.isna(value) else float(value)
