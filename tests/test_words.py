"""Do the sentences say what the numbers support, and never more?"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from commonground import evidencewords, words
from commonground.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent
SHOWN = [*sorted((ROOT / "pages").rglob("*.py")), *sorted((ROOT / "commonground").glob("*parts.py")), ROOT / "commonground" / "words.py"]
FORBIDDEN = re.compile(r"\b(significan\w+|caused|causes|because of|due to|no effect|prove[sn]?|proof)\b", re.IGNORECASE)
JARGON = re.compile(r"degrees of freedom|\bOLS\b|p-value|\bnan\b|\bNone\b|\bNaN\b|\bbeta\b", re.IGNORECASE)
CVR, COST, SPEND = catalogue()["conversion_rate"], catalogue()["cost_per_acquisition"], catalogue()["spend"]
NAMES = {"gift": "Gift shop", "web": "Web shop", "ios": "iPhone app", "android": "Android app"}
GROUPS = pd.DataFrame([
    {"group": name, "estimate": estimate, "low": estimate and estimate - 0.1, "high": estimate and estimate + 0.1, "stands_out": out, "channels_shared": 2, "channels_single": 2, "note": note}
    for name, estimate, out, note in (("app", 0.18, True, ""), ("shop", 0.17, True, ""), ("site", -0.01, False, ""), ("e-mail", None, False, "1 shared and 0 single-owned channels, none of both in one family"))
])  # fmt: skip
VERDICTS = ("clear", "no clear difference", "not enough data")


def contrast(verdict: str = "clear", estimate: float | None = 0.141, unadjusted: float | None = 0.266, note: str = "") -> dict[str, Any]:
    low, high = (None, None) if estimate is None else (estimate - 0.062, estimate + 0.066)
    return {"metric": "conversion_rate", "estimate": estimate, "low": low, "high": high, "verdict": verdict, "smallest_visible": 0.0815, "unadjusted": unadjusted,
            "channels_shared": 6, "channels_single": 6, "days": 730, "families_left_out": "", "note": note}  # fmt: skip


def switch(verdict: str = "clear", estimate: float | None = 0.102, pretrend: float | None = 0.016, note: str = "") -> dict[str, Any]:
    low, high = (None, None) if estimate is None else (estimate - 0.053, estimate + 0.056)
    return {"channel": "gift", "metric": "conversion_rate", "day": pd.Timestamp("2026-03-02"), "from_tag": "IT", "to_tag": "Shared", "estimate": estimate, "low": low, "high": high,
            "verdict": verdict, "pretrend": pretrend, "controls": 20, "note": note, "handovers": 2}  # fmt: skip


def incident(low: float | None, lost: float | None = 81_306.0, high: float | None = 102_864.0) -> dict[str, Any]:
    return {"incident": "INC-1", "channel": "web", "note": ""} | {f"lost_{w}{e}": v for w in ("revenue", "conversions") for e, v in (("", lost), ("_low", low), ("_high", high))}


def pace(**more: Any) -> dict[str, Any]:
    return {"month": pd.Timestamp("2026-10-01"), "to_date": 980_000.0, "forecast": 2_080_000.0, "low": 1_900_000.0, "high": 2_300_000.0, "target": 1_868_000.0, "p_hit": 0.97,
            "verdict": "clear", "note": ""} | more  # fmt: skip


def slow(verdict: str, estimate: float | None) -> dict[str, Any]:
    low, high = (None, None) if estimate is None else (estimate - 0.3, estimate + 0.3)
    return {"estimate": estimate, "low": low, "high": high, "verdict": verdict, "channels": 6, "note": "3 channels have 28 days with page loads and sessions; 4 are needed"}


def ranked(*p: float) -> pd.DataFrame:
    return pd.DataFrame({"channel": ["ios", "android", "web", "gift"][: len(p)], "p_best": p})


def sentences() -> Iterator[str]:
    """One of every kind, with every verdict, with numbers and without."""
    for verdict, estimate, plain, metric in product(VERDICTS, (0.14, -0.14, None, math.nan), (0.3, -0.2, None), (CVR, COST, SPEND)):
        if (verdict == "not enough data") != (estimate is None or estimate != estimate):
            continue
        found = contrast(verdict, estimate, plain, "4 degrees of freedom; 5 are needed")
        yield from evidencewords.contrast(metric, found)
        yield evidencewords.contrast_hover("All", found)
        yield evidencewords.overview(found, evidencewords.where(GROUPS), evidencewords.best(metric, ranked(0.5, 0.3), NAMES), evidencewords.handover_lead(metric, pd.DataFrame([switch()]), NAMES))
    for verdict, estimate, before in product(VERDICTS, (0.1, -0.1, None, math.nan), (0.02, None, math.nan)):
        found = switch(verdict, estimate, before, "under 8 weeks before the hand-over")
        for metric in (CVR, COST, SPEND):
            yield evidencewords.handover(metric, found, "Gift shop")
            yield evidencewords.handovers(metric, found)
            yield evidencewords.verdict_of_handover(metric, found)
            yield evidencewords.pretrend(found)
    for low, lost in ((62_000.0, 81_306.0), (-3_000.0, 640.0), (None, None), (math.nan, math.nan)):
        row = incident(low, lost, None if lost is None else lost + 20_000)
        yield from (evidencewords.loss(what, row, "EUR") for what in ("revenue", "conversions"))
        yield evidencewords.incidents(pd.DataFrame([row]), lost, NAMES, "EUR")
    yield evidencewords.incidents(pd.DataFrame([incident(1.0)])[:0], None, NAMES, "EUR")
    for verdict, estimate in (("clear", 0.6), ("no clear difference", 0.1), ("not enough data", None)):
        yield evidencewords.slow_pages(slow(verdict, estimate))
    for more in ({}, {"target": None, "p_hit": None}, {"forecast": None, "low": None, "high": None, "p_hit": None, "note": "90 days; 120 are needed for a forecast"},
                 {"low": 2e6, "high": 2e6, "forecast": 2e6, "p_hit": 1.0}, {"target": math.nan, "p_hit": math.nan}):  # fmt: skip
        yield evidencewords.paced(catalogue()["revenue"], pace(**more), "Web shop", "EUR")
    for expected in (200.0, 0.0):
        yield evidencewords.unusual("Web shop", {"day": pd.Timestamp("2026-06-16"), "value": 90.0, "expected": expected})
        yield evidencewords.site_wide({"value": 90.0, "expected": expected})
    yield from (evidencewords.group_hover(row) for row in words.records(GROUPS))
    yield evidencewords.through_mix(CVR, "Outlet shop", 9, 26)
    yield from (words.us_or_technology(moved, worse, known) for moved, worse, known in product((-1, 0, 1), (True, False), (True, False)))
    yield from (text for method in evidencewords.METHODS.values() for text in (method.how, method.breaks))
    yield from (evidencewords.SURE, evidencewords.SEVERAL, words.CAVEAT, evidencewords.CAUSE_CAVEAT, words.TAG_RULE, evidencewords.INDICATIVE, words.objectives(6, 10, "Web shop, uptime"), words.vitals(8, 9))


def test_no_sentence_says_more_than_the_numbers() -> None:
    assert [text for text in sentences() if FORBIDDEN.search(text)] == []


def test_no_sentence_shows_a_missing_number_or_the_jargon_of_a_method() -> None:
    assert [text for text in sentences() if JARGON.search(text)] == []


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_no_page_holds_a_forbidden_word(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in said if FORBIDDEN.search(text)] == []


def notes() -> list[str]:
    """Every reason that an analysis can give, with 3 for each of its numbers."""
    found = []
    for path in sorted((ROOT / "commonground" / "evidence").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "note":
                found.append(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "_refused":
                found.append(node.args[1])
            if isinstance(node, ast.FunctionDef) and node.name == "_refusal":
                found += [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    texts = []
    for value in found:
        for part in ast.walk(value):
            if isinstance(part, ast.JoinedStr):
                texts.append("".join(str(p.value) if isinstance(p, ast.Constant) else "3" for p in part.values))
            inside = any(part in whole.values for whole in ast.walk(value) if isinstance(whole, ast.JoinedStr))
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value and not inside:
                texts.append(part.value)
    return sorted(set(texts))


@pytest.mark.parametrize("note", notes())
def test_every_reason_of_every_method_is_said_in_plain_words(note: str) -> None:
    said = evidencewords.reason(note)
    assert said
    assert not FORBIDDEN.search(said)
    assert not JARGON.search(said)


def test_the_reasons_were_found_in_the_sources() -> None:
    assert "the channels do not vary" in notes()
    assert "3 degrees of freedom; 3 are needed" in notes()


@pytest.mark.parametrize(("value", "said"), [(0.1415, "+14"), (0.0399, "+4.0"), (-0.0057, "−0.57"), (0.0, "0"), (1.234, "+120"), (0.0999, "+10"), (None, "–"), (math.nan, "–"), (math.inf, "–")])
def test_an_estimate_has_two_significant_digits_and_a_sign(value: float | None, said: str) -> None:
    assert words.share(value).replace("\u202f%", "") == said


@pytest.mark.parametrize(("value", "said"), [(81_306, "81 k"), (1_999_000, "2.0 M"), (638.4, "640"), (-2_583, "−2.6 k"), (0.0, "0"), (999_900, "1.0 M")])
def test_an_amount_has_two_significant_digits(value: float, said: str) -> None:
    assert words.rough(value).replace("\u202f", " ") == said


def test_a_clear_contrast_is_an_association_with_a_range_and_the_permanent_caveat() -> None:
    headline, detail = evidencewords.contrast(CVR, contrast())
    assert "associated with 14" in headline
    assert "+7.9\u202f% to +21\u202f%" in headline
    assert "19 of 20 cases" in detail
    assert evidencewords.CAUSE_CAVEAT in detail


def test_the_plain_average_gets_a_notice_where_it_turns_the_sign_or_is_ten_points_off() -> None:
    assert "moves it by 13 points" in evidencewords.notice(contrast(unadjusted=0.266))
    assert "changes its sign" in evidencewords.notice(contrast(unadjusted=-0.01))
    assert "misleads" not in evidencewords.notice(contrast(unadjusted=0.2))
    assert "Unadjusted: +20" in evidencewords.notice(contrast(unadjusted=0.2))


def test_no_clear_difference_comes_with_its_range_and_the_smallest_that_could_have_been_seen() -> None:
    headline, detail = evidencewords.contrast(CVR, contrast("no clear difference", 0.01))
    assert "no clear difference" in headline
    assert "range −5.2" in headline
    assert "could have been seen is about 8.2" in detail


def test_too_little_data_says_what_is_missing() -> None:
    headline, detail = evidencewords.contrast(CVR, contrast("not enough data", None, None, "4 degrees of freedom; 5 are needed"))
    assert "not enough data" in headline
    assert detail.startswith("Too few channels for so many families: 4 are left to tell chance by, 5 are needed")
    assert evidencewords.CAUSE_CAVEAT in detail


def test_best_is_said_only_from_a_probability_of_four_in_five() -> None:
    assert evidencewords.best(CVR, ranked(0.81, 0.19), NAMES).startswith("Best conversion rate on the common mix: iPhone app")
    assert evidencewords.best(CVR, ranked(0.79, 0.21), NAMES) == "Among the best on the common mix: iPhone app and Android app"
    assert evidencewords.best(CVR, ranked(), NAMES) == ""


def test_where_shared_channels_are_ahead_names_only_what_stands_out() -> None:
    assert evidencewords.where(GROUPS) == "Furthest ahead of single-owned peers in app (+18\u202f%) and shop (+17\u202f%)"
    assert evidencewords.where(GROUPS[2:]) == ""
    assert evidencewords.where(GROUPS[:0]) == ""


def test_a_channel_that_looks_best_through_its_mix_is_named_as_such() -> None:
    assert evidencewords.through_mix(CVR, "Outlet shop", 9, 26) == (
        "Outlet shop has the best plain conversion rate, through its mix of devices and regions: on the common mix it is number 9 of 26."
    )
    assert evidencewords.through_mix(CVR, "iPhone app", 1, 26) == ""


def test_the_strongest_thing_said_of_a_hand_over_is_that_it_rose_more_than_others() -> None:
    assert evidencewords.judged(CVR, switch()).startswith("rose more than in comparison channels")
    assert evidencewords.judged(CVR, switch(estimate=-0.1)).startswith("fell more than in comparison channels")
    # of a cost, better is less: an estimate of +10 % means that it fell
    assert evidencewords.judged(COST, switch()).startswith("fell more than in comparison channels")


def test_what_was_moving_before_is_not_judged() -> None:
    moving = switch("not enough data", 0.2, 0.15, "was already moving before the hand-over; cannot judge")
    assert "already moving before the hand-over; cannot judge" in evidencewords.judged(CVR, moving)
    assert evidencewords.pretrend(moving).startswith("already moving")


def test_the_smallest_difference_of_an_unclear_hand_over_lies_beyond_half_its_range() -> None:
    # range ±10 % with many controls: 1.96 sd; found in 80 % of cases at 2.80 sd
    seen = evidencewords.smallest_visible(1 / 1.1 - 1, 0.1, 1000)
    assert seen == pytest.approx(1.1 ** (2.804 / 1.962) - 1, abs=1e-3)


def test_a_hand_over_leads_only_where_it_is_clear_and_into_shared_hands() -> None:
    other = switch("no clear difference", 0.3) | {"channel": "web"}
    away = switch(estimate=0.5) | {"to_tag": "IT"}
    assert evidencewords.handover_lead(CVR, pd.DataFrame([other, away]), NAMES) == ""
    assert evidencewords.handover_lead(CVR, pd.DataFrame([other, away, switch()]), NAMES).startswith("After Gift shop became shared on 2 Mar 2026, its conversion rate rose more")


def test_a_loss_is_claimed_only_where_its_range_leaves_0_out() -> None:
    assert evidencewords.loss("revenue", incident(62_284.0), "EUR") == "loss of €\u202f81\u202fk revenue, range €\u202f62\u202fk to €\u202f100\u202fk"
    unclear = evidencewords.loss("conversions", incident(-21.4, 16.8, 64.9), "EUR")
    assert unclear.startswith("no clear loss of conversions, range −21 to 65")
    assert "under about 38 could not have been seen" in unclear
    assert evidencewords.loss("revenue", incident(None, None, None), "EUR") == "not enough data"


def test_the_sum_of_losses_is_said_only_where_one_is_clear() -> None:
    assert "no clear loss" in evidencewords.incidents(pd.DataFrame([incident(-1.0)]), None, NAMES, "EUR")
    assert "1 incident, 1 with a clear loss of revenue, about €\u202f81\u202fk" in evidencewords.incidents(pd.DataFrame([incident(62_284.0)]), 81_306.0, NAMES, "EUR")


def test_slow_pages_are_always_called_indicative() -> None:
    # 0.6 log points for the whole share: ten points go with exp(0.06) - 1
    assert "+6.2\u202f% conversion rate" in evidencewords.slow_pages(slow("clear", 0.6))
    assert all(evidencewords.INDICATIVE in evidencewords.slow_pages(slow(v, e)) for v, e in (("clear", 0.6), ("no clear difference", 0.1)))


def test_pacing_gives_the_range_and_the_chance_and_never_certainty() -> None:
    said = evidencewords.paced(catalogue()["revenue"], pace(p_hit=0.9999), "Web shop", "EUR")
    assert "heading for €\u202f2.1\u202fM, range €\u202f1.9\u202fM to €\u202f2.3\u202fM" in said
    assert said.endswith("chance to hit it over 99\u202f%.")
    assert words.chance(0.001) == "under 1\u202f%"


@pytest.mark.parametrize(("hours", "said"), [(2.0, "2.0\u202fh"), (70.0, "2.9\u202fdays"), (0.5, "30\u202fmin"), (None, "–"), (float("nan"), "–")])
def test_a_duration_is_said_in_the_unit_that_fits(hours: float | None, said: str) -> None:
    assert evidencewords.lasting(hours) == said


def test_beside_technology_nothing_is_blamed() -> None:
    assert words.us_or_technology(-1, True, True) == "conversion rate fell, and so did the technology"
    assert words.us_or_technology(-1, False, False) == "no page speed or uptime is measured here"
