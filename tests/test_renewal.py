"""What does a reader see whose data was built by another version of the program?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from desks import NOW
from test_pages import opened

from commonground import cli, store
from commonground.build import is_older, ready
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
