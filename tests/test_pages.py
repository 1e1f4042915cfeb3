"""Does every page open, on little data, on real data, and on none?"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from commonground import chart
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


ODD = ["=cmd()", "<b>x</b><script>alert(1)</script>", "$x$ :red[y] :material/home:", "**b** [link](javascript:alert(1))", "'; drop table daily; --",
       "a&b=c?d#e/f", "\u202e \U0001f389 \u00e9", "N" * 200]  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, federal: Desk) -> Desk:
    """Everything that can have a name is called something that a page might trip over."""
    desk = type(federal)(tmp_path_factory.mktemp("odd"))
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 29)]
    by_name: dict[str, tuple[str, Callable[[int, str], list[object]]]] = {
        "channel": ("channel,kind,name,family,address", lambda n, x: [x, ("web", "mobile", "campaign")[n % 3], x, x, x]),
        "org": ("org,side,name", lambda n, x: [x, ("it", "marketing")[n % 2], x]),
        "ownership_claim": ("asserted_by,org,role,channel,metric,source", lambda n, x: [("it", "marketing")[n % 2], x, "A", ODD[n // 2], "*", x]),
        "incident": ("incident,channel,started_at,resolved_at,severity,summary", lambda n, x: [x, x, "2026-10-05 10:00", "2026-10-06 10:00", x, x]),
        "event": ("event,kind,starts_on,label,channel", lambda n, x: [x, x, "2026-10-10", x, x]),
        "slo": ("channel,metric,objective", lambda n, x: [x, "uptime", 0.999]),
        "tool": ("tool,capability,channel,org,annual_cost", lambda n, x: [x, ODD[n // 2], x, x, 5]),
        "goal": ("goal,side,rank,text,metrics", lambda n, x: [x, "it", 1, x, "uptime"]),
        "request": ("request,from_side,to_side,opened_on,channel,metric,reason,summary", lambda n, x: [x, "it", "marketing", "2026-10-01", x, "uptime", x, x]),
        "checklist_item": ("channel,side,item,evidence", lambda n, x: [x, "technology", x, x]),
        "glossary": ("term,side,meaning,metric,formula", lambda n, x: [x, "it", x, "uptime", x]),
        "need": ("org,channel,metric,purpose", lambda n, x: [x, x, "uptime", x]),
    }
    for table, (head, row) in by_name.items():
        text = io.StringIO()
        csv.writer(text).writerows([head.split(","), *(row(n, x) for n, x in enumerate(ODD))])
        desk.write(f"{table}.csv", text.getvalue())
    text = io.StringIO()
    csv.writer(text).writerows([
        ["day", "channel", "campaign", "device", "region", "sessions", "conversions", "revenue", "spend", "minutes_expected", "minutes_up"],
        *([day, x, x, ODD[m % 2], ODD[m % 3], 100 + n + m % 7, 5, 50, 10, 1440, 1400] for m, day in enumerate(days) for n, x in enumerate(ODD)),
    ])  # fmt: skip
    desk.write("daily.csv", text.getvalue())
    outcome = desk.take(desk.folder)
    assert outcome.exit_code == 0, outcome.loads
    return desk


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", [None, *ODD[:6]], ids=lambda name: "no link" if name is None else f"link {ODD.index(name)}")
def test_a_page_shows_whatever_things_are_called(page: str, name: str | None, odd: Desk, monkeypatch):
    app = opened(odd.data, page, monkeypatch, {"channel": name, "channel_id": name, "cell": f"{name}|uptime"} if name else None)
    assert [e.message for e in app.exception] == []
    assert app.title[0].value.endswith("?")


RAW = ("](javascript", "**b**", ":red[y]", ":material/home", "$x$", "<b>x</b>", "<script")
"""What would be drawn as markup, were a name of ODD put into a text as it is."""


@pytest.mark.parametrize("page", PAGES)
def test_no_name_is_drawn_as_markup(page: str, odd: Desk, monkeypatch):
    drawn: list[str] = []
    draw = chart.draw

    def seen(figure: dict[str, Any], *, alt: str, **more: Any) -> None:
        data = [{part: value for part, value in trace.items() if part != "customdata"} for trace in figure["data"]]  # ids, not drawn
        drawn.extend([alt, orjson.dumps([data, figure["layout"]], option=orjson.OPT_SERIALIZE_NUMPY).decode()])
        draw(figure, alt=alt, **more)

    monkeypatch.setattr(chart, "draw", seen)
    for name in (ODD[1], ODD[2], ODD[3]):
        app = opened(odd.data, page, monkeypatch, {"channel": name, "channel_id": name, "cell": f"{name}|uptime"})
        said = [str(part.value) for kind in ("title", "header", "markdown", "caption", "info", "warning", "success") for part in app.get(kind)]
        said += [str(part.label) for kind in ("metric", "expander", "button", "button_group") for part in app.get(kind)]
        said += [str(option) for part in app.get("button_group") for option in part.options]
        said += [str(value) for table in app.table for value in [*table.value.index, *table.value.to_numpy().ravel()]]
        told = [text for text in [*said, *drawn] if any(sign in text for sign in RAW)]
        assert not told, [text[max(0, min(text.find(s) for s in RAW if s in text) - 120):][:240] for text in told[:3]]


@pytest.mark.parametrize("page", PAGES)
def test_without_the_store_of_decisions_a_page_says_so_and_shows_the_rest(page: str, small: Desk, monkeypatch):
    monkeypatch.setenv("COMMONGROUND_REVIEW_URL", "postgresql+psycopg://ada:secret@127.0.0.1:1/nothing")
    st.cache_resource.clear()
    app = opened(small.data, page, monkeypatch)
    assert [e.message for e in app.exception] == []
    assert len(app.title) + len(app.error) > 0
    assert all("Decisions can be neither read nor made" in error.value and "secret" not in error.value for error in app.error)
    st.cache_resource.clear()


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


def test_where_nobody_has_said_who_owns_what_the_page_says_how_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.give(channel="channel,kind,name,family\nshop,web,Shop,site\n", daily="day,channel,sessions\n2026-10-01,shop,100\n2026-10-02,shop,120\n")
    said = "\n".join(part.value for kind in ("markdown", "caption") for part in opened(desk.data, "pages/together/ownership_gaps.py", monkeypatch).get(kind))
    assert "None of 1 metrics has ever had an owner: nobody has said yet who owns what" in said
    assert "Say it in ownership.csv (channel, metric, owner), as the Data page shows." in said
    desk.give(ownership="channel,metric,owner\nshop,sessions,it\n")
    said = "\n".join(part.value for part in opened(desk.data, "pages/together/ownership_gaps.py", monkeypatch).markdown)
    assert "nobody has said yet" not in said
