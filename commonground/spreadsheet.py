"""CSV for people: what it says is shown by a spreadsheet, never run, and `import` reads it back to the letter."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet may run as a formula (`=cmd(...)` in a campaign's name)."""
NUMBER = re.compile(r"[+-]?[\d.,]+\s?%?")


def guarded(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it; `unguarded` gives it back as it was."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def has_guarded(text: str) -> bool:
    """Whether a file may hold guarded texts at all: most do not, and need not be looked through cell by cell."""
    return any(f"'{sign}" in text for sign in "=+-@\t\r")


def csv_of(frame: pd.DataFrame) -> str:
    """A frame as CSV, one line a row, without its index."""

    def safe(value: Any) -> Any:
        return guarded(value) if isinstance(value, str) else value

    texts = [name for name, kind in frame.dtypes.items() if pd.api.types.is_object_dtype(kind) or isinstance(kind, pd.StringDtype | pd.CategoricalDtype)]
    return str(frame.assign(**{str(name): frame[name].astype(object).map(safe) for name in texts}).to_csv(index=False, lineterminator="\n"))
