"""Does the README tell what the program can do?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commonground import files, landing
from commonground.catalogue import catalogue
from commonground.cli import _parser
from commonground.formats import mappings
from commonground.questions import QUESTIONS, ask
from commonground.scope import Scope
from commonground.store import current
from commonground.tables import TABLES, Table

README = Path(__file__).resolve().parent.parent / "README.md"


def rows() -> list[str]:
    return [line for line in README.read_text().splitlines() if line.startswith("|")]


@pytest.mark.parametrize("name", [m.name for m in mappings()])
def test_every_format_has_a_row_in_the_readme(name: str):
    assert any(row.startswith(f"| {name} |") for row in rows())


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_stands_in_the_readme(name: str):
    assert f"`{name}`" in README.read_text()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_of_ours_stands_in_the_readme_with_its_columns(table: Table):
    """Columns that must be there, then in brackets those that may; the measures of daily stand below the table."""
    (row,) = [row for row in rows() if row.startswith(f"| `{table.name}` |")]
    needs, _, may = row.split("|")[2].strip().partition(", [")
    known = [c for c in table.may if c not in catalogue().measures] + (["any measure"] if table.name == "daily" else [])
    assert needs.split(", ") == list(table.needs)
    assert may == (", ".join(known) + "]" if known else "")


def test_every_measure_stands_in_the_readme():
    assert f"Measures of `daily`: {', '.join(catalogue().measures)}." in README.read_text()


COMMANDS = sorted(set(re.findall(r"python -m commonground ([a-z]+)", README.read_text())))


def test_the_readme_names_commands_that_are_there():
    for command in COMMANDS:
        with pytest.raises(SystemExit) as stopped:
            _parser().parse_args([command, "++help" if command == "serve" else "--help"])
        assert stopped.value.code == 0, command


def test_the_smallest_set_of_the_readme_can_be_copied_into_a_shell(tmp_path: Path):
    (block,) = [text for text in re.findall(r"```sh\n(.*?)```", README.read_text(), re.S) if "mkdir -p mine" in text]
    words = block.replace("python -m", f"{sys.executable} -m").replace("data/mine", str(tmp_path / "data")).splitlines()[:-1]  # all but serve
    ended = subprocess.run(["sh", "-ec", "\n".join(words)], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(README.parent)}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    generation = current(tmp_path / "data")
    assert ask(generation, "totals", Scope(metrics=("sessions",)))["value"].tolist() == [1100 + 1200]
    assert set(ask(generation, "ownership", Scope())["tag"]) == {"Shared"}


def test_the_limits_of_the_readme_are_those_of_the_program():
    text = " ".join(README.read_text().split())
    assert f"files of {landing.MAX_BYTES / 1e9:.0f} GB or more" in text
    assert f"a sheet of more than {files.MAX_SHEET_CELLS / 1e6:.0f} million cells, Parquet of more than {files.MAX_ROWS / 1e6:.0f} million rows" in text


@pytest.mark.parametrize("picture", re.findall(r"!\[.*?\]\((.+?)\)", README.read_text()))
def test_pictures_of_the_readme_are_there(picture: str):
    assert (README.parent / picture).stat().st_size > 10_000
