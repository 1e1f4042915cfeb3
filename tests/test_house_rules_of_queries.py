"""House rules that a machine can check: queries say what they are, docs hold to the code."""

import re
from pathlib import Path

import duckdb
import pytest

from commonground.formats import mappings
from commonground.questions import QUESTIONS
from commonground.tables import TABLES

ROOT = Path(__file__).parent.parent
ASKED = sorted(p for p in (ROOT / "queries").glob("*/*.sql") if p.parent.name not in ("build", "mappings"))


@pytest.mark.parametrize("path", ASKED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_query_begins_with_its_question_and_declares_its_parameters(path: Path) -> None:
    text = path.read_text()
    assert text.splitlines()[0].startswith("-- ")
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    used = set(duckdb.extract_statements(text)[0].named_parameters)
    assert set(re.findall(r"\$(\w+)", head)) == used


def test_readme_names_every_export_every_table_and_every_question() -> None:
    readme = (ROOT / "README.md").read_text()
    for mapping in mappings():
        assert f"| {mapping.name} |" in readme, mapping.name
    for name in [*TABLES, *QUESTIONS]:
        assert f"`{name}`" in readme, name


def test_only_the_doors_import_streamlit_and_duckdb() -> None:
    for path in (ROOT / "commonground").rglob("*.py"):
        text, name = path.read_text(), path.name
        if name not in ("serve.py", "frame.py", "meeting.py", "chart.py", "pageparts.py", "ledgerparts.py", "dossierparts.py", "dailyparts.py", "historyparts.py", "evidenceparts.py"):
            assert not re.search(r"^\s*(import|from) streamlit", text, re.M), name
        if name not in ("store.py", "build.py", "landing.py", "files.py", "formats.py", "importing.py"):
            assert not re.search(r"^\s*(import|from) duckdb", text, re.M), name


def test_every_chart_and_table_of_a_page_is_said_in_words() -> None:
    for path in (ROOT / "pages").rglob("*.py"):
        text = path.read_text()
        drawn = len(re.findall(r"chart\.draw\(|st\.dataframe\(", text))
        assert len(re.findall(r"\balt=", text)) >= drawn, path.name
