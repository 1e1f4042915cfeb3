"""Evidence: what the numbers can support, on worlds whose truth is known."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from commonground.evidence import contrast, mix_adjusted, ranking
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.scope import Scope
from commonground.store import current

ROOT = Path(__file__).parent.parent


def world(seed: int, lift: float, channels: int = 24):
    """Channels x 4 strata: rich strata go to shared channels, which are truly better by `lift`."""
    rng = np.random.default_rng(seed)
    shared = np.arange(channels) % 2 == 0
    family = [f"family {k // 6}" for k in range(channels)]
    mix = np.where(shared[:, None], [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1])
    denominator = np.round(200_000 * mix * rng.uniform(0.5, 2, (channels, 1)))
    rate = 0.02 * np.array([0.5, 1.0, 1.5, 2.5]) * np.exp(rng.normal(0, 0.06, channels) + np.log1p(lift) * shared)[:, None]
    return [f"channel {k}" for k in range(channels)], rng.poisson(denominator * rate).astype(float), denominator, family, shared, np.full(channels, 180)


def test_on_a_common_mix_two_equal_channels_have_equal_rates() -> None:
    # both convert 1 % of phones and 4 % of desktops; one has mostly phones
    denominator = np.array([[900.0, 100.0], [100.0, 900.0]])
    numerator = denominator * np.array([0.01, 0.04])
    rate, factor = mix_adjusted(numerator, denominator)
    assert rate[0] == pytest.approx(rate[1], rel=1e-3)
    assert factor[1] / factor[0] == pytest.approx(4, rel=1e-3)


def test_a_plain_average_is_fooled_by_mix_and_the_contrast_is_not() -> None:
    claims, fooled = 0, 0
    for seed in range(60):
        found = contrast(*world(seed, 0.0), better=1)
        claims += found.verdict == "clear"
        fooled += found.unadjusted > 0.3
    assert claims <= 7  # 5 % of 60 are 3; 7 is reached by chance in under 3 of 100 runs
    assert fooled == 60


def test_a_true_lift_lies_in_its_range_about_as_often_as_claimed() -> None:
    inside = [found.low <= 0.25 <= found.high for found in (contrast(*world(seed, 0.25), better=1) for seed in range(60))]
    assert sum(inside) >= 53


def test_the_contrast_agrees_with_statsmodels() -> None:
    names, n, d, family, shared, days = world(3, 0.1)
    found = contrast(names, n, d, family, shared, days, better=1)
    rate, _ = mix_adjusted(n, d)
    dummies = np.array([[f == g for g in sorted(set(family))] for f in family], float)
    fit = sm.OLS(np.log(rate), np.column_stack([shared.astype(float), dummies])).fit()
    assert found.estimate == pytest.approx(np.expm1(fit.params[0]), abs=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(np.expm1(fit.conf_int()[0])), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: [part[:4] for part in w], "are needed"),
        (lambda w: [*w[:5], np.full(24, 20)], "are needed"),
        (lambda w: [w[0], w[1] * 0, *w[2:]], "are needed"),
        (lambda w: [*w[:4], np.ones(24, bool), w[5]], "are needed"),
        (lambda w: [w[0], w[2] * 0.01, *w[2:]], "do not vary"),
    ],
    ids=["4 channels", "20 days", "no conversions", "one side only", "no variation"],
)
def test_where_the_data_is_too_thin_the_verdict_says_so_and_why(change, words: str) -> None:
    found = contrast(*change(world(1, 0.0)), better=1)
    assert found.verdict == "not enough data"
    assert found.estimate is None
    assert words in found.note


def test_where_less_is_better_the_sign_turns() -> None:
    up, down = contrast(*world(5, 0.25), better=1), contrast(*world(5, 0.25), better=-1)
    assert up.estimate > 0 > down.estimate


def test_the_best_channel_of_a_ranking_is_the_one_that_was_made_best() -> None:
    weekly = np.random.default_rng(1).normal(0, 0.05, (6, 40)) + np.array([0, 0, 0, 0.3, 0, 0])[:, None]
    found = ranking(list("abcdef"), weekly, better=1)
    assert found[0].name == "d"
    assert found[0].p_best > 0.95
    assert sum(one.p_best for one in found) == pytest.approx(1)


def test_larkspurs_planted_advantage_lies_in_its_range_and_its_unusual_day_stands_alone(tmp_path: Path) -> None:
    import_paths([ROOT / "sample_data" / "larkspur"], tmp_path, datetime(2026, 11, 1))
    row = ask(current(tmp_path), "shared_contrast", Scope()).iloc[0]
    assert row["verdict"] == "clear"
    assert row["low"] <= 0.18 <= row["high"]
    assert row["unadjusted"] > row["high"]  # the plain average says more than the data supports
    assert "plain average misleads" in row["note"]
    month = ask(current(tmp_path), "anomalies", Scope(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30)))
    assert month[["channel", "metric", "day"]].to_numpy().tolist() == [["mobile_web", "sessions", datetime(2026, 6, 16)]]
