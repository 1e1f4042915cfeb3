"""The command line: import, build, serve, ask, check."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from commonground import clock
from commonground.catalogue import QUERIES, UnknownNameError, check_metrics
from commonground.scope import Scope
from commonground.settings import DataFolderError, data_dir
from commonground.spreadsheet import csv_of
from commonground.store import Generation, NoDataError

NAMED = ("channel", "campaign", "device", "region")
LISTS = ("kind", "channel", "campaign", "device", "region", "owner", "metric")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code. Errors are sentences, never tracebacks."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except (UnknownNameError, NoDataError, DataFolderError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("\nStopped. What was published before still stands; the same command begins again.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="commonground", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    take = commands.add_parser("import", help="take exports in and build the next generation")
    take.add_argument("paths", nargs="+", type=Path)
    take.add_argument("--data")
    take.add_argument("--dry-run", action="store_true", help="say what would be taken and refused; change nothing")
    take.set_defaults(run=_import)
    make = commands.add_parser("build", help="build the next generation from what has landed")
    make.add_argument("--if-older", action="store_true", help="only where another version of the program built what is there")
    make.add_argument("--data")
    make.set_defaults(run=_build)
    show = commands.add_parser("serve", help="the dashboard; options of `streamlit run` may follow", prefix_chars="+")
    show.add_argument("options", nargs="*")
    show.set_defaults(run=_serve)
    ask = commands.add_parser("ask", help="any question of any page, as data")
    ask.add_argument("question", nargs="?")
    ask.add_argument("--list", action="store_true", help="all questions")
    ask.add_argument("--from", dest="first_day", type=_day)
    ask.add_argument("--to", dest="last_day", type=_day)
    ask.add_argument("--as-of", type=_day)
    ask.add_argument("--known-on", type=_day, help="ownership as it was believed at the end of that day (UTC)")
    ask.add_argument("--compare", default="previous")
    ask.add_argument("--by", default="tag")
    ask.add_argument("--grain", default="day")
    for name in LISTS:
        ask.add_argument(f"--{name}", action="append", default=[], help="may be given more than once, or with commas")
    ask.add_argument("--weight", action="append", default=[], metavar="METRIC=N", help="of gaps: how heavy a metric is within its channel; 1 where not named")
    ask.add_argument("--format", choices=("table", "csv", "json"), default="table")
    ask.add_argument("--data")
    ask.set_defaults(run=_ask)
    check = commands.add_parser("check", help="the data rules; exit 1 with the rows that break one")
    check.add_argument("--data")
    check.set_defaults(run=_check)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-10-31") from None


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _generation(options: argparse.Namespace) -> Generation:
    from commonground.build import ready

    return ready(data_dir(options.data), clock.stamp(), _tell)


def _import(options: argparse.Namespace) -> int:
    from commonground.importing import import_paths

    def progress(done: int, total: int, name: str) -> None:
        if sys.stderr.isatty():
            filled = 24 * done // max(total, 1)
            print(f"\r[{'#' * filled}{'.' * (24 - filled)}] {name[:60]:<60}", end="", file=sys.stderr, flush=True)

    outcome = import_paths(options.paths, data_dir(options.data), clock.stamp(), dry_run=options.dry_run, progress=progress, tell=_tell)
    if sys.stderr.isatty():
        print("\r" + " " * 90 + "\r", end="", file=sys.stderr)
    for load in outcome.loads:
        if load.problem:
            print(f"REFUSED  {load.file}: {load.problem}")
        elif load.unchanged:
            print(f"known    {load.file}: these bytes were taken before; nothing changed")
        else:
            print(
                f"taken    {load.file} ({load.tool}): {load.rows_read} rows read = {load.rows_taken} taken"
                f" + {load.rows_refused} refused + {load.rows_set_aside} set aside"
            )
        for note in load.notes if not load.unchanged else []:
            print(f"         {note}")
    if not outcome.loads:
        print("Nothing to import: no CSV, TSV, XLSX, JSON, Parquet or YAML file was found there.", file=sys.stderr)
        return 2
    print(f"Now reading {outcome.built.name}." if outcome.built else "Nothing was published.")
    if outcome.built:
        _tell_left_out(data_dir(options.data))
    return outcome.exit_code


def _tell_left_out(data: Path) -> None:
    """Channels that channel.csv no longer names, and what they take out of the totals."""
    from commonground import words
    from commonground.questions import ask
    from commonground.store import current

    for row in words.records(ask(current(data), "left_out", Scope())):
        print(f"left out {words.left_out(row)}")


def _build(options: argparse.Namespace) -> int:
    from commonground.build import build, only_one, ready

    data = data_dir(options.data)
    if options.if_older:
        if (data / "CURRENT").exists():
            ready(data, clock.stamp(), _tell)
        return 0
    with only_one(data, _tell):
        print(f"Now reading {build(data, clock.stamp()).name}.")
    _tell_left_out(data)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from commonground.serve import serve

    if (data_dir() / "CURRENT").exists():
        _generation(argparse.Namespace(data=None))
    serve(options.options)
    return 0


def _ask(options: argparse.Namespace) -> int:
    from commonground.questions import QUESTIONS, ask

    if options.list or not options.question:
        for entry in QUESTIONS.values():
            print(f"{entry.name:18} {entry.words}  [{' '.join(entry.columns)}]")
        return 0
    check_metrics(_several(options.metric))  # a mistyped name needs no data to be told
    generation = _generation(options)
    given = {name: getattr(options, name) for name in LISTS}
    several = {f"{name}s": _names(generation, name, given[name]) if name in NAMED else _several(given[name]) for name in LISTS}
    scope = Scope(
        first_day=options.first_day, last_day=options.last_day, as_of=options.as_of, known_on=options.known_on, compare=options.compare,
        by=options.by, grain=options.grain, weights=tuple(_weight(text) for text in options.weight), **several,
    )  # fmt: skip
    print(written(ask(generation, options.question, scope), options.format))
    return 0


def _names(generation: Generation, part: str, given: list[str]) -> tuple[str, ...]:
    """The names that were asked for; one that is not in the data raises, because a dash would look like no visits.

    A campaign may have commas in its name: what is a name as a whole is not taken apart.
    """
    every = generation.rows("loads/names")
    known = list(every.loc[every["part"] == part, "name"])
    asked = tuple(name for text in given for name in ([text] if text in known else _several([text])))
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known[:20]) or 'none'}{' ...' if len(known) > 20 else ''}."
            raise UnknownNameError(f"There is no {part} {name!r} in this data. {hint}")
    return asked


def _weight(text: str) -> tuple[str, float]:
    metric, _, number = text.partition("=")
    try:
        return metric.strip(), float(number)
    except ValueError:
        raise UnknownNameError(f"--weight {text!r} is not METRIC=N, such as revenue=3.") from None


def _several(given: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for text in given for part in text.split(",") if part.strip())


def written(frame: pd.DataFrame, form: str) -> str:
    """A frame as a table, CSV or JSON text; days are ISO text, a missing value is empty or null."""
    out = frame.copy()
    for name in out.columns:
        if out[name].dtype.kind == "M":
            midnight = (out[name].dropna() == out[name].dropna().dt.normalize()).all()
            form_of = "%Y-%m-%d" if midnight and not name.endswith("_at") else "%Y-%m-%d %H:%M:%S"
            out[name] = out[name].dt.strftime(form_of)
    if form == "csv":
        return csv_of(out).rstrip("\n")
    if form == "json":
        import orjson

        return orjson.dumps([_plain(row) for row in out.to_dict("records")], option=orjson.OPT_INDENT_2).decode()
    if not len(out):
        return "(no rows)"
    text: str = out.astype(object).where(out.notna(), "–").to_string(index=False)
    return text


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        str(key): None if not isinstance(value, list | dict) and pd.isna(value)
        else value.isoformat() if isinstance(value, date | datetime)
        else value.item() if hasattr(value, "item") else value
        for key, value in row.items()
    }  # fmt: skip


def _check(options: argparse.Namespace) -> int:
    generation = _generation(options)
    broken = 0
    for path in sorted((QUERIES / "checks").glob("*.sql")):
        rows = generation.rows(f"checks/{path.stem}")
        print(f"{'ok    ' if rows.empty else 'BROKEN'} {path.stem.replace('_', ' ')}")
        if len(rows):
            broken += 1
            print(written(rows.head(20), "table"))
    return 1 if broken else 0
