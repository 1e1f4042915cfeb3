"""The two doors to the same answers: the functions themselves, or import and then ask."""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from bench.truth.world import World
from commonground.evidence import tables
from commonground.evidence.facts import Facts, facts

Rows = list[dict[str, Any]]
TAGS = {"it": "IT", "marketing": "Marketing", "shared": "Shared", "unowned": "Unowned"}
GENERIC = ("channel", "ownership", "incident", "target")


class Door(Protocol):
    """What a bench asks of a world; every answer is rows with the columns that `ask` promises."""

    def contrast(self, metric: str = "conversion_rate") -> Rows: ...
    def handovers(self) -> Rows: ...
    def incident_effects(self) -> Rows: ...
    def anomalies(self) -> Rows: ...
    def pacing(self, today: date) -> Rows: ...
    def slow_web(self) -> Rows: ...


def as_rows(frame: pd.DataFrame) -> Rows:
    """Rows as Python values, None where missing."""
    return [{str(k): None if v is None or v is pd.NaT or v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


class Functions:
    """Straight to the functions."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.families = dict(zip(world.channel["channel"], world.channel["family"], strict=True))
        owned = world.ownership
        self.spells = pd.DataFrame({"channel": owned["channel"], "valid_from": owned["valid_from"], "valid_to": owned["valid_to"], "tag": owned["owner"].map(TAGS)})

    def facts(self, numerator: str, denominator: str | None = None, until: date | None = None) -> Facts:
        daily = self.world.daily if until is None else self.world.daily[self.world.daily["day"] <= pd.Timestamp(until)]
        base = daily[denominator] if denominator else pd.Series(1.0, daily.index)
        rows = daily[["day", "channel", "device", "region"]].assign(numerator=daily[numerator], denominator=base)
        return facts(rows, self.families, self.spells)

    def contrast(self, metric: str = "conversion_rate") -> Rows:
        return [tables.contrast_row(metric, tables.contrast_of(self.facts("conversions", "sessions"), 1))]

    def handovers(self) -> Rows:
        return tables.handover_rows(self.facts("conversions", "sessions"), "conversion_rate", 1)

    def incident_effects(self) -> Rows:
        return as_rows(tables.incident_table(self.facts("conversions"), self.facts("revenue"), self.world.incident))

    def anomalies(self) -> Rows:
        return tables.anomaly_rows(self.facts("conversions"), "conversions")

    def pacing(self, today: date) -> Rows:
        return tables.pacing_rows(self.facts("conversions", until=today), "conversions", pd.Timestamp(today), {})

    def slow_web(self) -> Rows:
        return as_rows(tables.slow_web_table(self.facts("conversions", "sessions"), self.facts("lcp_good", "page_loads")))


class Ask:
    """Through the product's own doors: files in the generic form, import, ask."""

    def __init__(self, world: World) -> None:
        from commonground.cli import main
        from commonground.store import current

        self.folder = Path(tempfile.mkdtemp(prefix="commonground-truth-"))
        try:
            write(world, self.folder / "exports")
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = main(["import", str(self.folder / "exports"), "--data", str(self.folder / "data")])
            if code:
                raise RuntimeError(f"import ended with {code}:\n{said.getvalue()}")
            self.generation = current(self.folder / "data")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the world's files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, question: str, metric: str | None = None, last_day: date | None = None) -> Rows:
        from commonground.questions import ask
        from commonground.scope import Scope

        return as_rows(ask(self.generation, question, Scope(metrics=(metric,) if metric else (), last_day=last_day)))

    def contrast(self, metric: str = "conversion_rate") -> Rows:
        return self.ask("shared_contrast", metric)

    def handovers(self) -> Rows:
        return self.ask("handovers", "conversion_rate")

    def incident_effects(self) -> Rows:
        return self.ask("incident_effects")

    def anomalies(self) -> Rows:
        return self.ask("anomalies", "conversions")

    def pacing(self, today: date) -> Rows:
        return self.ask("pacing", "conversions", today)

    def slow_web(self) -> Rows:
        return self.ask("slow_web")

    def spells(self) -> Rows:
        return self.ask("ownership_spells")


def write(world: World, folder: Path) -> None:
    """A world as generic tables: daily as Parquet, the rest as CSV; empty ones are left out."""
    folder.mkdir(parents=True)
    world.daily.astype({"channel": str, "device": str, "region": str, "day": "datetime64[ms]"}).to_parquet(folder / "daily.parquet", index=False)
    for name in GENERIC:
        table: pd.DataFrame = getattr(world, name)
        if len(table):
            table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d" if name != "incident" else "%Y-%m-%d %H:%M:%S")


def day_of(value: object) -> int:
    """The number of a day in the world's calendar."""
    from bench.truth.world import FIRST_DAY

    return int((np.datetime64(pd.Timestamp(str(value)).date()) - FIRST_DAY).astype(int))
