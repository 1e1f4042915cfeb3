"""Generations: swapped while people read, let go when nobody does, opened once."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from desks import Desk

from commonground.build import build
from commonground.catalogue import QUERIES
from commonground.frame import BLIND
from commonground.questions import ask, believed, performance
from commonground.scope import Scope
from commonground.store import Kept, current

NOW = datetime(2026, 11, 1, 8, 0)
READERS = 4
SWAPS = 3


@pytest.fixture
def read(shop: Desk) -> Desk:
    """A desk with ten days of sessions: 100 on each."""
    shop.give(daily="day,channel,sessions\n" + "".join(f"2026-10-{day:02d},shop,100\n" for day in range(1, 11)))
    return shop


def test_readers_see_the_old_generation_or_the_new_one_and_no_error_while_it_is_swapped(read: Desk):
    answers: set[tuple[int, float]] = set()
    errors: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                generation = current(read.data)
                total = ask(generation, "totals", Scope(metrics=("sessions",)))["value"].iloc[0]
                answers.add((generation.number, float(total)))
        except BaseException as error:  # a thread's error would be lost
            errors.append(error)

    first = read.generation.number
    readers = [threading.Thread(target=look) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for _ in range(SWAPS):
        build(read.data, NOW)
    newest = current(read.data).number
    for _ in range(1000):  # until everybody has met the newest
        if (newest, 1000.0) in answers or errors:
            break
        done.wait(0.01)
    done.set()
    for reader in readers:
        reader.join(timeout=30)
    assert errors == []
    assert newest == first + SWAPS
    assert {total for _, total in answers} == {1000.0}
    assert {number for number, _ in answers} >= {newest}


def test_a_generation_that_somebody_still_reads_answers_after_its_file_was_deleted(read: Desk):
    old = read.generation
    for _ in range(SWAPS):
        build(read.data, NOW)
    assert not old.path.exists()
    assert old.rows("loads/build_info")["generation"].iloc[0] == old.number


def test_a_generation_is_let_go_when_it_was_replaced_and_nobody_holds_it(read: Desk):
    ask(read.generation, "gaps", Scope())  # all that is kept of a generation is kept in it
    old = weakref.ref(read.generation)
    build(read.data, NOW)
    current(read.data)
    gc.collect()
    assert old() is None


def test_going_back_to_a_generation_that_is_still_open_opens_no_second_handle(read: Desk):
    old = read.generation
    build(read.data, NOW)
    assert current(read.data) is not old
    (read.data / "CURRENT").write_text(old.path.name)
    assert current(read.data) is old


def test_one_folder_by_two_names_is_one_generation(read: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(read.data.parent)
    assert current(Path(read.data.name)) is read.generation
    assert current(Path(os.curdir) / read.data.name) is read.generation


def test_a_narrow_answer_has_the_asked_columns_and_the_same_sums(read: Desk):
    params = {"first_day": "2026-10-01", "last_day": "2026-10-10", "channels": [], "owners": []}
    whole = read.generation.rows("performance/by_day", **params)
    narrow = read.generation.rows("performance/by_day", columns=["day", "sessions"], **params)
    assert list(narrow) == ["day", "sessions"]
    pd.testing.assert_frame_equal(narrow, whole[["day", "sessions"]], check_dtype=False)


def test_answers_without_an_order_of_their_own_come_as_the_rows_lie(desk: Desk):
    """Rows that come in jumbled lie by day, channel, device and region, and are read so, also under a filter."""
    keys = [(day, channel, device, region) for day in (3, 1, 2) for channel in ("shop", "ads") for device in ("phone", "desk") for region in ("w", "e")]
    rows = "\n".join(f"2026-10-0{day},{channel},{device},{region},1" for day, channel, device, region in keys)
    desk.give(channel="channel,kind,name\nshop,web,Shop\nads,campaign,Ads", daily=f"day,channel,device,region,sessions\n{rows}")
    asked = Scope(first_day=date(2026, 10, 1), last_day=date(2026, 10, 3), kinds=("web", "campaign"), regions=("w", "e"))
    found = performance.daily_cut(desk.generation, asked, ("sessions",))
    assert [(t.day.day, t.channel, t.device, t.region) for t in found.itertuples()] == sorted(keys)
    assert [(t.day.day, t.channel) for t in performance.daily_sums(desk.generation, replace(asked, regions=())).itertuples()] == sorted({key[:2] for key in keys})
    assert set(performance.daily_cut(desk.generation, replace(asked, kinds=("web",)), ("sessions",))["channel"]) == {"shop"}
    assert performance.daily_cut(desk.generation, replace(asked, kinds=("mobile",)), ("sessions",)).empty


def test_small_tables_come_sorted_by_all_their_columns(federal: Desk):
    """They lie so in the file, and are not sorted again when a page reads them."""
    queries = [*(QUERIES / "loads").glob("table_*.sql"), *(QUERIES / "ownership").glob("known_*.sql"), QUERIES / "loads/values.sql"]
    asked = {f"{path.parent.name}/{path.stem}": {"known_before": None} if "$known_before" in path.read_text() else {} for path in queries}
    for name in set(asked) - {"ownership/known_claim", "ownership/known_observed", "ownership/known_channel"}:
        rows = federal.generation.rows(name, **asked[name])
        assert list(rows.sort_values(list(rows), kind="stable").index) == list(range(len(rows))), name


def test_what_is_believed_now_is_the_same_by_either_clock(federal: Desk):
    """Pages read the table of today; whoever asks the second clock for now gets the same rows in the same order."""
    for table in believed.NOW:
        asked = federal.generation.rows(f"ownership/known_{table}", known_before=None)
        pd.testing.assert_frame_equal(believed.believed(federal.generation, table, None), asked)


@pytest.mark.parametrize("name", ["sessions from daily --", "*", "Sessions", ""])
def test_a_column_that_is_no_name_is_refused(read: Desk, name: str):
    with pytest.raises(ValueError, match="not the names of columns"):
        read.generation.rows("loads/table_channel", columns=[name])


def test_the_same_question_is_read_once_and_nobody_can_spoil_the_answer(read: Desk):
    generation = read.generation
    first = generation.rows("loads/table_channel")
    first["name"] = "spoilt"
    first.loc[first["channel"] == "shop", "kind"] = "spoilt"
    generation._handle.close()  # a second reading would fail
    assert list(generation.rows("loads/table_channel").set_index("channel").loc["shop", ["kind", "name"]]) == ["web", "Shop"]


def test_what_is_not_worth_it_is_not_kept():
    kept = Kept(2)
    assert [kept.get("large", lambda n=n: n, lambda value: value < 1) for n in (3, 2, 0, 5)] == [3, 2, 0, 0]


def test_the_thing_asked_for_longest_ago_is_let_go():
    kept, made = Kept(2), []
    for name in ("a", "b", "a", "c", "a", "b"):
        kept.get(name, lambda name=name: made.append(name))
    assert made == ["a", "b", "c", "b"]


def test_of_many_callers_one_makes_and_the_others_wait():
    kept, made, together = Kept(2), [], threading.Barrier(READERS)

    def ask_for() -> None:
        together.wait()
        kept.get("a", lambda: (threading.Event().wait(0.05), made.append(1)))

    callers = [threading.Thread(target=ask_for) for _ in range(READERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert made == [1]


def test_what_failed_is_tried_again():
    kept = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 7) == 7


@pytest.mark.parametrize("question", BLIND)
def test_questions_that_are_kept_for_all_cuts_answer_alike_under_each(read: Desk, question: str):
    read.give(daily2="day,channel,device,region,sessions,spend\n2026-10-05,shop,mobile,north,7,3\n2026-10-06,search,desktop,south,9,4\n",
              ownership="channel,metric,owner\nshop,sessions,it\nsearch,spend,\nshop,revenue,shared\n")  # fmt: skip
    cuts = ({}, {"devices": ("mobile",)}, {"regions": ("north",)}, {"compare": "none"}, {"compare": "last_year"})
    answers = [ask(read.generation, question, Scope(**cut)) for cut in cuts]
    assert len(answers[0]) or question in ("rejected", "left_out")
    for other in answers[1:]:
        pd.testing.assert_frame_equal(answers[0], other)
