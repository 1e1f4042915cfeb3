"""How often is the product right? Worlds with a known truth, and the answers to them.

python -m bench.truth [--only NAME ...] [--sets N] [--door functions|ask] [--seed N] [--write-docs]

Results are kept in bench/out/truth-DOOR.jsonl: a run that was stopped goes on where it was. A change
of a method or of a scenario starts its file anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.truth.doors import Ask, Functions
from bench.truth.scenarios import SCENARIOS, Bar, Scenario
from bench.truth.world import make

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "bench" / "out"
DOCS = ROOT / "docs" / "methods.md"
START, END = "<!-- bench {door}: begin -->", "<!-- bench {door}: end -->"
PROCESSES = 2


def code() -> str:
    """What the results depend on: the methods and the scenarios."""
    parts = [*(ROOT / "commonground" / "evidence").glob("*.py"), *Path(__file__).parent.glob("*.py")]
    text = b"".join(path.read_bytes() for path in sorted(parts))
    return hashlib.sha256(text).hexdigest()[:12]


def one(name: str, seed: int, door: str) -> dict[str, Any]:
    """One world of a scenario, and what was seen of it."""
    scenario = SCENARIOS[name]
    world = make(replace(scenario.recipe, seed=seed))
    if door == "functions":
        return scenario.observe(world, Functions(world))
    opened = Ask(world)
    try:
        return scenario.observe(world, opened)
    finally:
        opened.close()


def run(scenarios: list[Scenario], sets: int | None, door: str, first_seed: int) -> dict[str, list[dict[str, Any]]]:
    """All records by scenario; what earlier runs of the same code left is taken from the file."""
    OUT.mkdir(parents=True, exist_ok=True)
    path, version = OUT / f"truth-{door}.jsonl", code()
    kept = [entry for entry in map(json.loads, path.read_text().splitlines()) if entry["code"] == version] if path.exists() else []
    known = {(entry["name"], entry["seed"]): entry["record"] for entry in kept}
    wanted = [(s.name, first_seed + number) for s in scenarios for number in range(min(s.sets, sets or s.sets))]
    missing = [key for key in wanted if key not in known]
    with path.open("w") as file, ProcessPoolExecutor(PROCESSES) as pool:
        file.writelines(json.dumps(entry) + "\n" for entry in kept)
        waiting = {pool.submit(one, name, seed, door): (name, seed) for name, seed in missing}
        for done, future in enumerate(as_completed(waiting), 1):
            name, seed = waiting[future]
            known[name, seed] = future.result()
            file.write(json.dumps({"code": version, "name": name, "seed": seed, "record": known[name, seed]}, default=float) + "\n")
            file.flush()
            progress(done, len(missing), name)
    return {s.name: [known[key] for key in wanted if key[0] == s.name] for s in scenarios}


def progress(done: int, of: int, name: str) -> None:
    """A bar on a terminal, a line every fifty worlds elsewhere."""
    if sys.stderr.isatty():
        filled = 30 * done // of
        print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {of} worlds, {name:<20}", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done % 50 == 0 or done == of:
        print(f"{done} of {of} worlds", file=sys.stderr, flush=True)


def table(records: dict[str, list[dict[str, Any]]], door: str) -> tuple[str, bool]:
    """The bars as a Markdown table, and whether all are met."""
    lines = [f"| planted | channels x days | sets | measured through `{door}` | | bar | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    all_met = True
    for name, of_scenario in records.items():
        scenario = SCENARIOS[name]
        bars: list[Bar] = scenario.judge(of_scenario)
        for bar in bars:
            all_met &= bar.met
            shape = f"{scenario.recipe.channels} x {scenario.recipe.days}"
            lines.append(f"| {scenario.planted} | {shape} | {len(of_scenario)} | {bar.what} | {bar.measured:.3f} | {bar.wanted} | {'met' if bar.met else '**missed**'} |")
    return "\n".join(lines), all_met


def write_docs(text: str, door: str) -> None:
    """Put the table between the door's marks of docs/methods.md."""
    page = DOCS.read_text()
    start, end = START.format(door=door), END.format(door=door)
    before, rest = page.split(start)
    _, after = rest.split(end)
    DOCS.write_text(f"{before}{start}\n{text}\n{end}{after}")


def main() -> int:
    """Run, print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=sorted(SCENARIOS), help="may be given more than once")
    parser.add_argument("--sets", type=int, help="worlds per scenario; default: as many as the bars ask for")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first world")
    parser.add_argument("--door", choices=("functions", "ask"), default="functions")
    parser.add_argument("--write-docs", action="store_true", help="write the table into docs/methods.md")
    options = parser.parse_args()
    chosen = [s for s in SCENARIOS.values() if options.door in s.doors and (not options.only or s.name in options.only)]
    text, met = table(run(chosen, options.sets, options.door, options.seed), options.door)
    print(text)
    if options.write_docs:
        write_docs(text, options.door)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
