"""The questions that pages and the command line ask: one function each, the same for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from commonground.catalogue import UnknownNameError, catalogue
from commonground.questions.believed import settled
from commonground.scope import Scope
from commonground.store import Generation

Answer = Callable[[Generation, Scope], pd.DataFrame]


@dataclass(frozen=True)
class Question:
    """A name, the question in words, its columns, and the function that answers."""

    name: str
    words: str
    columns: tuple[str, ...]
    answer: Answer
    whole: bool = False
    two_clocks: bool = False


QUESTIONS: dict[str, Question] = {}
NO_DAY = date(2000, 1, 1)
"""The day of a scope over a file that holds no facts: every answer is empty, none fails."""


def question(name: str, words: str, columns: str, *, whole: bool = False, two_clocks: bool = False) -> Callable[[Answer], Answer]:
    """Register a function as the answer; `whole` looks at all the data unless a period is given.

    `two_clocks` answers as it was believed on a day, where the scope says so.
    """

    def keep(answer: Answer) -> Answer:
        QUESTIONS[name] = Question(name, words, tuple(columns.split()), answer, whole, two_clocks)
        return answer

    return keep


def ask(generation: Generation, name: str, scope: Scope) -> pd.DataFrame:
    """Answer a question over a scope; the columns are those that the question promises."""
    if name not in QUESTIONS:
        raise UnknownNameError(f"There is no question {name!r}. The questions are: {', '.join(QUESTIONS)}.")
    asked = QUESTIONS[name]
    if scope.known_on and not asked.two_clocks:
        known = ", ".join(entry.name for entry in QUESTIONS.values() if entry.two_clocks)
        raise UnknownNameError(f"{name} cannot be asked as it was believed on a day (--known-on). These can: {known}.")
    if asked.whole and scope.first_day is None:
        scope = replace(scope, first_day=generation.first_day)
    scope = scope.within(generation.first_day or NO_DAY, generation.last_day or NO_DAY)
    found = _within(generation, asked.answer(generation, settled(generation, scope)), scope)
    return found[list(asked.columns)].reset_index(drop=True)


def _within(generation: Generation, found: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Without rows of channels and metrics that the scope leaves out; what is of none, of all, or of a channel nobody knows stays."""
    named = performance.channels_within(generation, scope)
    if named is not None and "channel" in found:
        others = set(performance.directory(generation).index) - set(named)
        found = found[~found["channel"].isin(others)]
    if scope.metrics and "metric" in found:
        found = found[found["metric"].isin(scope.metrics) | ~found["metric"].isin(catalogue().metrics)]
    return found


from commonground.questions import (  # noqa: E402
    agreement,
    claims,
    dossier,
    evidence,
    gaps,
    groups,
    history,
    incidents,
    ledger,
    mobile,
    ownership,
    performance,
    registers,
    services,
)

__all__ = ["QUESTIONS", "Question", "agreement", "ask", "claims", "dossier", "evidence", "gaps", "groups", "history", "incidents", "ledger", "mobile", "ownership", "performance", "registers", "services"]
