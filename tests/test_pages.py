"""Does every page open, on little data, on real data, and on none?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from commonground.catalogue import catalogue, write

if TYPE_CHECKING:
    from desks import Desk

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py"))


NONSENSE = {
    "period": "custom", "from": "9999-99-99", "to": "0001-01-01", "compare": "x", "metric": "revenue'; drop table daily;--", "kind": "<script>",
    "owner": "Nobody", "device": "\x00", "region": "mars", "channel": "<b>x</b>", "channel_id": "../../etc", "cell": "a|b|c", "as_of": "1800-01-01",
    "known_on": "x", "by": "x", "pace": "zzz", "tab": "9", "present": "x",
}  # fmt: skip


def opened(data: Path, page: str | None, monkeypatch: pytest.MonkeyPatch, link: dict[str, str] | None = None) -> AppTest:
    monkeypatch.setenv("COMMONGROUND_DATA", str(data))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in (link or {}).items():
        app.query_params[name] = value
    if page:
        app.switch_page(page)
    return app.run()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, federal: Desk) -> Desk:
    desk = type(federal)(tmp_path_factory.mktemp("small"))
    days = [f"2026-10-{day:02d}" for day in range(1, 15)]
    desk.give(
        channel="channel,kind,name,family\nshop,web,Shop,site\nsearch,campaign,Search,paid search\n",
        daily="day,channel,sessions,conversions,revenue,minutes_expected,minutes_up\n"
        + "".join(f"{day},shop,100,5,500,1440,1430\n" for day in days),
        ads="day,channel,impressions,clicks,spend,device\n" + "".join(f"{day},search,1000,20,10,mobile\n" for day in days),
        ownership="channel,metric,owner\nshop,revenue,shared\nshop,uptime,it\n",
        slo="channel,metric,objective\nshop,uptime,0.999\n",
    )
    return desk


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("data", ["small", "federal"])
def test_a_page_opens_and_its_title_is_a_question(page: str, data: str, request, monkeypatch):
    app = opened(request.getfixturevalue(data).data, page, monkeypatch)
    assert [e.message for e in app.exception] == []
    assert app.title[0].value.endswith("?")


@pytest.mark.parametrize("page", PAGES)
def test_a_link_that_was_mistyped_opens_the_page_without_an_error(page: str, small: Desk, monkeypatch):
    app = opened(small.data, page, monkeypatch, NONSENSE)
    assert [e.message for e in app.exception] == []
    assert app.title[0].value.endswith("?")


def test_each_page_has_a_question_of_its_own(small: Desk, monkeypatch):
    titles = [opened(small.data, page, monkeypatch).title[0].value for page in PAGES]
    assert len(set(titles)) == len(PAGES)


def test_without_data_the_first_page_says_how_to_begin(tmp_path: Path, monkeypatch):
    app = opened(tmp_path, None, monkeypatch)
    assert not app.exception
    assert app.title[0].value == "Nothing has been imported yet"
    assert "commonground import" in app.code[0].value


@pytest.mark.parametrize("data", ["small", "federal"])
def test_the_totals_on_the_overview_are_those_of_ask(data: str, request, monkeypatch):
    desk = request.getfixturevalue(data)
    app = opened(desk.data, None, monkeypatch)
    assert app.metric
    totals = desk.ask("totals").set_index("metric")["value"]
    by_label = {metric.label: metric for metric in catalogue().metrics.values()}
    for tile in app.metric:
        metric = by_label[tile.label]
        assert tile.value == write(metric, totals[metric.id], desk.generation.currency)
