"""Does the README tell what the program can do?"""

from __future__ import annotations

from pathlib import Path

import pytest

from commonground.formats import mappings
from commonground.questions import QUESTIONS
from commonground.tables import TABLES

README = Path(__file__).resolve().parent.parent / "README.md"


def rows() -> list[str]:
    return [line for line in README.read_text().splitlines() if line.startswith("|")]


@pytest.mark.parametrize("name", [m.name for m in mappings()])
def test_every_format_has_a_row_in_the_readme(name: str):
    assert any(row.startswith(f"| {name} |") for row in rows())


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_stands_in_the_readme(name: str):
    assert f"`{name}`" in README.read_text()


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_ours_stands_in_the_readme(name: str):
    assert f"`{name}`" in README.read_text()
