"""Does a link open the view that it was copied from, however its choices are spelt?"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.desks import Desk

APP = str(Path(__file__).resolve().parent.parent / "app.py")
CHANNELS, GAPS, SHARED, INCIDENTS = ("pages/marketing/channels.py", "pages/together/ownership_gaps.py", "pages/together/shared_channels.py", "pages/it/incidents.py")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("links"))
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 31)]
    desk.give(
        channel="channel,kind,name,family\nsite,web,Website,site\napp,mobile,App,iOS app\n",
        daily="day,channel,device,sessions,conversions,page_views\n" + "".join(f"{d},site,desktop,100,3,300\n{d},app,mobile,50,2,90\n" for d in days),
        ownership="channel,metric,owner\nsite,*,it\napp,*,shared\n",
    )
    return desk


def in_the_url(app: AppTest, name: str) -> list[str]:
    """The values of a name, which AppTest gives as one text where there is one."""
    found = app.query_params[name]
    return [found] if isinstance(found, str) else found


def opened(desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch, **link: str | list[str]) -> AppTest:
    monkeypatch.setenv("COMMONGROUND_DATA", str(desk.data))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(page)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert [e.message for e in app.exception] == []
    return app


@pytest.mark.parametrize(
    ("name", "spellings", "chosen", "stands"),
    [
        ("kind", ["web", "Web", "WEB"], ["web"], ["web"]),
        ("kind", [["mobile", "Web"]], ["mobile", "web"], ["mobile", "web"]),
        ("owner", ["it", "IT"], ["IT"], ["it"]),
        ("owner", [["shared", "Nobody", "unowned"]], ["Shared", "Unowned"], ["shared", "unowned"]),
        ("device", ["mobile", "Mobile"], ["mobile"], ["mobile"]),
        ("period", ["90d", "90D", "Last 90 days", "last 90 days"], "90d", ["90d"]),
        ("metric", ["page_views", "Page views"], "page_views", ["page_views"]),
    ],
)
def test_a_filter_is_understood_by_id_or_label_in_any_case_and_stands_by_its_id(name: str, spellings: list[str], chosen: object, stands: list[str], small: Desk, monkeypatch):
    for spelling in spellings:
        app = opened(small, CHANNELS, monkeypatch, **{name: spelling})
        assert app.session_state[name] == chosen, spelling
        assert in_the_url(app, name) == stands, spelling


@pytest.mark.parametrize(
    ("page", "name", "spellings", "chosen", "stands"),
    [
        (CHANNELS, "split", ["region", "Region"], "region", ["region"]),
        (SHARED, "shared_split", ["kind", "Kind"], "kind", ["kind"]),
        (GAPS, "tab", ["policy", "What if", "what if"], "What if", ["policy"]),
        (GAPS, "tab", ["time", "Over time"], "Over time", ["time"]),
    ],
)
def test_a_split_and_a_tab_stand_by_their_ids(page: str, name: str, spellings: list[str], chosen: str, stands: list[str], small: Desk, monkeypatch):
    for spelling in spellings:
        app = opened(small, page, monkeypatch, **{name: spelling})
        assert app.session_state[name] == chosen
        assert in_the_url(app, name) == stands


def test_what_is_chosen_by_hand_takes_the_place_of_the_link_and_what_is_let_go_leaves_it(small: Desk, monkeypatch):
    app = opened(small, CHANNELS, monkeypatch, kind="Web")
    app.button_group(key="kind").set_value(["web", "mobile"]).run()
    assert in_the_url(app, "kind") == ["web", "mobile"]
    app.button_group(key="kind").set_value([]).run()
    assert "kind" not in app.query_params
    assert app.session_state["kind"] == []


def test_without_a_link_everything_stands_at_its_default(small: Desk, monkeypatch):
    app = opened(small, CHANNELS, monkeypatch)
    assert [app.session_state[name] for name in ("period", "compare", "metric", "kind", "split")] == ["28d", "previous", "conversion_rate", [], "device"]
    assert not app.query_params


def test_what_no_option_is_called_is_passed_over(small: Desk, monkeypatch):
    app = opened(small, CHANNELS, monkeypatch, kind=["webb", "web"], device="fridge", split="nothing")
    assert in_the_url(app, "kind") == ["web"]
    assert "device" not in app.query_params
    assert app.session_state["split"] == "device"
