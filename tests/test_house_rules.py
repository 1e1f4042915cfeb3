"""Rules of the house that a reader of one file cannot see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted((ROOT / "commonground").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
RUN_WHOLE = ("build", "mappings")
QUERIES = sorted(p for p in (ROOT / "queries").glob("*/*.sql") if p.parent.name not in RUN_WHOLE)
MAY_STREAMLIT = {"serve.py", "frame.py", "meeting.py", "chart.py", "pageparts.py", "ledgerparts.py", "dossierparts.py", "dailyparts.py", "historyparts.py", "evidenceparts.py"}
PARTS = sorted((ROOT / "commonground").glob("*parts.py"))
MAY_DUCKDB = {"store.py", "build.py", "landing.py", "files.py", "formats.py", "importing.py"}


def imported(path: Path) -> set[str]:
    """The top packages that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_page_stands_directly_in_pages():
    assert list((ROOT / "pages").glob("*.py")) == [], "Streamlit would find it by itself, beside the navigation"


def test_streamlit_is_imported_by_pages_and_their_parts_alone():
    assert {p.name for p in CODE if "streamlit" in imported(p)} <= MAY_STREAMLIT


def test_duckdb_is_imported_where_files_are_read_and_built_alone():
    assert {p.name for p in [*CODE, *PAGES] if "duckdb" in imported(p)} <= MAY_DUCKDB


@pytest.mark.parametrize("path", sorted((ROOT / "queries").glob("*/*.sql")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_query_begins_by_saying_what_it_answers(path: Path):
    assert re.match(r"-- .+[?.]$", path.read_text().splitlines()[0])


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_query_declares_the_parameters_that_it_takes(path: Path):
    text = path.read_text()
    statements = duckdb.extract_statements(text)
    assert len(statements) == 1
    comments = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert set(re.findall(r"\$([a-z_]+)", comments)) == set(statements[0].named_parameters)


def test_the_time_is_read_in_one_place_for_pages_and_the_command_line_alone():
    read = re.compile(r"date\.today\(|datetime\.(now|utcnow|today)\(|\btime\.time\(")
    asked = re.compile(r"\bclock\.(now|stamp)\(")
    code = [*CODE, *PAGES, ROOT / "app.py"]
    assert [p.name for p in code if read.search(p.read_text())] == ["clock.py"]
    assert [p.name for p in CODE if asked.search(p.read_text())] == ["cli.py"]


@pytest.mark.parametrize("path", [*PAGES, *PARTS], ids=lambda p: p.name)
def test_every_chart_and_table_says_what_it_shows_in_words(path: Path):
    silent = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("chart.draw", "st.dataframe")
        and "alt" not in {word.arg for word in node.keywords}
    ]
    assert silent == []


@pytest.mark.parametrize("path", [*PAGES, *CODE, ROOT / "app.py"], ids=lambda p: p.name)
def test_no_page_writes_raw_html(path: Path):
    assert "unsafe_allow_html" not in path.read_text()
