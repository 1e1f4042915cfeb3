"""What does a reader see whose data was built by another version of the program?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from desks import NOW
from test_pages import opened

from commonground import cli, store
from commonground.build import build, is_older, only_one, ready, renew
from commonground.review import Person, Review
from commonground.store import NoDataError, OlderDataError, current

if TYPE_CHECKING:
    from desks import Desk

DAILY = "day,channel,sessions\n2026-10-01,shop,10\n"


def older(desk: Desk, how: str) -> None:
    """Make the published file what another version, or an accident, would have left."""
    path = next(desk.data.glob("channels-*.duckdb"))
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:5000])
    elif how == "gone":
        path.unlink()
    else:
        with duckdb.connect(str(path)) as con:
            con.execute({"another recipe": "update build_info set recipe = 'x'", "no recipe": "alter table build_info drop recipe",
                         "no table": "drop table build_info"}[how])  # fmt: skip


HOWS = ("another recipe", "no recipe", "no table", "cut off", "gone")


@pytest.fixture
def filled(tmp_path, desk: Desk) -> Desk:
    desk.give(channel="channel,kind\nshop,web\n", daily=DAILY)
    return desk


@pytest.mark.parametrize("how", HOWS)
def test_it_is_built_again_by_itself_and_told_in_one_sentence(filled: Desk, how: str):
    older(filled, how)
    told: list[str] = []
    with pytest.raises(OlderDataError):
        current(filled.data)
    assert ready(filled.data, NOW, told.append).recipe == store.recipe()
    assert len(told) == 1
    assert "built again from the exports" in told[0]
    assert filled.total("sessions") == 10
    assert ready(filled.data, NOW, told.append).number == current(filled.data).number
    assert len(told) == 1, "the second time there is nothing to tell"


def test_what_this_version_built_is_not_built_again(filled: Desk):
    assert not is_older(filled.data)
    assert filled.generation.number == 1


@pytest.mark.parametrize("how", HOWS)
def test_a_page_opens_on_it(filled: Desk, how: str, monkeypatch):
    older(filled, how)
    app = opened(filled.data, None, monkeypatch)
    assert [e.message for e in app.exception] == []
    assert app.title[0].value.endswith("?")
    assert any("built again from the exports" in entry.value for entry in app.info)


def test_an_import_of_known_files_builds_it_again(filled: Desk):
    older(filled, "another recipe")
    outcome = filled.give(daily=DAILY)
    assert outcome.loads[0].unchanged
    assert outcome.built is not None
    assert filled.total("sessions") == 10


def test_the_command_line_answers_from_it_and_says_so_beside_the_answer(filled: Desk, capsys):
    older(filled, "no recipe")
    asked = ["ask", "totals", "--metric", "sessions", "--format", "csv", "--data", str(filled.data)]
    assert cli.main(asked) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith("sessions,count,10.0")
    assert "another version of Common Ground" in err


def test_build_if_older_does_nothing_where_nothing_is_older_or_nothing_is_there(filled: Desk, tmp_path, capsys):
    older(filled, "another recipe")
    assert cli.main(["build", "--if-older", "--data", str(filled.data)]) == 0
    assert "built again" in capsys.readouterr().err
    assert cli.main(["build", "--if-older", "--data", str(filled.data)]) == 0
    assert cli.main(["build", "--if-older", "--data", str(tmp_path / "none")]) == 0
    assert capsys.readouterr() == ("", "")


def test_without_its_exports_nothing_is_published_over_it(filled: Desk):
    older(filled, "another recipe")
    for path in filled.data.glob("landing/*/load.json"):
        path.unlink()
    with pytest.raises(NoDataError, match="Import them again"):
        ready(filled.data, NOW, print)
    assert len(list(filled.data.glob("channels-*.duckdb"))) == 1


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the order in which it lies in the file; build_info without number and moment."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        rows = {name: con.execute(f"from {name}").fetchall() for name in names}
    sorted_by_the_queries = {"ownership_spell", "state_spell", "daily_by_channel", "daily_by_day"}
    return {name: found if name in sorted_by_the_queries else sorted(found, key=repr) for name, found in rows.items() if name != "build_info"}


def signed(desk: Desk, channel: str, metric: str, day: date) -> None:
    """A decision that both sides signed on 2 November 2026."""
    review = Review.open(desk.data)
    made = review.propose(channel, metric, "marketing", day, "why", Person("Ada", "it"), datetime(2026, 11, 2, tzinfo=UTC))
    review.sign(made.id, Person("Ben", "marketing"), datetime(2026, 11, 2, 1, tzinfo=UTC))
    review.close()


@pytest.fixture
def quarrel(desk: Desk) -> Desk:
    """A shop that both sides claim and a site of IT, over October, by device."""
    days = [f"2026-10-{day:02}" for day in range(1, 31)]
    desk.give(
        channel="channel,kind\nshop,web\nsite,web\n",
        daily="day,channel,device,sessions,revenue\n" + "".join(f"{day},{c},{d},10,5\n" for day in days for c in ("shop", "site") for d in ("desktop", "mobile")),
        ownership="channel,metric,owner,asserted_by\nshop,*,it,it\nshop,*,marketing,marketing\nsite,*,it,\n",
    )
    return desk


def test_a_signature_makes_the_file_that_a_whole_build_makes(quarrel: Desk) -> None:
    tags = "select channel::varchar, tag::varchar, count(*) from daily group by all order by all"
    for channel, metric, day in (("shop", "*", date(2026, 10, 11)), ("site", "sessions", date(2026, 10, 21)), ("shop", "revenue", date(2026, 10, 26))):
        signed(quarrel, channel, metric, day)
        with only_one(quarrel.data):
            renewed = tables(renew(quarrel.data, NOW))
            assert renewed == tables(build(quarrel.data, NOW))
    with duckdb.connect(str(quarrel.data / (quarrel.data / "CURRENT").read_text()), read_only=True) as con:
        found = con.execute(tags).fetchall()
    assert found == [("shop", "Contested", 20), ("shop", "Marketing", 40), ("site", "IT", 40), ("site", "Shared", 20)]


def test_a_signature_takes_in_an_export_that_came_and_was_not_yet_built(quarrel: Desk) -> None:
    """An import that was killed before it could build left its export in the landing."""
    pointer, before = quarrel.data / "CURRENT", (quarrel.data / "CURRENT").read_text()
    quarrel.give(event="event,kind,starts_on,label\ne1,launch,2026-10-05,Launch\n")
    pointer.write_text(before)
    signed(quarrel, "shop", "*", date(2026, 10, 11))
    with only_one(quarrel.data):
        renew(quarrel.data, NOW)
    assert len(current(quarrel.data).rows("loads/table_event")) == 1
    assert quarrel.ask("channel_tags").query("channel == 'shop'")["tag"].tolist() == ["Contested", "Marketing"]


def test_a_signature_over_a_file_of_another_version_builds_it_anew(quarrel: Desk) -> None:
    older(quarrel, "another recipe")
    signed(quarrel, "shop", "*", date(2026, 10, 11))
    with only_one(quarrel.data):
        renew(quarrel.data, NOW)
    assert not is_older(quarrel.data)
