"""How often does a page read the facts? Once or twice; what all days teach is read once for all pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from desks import Desk
from streamlit.testing.v1 import AppTest

from commonground import store

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py"))
CHOICES: tuple[dict[str, str], ...] = (
    {},
    {"region": "north"},
    {"region": "south"},
    {"kind": "web"},
    {"device": "mobile"},
    {"metric": "uptime"},
    {"metric": "revenue"},
)


@pytest.fixture(scope="module")
def larkspur(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("scans"))
    desk.take(ROOT / "sample_data" / "larkspur")
    return desk


def test_a_further_view_reads_the_facts_once_whatever_is_chosen(
    larkspur: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONGROUND_DATA", str(larkspur.data))
    read = store.Generation._read
    asked: list[str] = []

    def counted(self: store.Generation, query: str, *parameters: Any) -> Any:
        asked.append(query)
        return read(self, query, *parameters)

    monkeypatch.setattr(store.Generation, "_read", counted)

    def scans(page: str, choice: dict[str, str]) -> int:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in choice.items():
            app.query_params[name] = value
        app.switch_page(page).run()
        assert not app.exception, page
        found = sum(query.startswith("performance/") for query in asked)
        asked.clear()
        return found

    assert scans("pages/together/overview.py", {}) == 3, (
        "the period with its comparison; the history by day; the history by device and region"
    )
    for page in PAGES:
        assert scans(page, {}) <= 3, page
    metrics = [choice for choice in CHOICES if "metric" in choice]
    for choice in metrics:  # what all days teach of a metric
        scans("pages/together/shared_channels.py", choice)
        scans("pages/together/overview.py", choice)
    scans("pages/it/service_levels.py", {"device": "desktop"})
    new = {f"{page} {choice}": scans(page, choice) for page in PAGES for choice in CHOICES[1:]}
    assert {view: times for view, times in new.items() if times > 2} == {}
    again = {
        f"{page} {choice}": scans(page, choice | {"period": "90d"})
        for page in PAGES
        for choice in CHOICES
    }
    assert max(again.values()) <= 2, again
    assert sum(again.values()), "something was counted"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_missing_is_nowhere_written_as_python_writes_it(
    larkspur: Desk, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("COMMONGROUND_DATA", str(larkspur.data))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(page).run()
    said = [
        str(part.value)
        for kind in ("title", "markdown", "caption", "info", "metric")
        for part in app.get(kind)
    ]
    said += [
        cell
        for part in (*app.dataframe, *app.table)
        for cell in part.value.to_numpy().ravel()
        if isinstance(cell, str)
    ]
    assert len(said) > 3, "the page says something"
    assert [
        text
        for text in said
        if re.search(r"\b(nan|NaN|NaT|None|<NA>|inf)\b", text.replace("None of", ""))
    ] == []
