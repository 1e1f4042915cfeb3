"""The ownership ledger to take away: a RACI workbook, and the claims as a CSV that comes back.

The workbook is the form in which people already keep such registers: one row per cell, one
column per party, letters in between, and exactly one A in each row. It stays alive in Excel:
who edits a letter sees the row's count of A, and its mark, follow.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range

from commonground.spreadsheet import csv_of

CLAIM_COLUMNS = [
    "asserted_by",
    "org",
    "role",
    "channel",
    "metric",
    "valid_from",
    "valid_to",
    "source",
]
ORG_COLUMNS = ["org", "side", "name", "valid_from", "valid_to"]
CELL = ["channel", "metric"]
LETTERS = ("R", "A", "C", "I")
SIDES = ("it", "marketing", "joint", "other")
BEFORE_PARTIES = ["channel", "metric", "tag", "state", "A"]
AFTER_PARTIES = ["owners", "since", "flags"]
# What a claim speaks for, from the most general to the most specific.
REACHES: tuple[tuple[str, ...], ...] = ((), ("metric",), ("channel",), ("channel", "metric"))

# What Excel can hold: longer texts are cut (and end in ...), earlier days are written as text.
LONGEST_TEXT = 32_767
FIRST_YEAR = 1900

MEANING = {
    "R": "responsible: does the work",
    "A": "accountable: answers for it; the owner",
    "C": "consulted before a decision",
    "I": "informed after it",
}
RULE = "Exactly one A per row."


def raci_workbook(
    claims: pd.DataFrame, cells: pd.DataFrame, orgs: pd.DataFrame, as_of: date
) -> bytes:
    """The ledger of one day as an XLSX file with three sheets: RACI, Claims, Legend.

    claims  asserted_by, org, role, channel, metric, valid_from, valid_to, source
    cells   channel, metric, state, tag, owners, since, flags; one row each
    orgs    org, side, name, and where it is known valid_from, valid_to
    """
    alive = _alive(orgs, as_of)
    letters = _letters(claims, cells, alive, as_of)
    parties = _in_order_of_sides(alive, letters)

    file = io.BytesIO()
    # Text stays text: nothing a claim says becomes a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": f"Who owns what on {as_of.isoformat()}"})
        _Sheet(book, "RACI").matrix(cells, parties["org"].tolist(), letters)
        _Sheet(book, "Claims").claims(claims, as_of)
        _Sheet(book, "Legend").legend(parties, as_of)
    return file.getvalue()


def claims_csv(claims: pd.DataFrame) -> bytes:
    """`ownership_claim.csv`: imported again, it says the same, and a spreadsheet runs nothing of it."""
    return _csv(claims[CLAIM_COLUMNS])


def orgs_csv(orgs: pd.DataFrame) -> bytes:
    """`org.csv`: on which side each org of the claims stands, and since when.

    Claims alone would lose it where a register, not a table, had declared the orgs.
    """
    return _csv(orgs[ORG_COLUMNS])


def _csv(rows: pd.DataFrame) -> bytes:
    table = rows.copy()
    for column in ("valid_from", "valid_to"):
        table[column] = _days(table[column]).dt.strftime("%Y-%m-%d")
    return csv_of(table).encode()


# Who holds which letter


def _letters(
    claims: pd.DataFrame, cells: pd.DataFrame, alive: pd.DataFrame, as_of: date
) -> dict[tuple[str, str, str], str]:
    """The letters of (channel, metric, org), such as R/A, from the claims that win there.

    Per asserting side and role the most specific claim wins; for A, then the most specific of
    those. An org that is gone holds nothing; an A of an outside org (`other`) counts as R.
    """
    said = _reaching(claims[_standing(claims, as_of) == "active"], cells)
    said = _most_specific(said, [*CELL, "asserted_by", "role"])
    is_a = said["role"] == "A"
    said = pd.concat([_most_specific(said[is_a], CELL), said[~is_a]])

    side = dict(zip(alive["org"], alive["side"], strict=True))
    held: dict[tuple[str, str, str], set[str]] = {}
    for channel, metric, org, role in said[[*CELL, "org", "role"]].itertuples(index=False):
        if org in side:
            letter = "R" if role == "A" and side[org] == "other" else role
            held.setdefault((channel, metric, org), set()).add(letter)
    return {key: "/".join(sorted(roles, key=LETTERS.index)) for key, roles in held.items()}


def _reaching(claims: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """One row per claim and cell that it speaks for, `specificity` beside it."""
    reached = []
    for specificity, named in enumerate(REACHES):
        speaks = [(claims[key] != "*") == (key in named) for key in CELL]
        chosen = claims[speaks[0] & speaks[1]].drop(columns=[k for k in CELL if k not in named])
        how: dict[str, Any] = {"on": list(named)} if named else {"how": "cross"}
        reached.append(cells[CELL].merge(chosen, **how).assign(specificity=specificity))
    return pd.concat(reached, ignore_index=True)


def _most_specific(said: pd.DataFrame, within: Sequence[str]) -> pd.DataFrame:
    best = said.groupby(list(within))["specificity"].transform("max")
    return said[said["specificity"] == best]


def _standing(rows: pd.DataFrame, as_of: date) -> pd.Series:
    """Is each period active on the day, ended, or still to come? Periods are half-open."""
    day = pd.Timestamp(as_of)
    standing = pd.Series("active", index=rows.index)
    if "valid_from" in rows:
        standing = standing.mask(_days(rows["valid_from"]) > day, "to come")
    if "valid_to" in rows:
        standing = standing.mask(_days(rows["valid_to"]) <= day, "ended")
    return standing


def _alive(orgs: pd.DataFrame, as_of: date) -> pd.DataFrame:
    return orgs[_standing(orgs, as_of) == "active"].drop_duplicates("org")


def _in_order_of_sides(
    alive: pd.DataFrame, letters: dict[tuple[str, str, str], str]
) -> pd.DataFrame:
    """The orgs that hold a letter anywhere: IT first, then marketing, joint, outside."""
    holds = alive[alive["org"].isin({org for _, _, org in letters})]
    place = holds["side"].map({side: number for number, side in enumerate(SIDES)})
    return holds.assign(place=place).sort_values(["place", "org"]).drop(columns="place")


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column)


# How it is written


class _Sheet:
    """A worksheet that writes every value as what it is, and no text as anything but text."""

    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.letter = book.add_format({"align": "center"})
        self.none = book.add_format({"bg_color": "#F4C7C3", "bold": True})
        self.several = book.add_format({"bg_color": "#FCE8B2", "italic": True})

    def matrix(
        self, cells: pd.DataFrame, parties: Sequence[str], letters: dict[tuple[str, str, str], str]
    ) -> None:
        """One row per cell, one column per party; the marks follow what people type."""
        columns = [*BEFORE_PARTIES, *parties, *AFTER_PARTIES]
        first_party = len(BEFORE_PARTIES)
        after_parties = first_party + len(parties)
        self._head(columns, len(cells), frozen=len(CELL))
        for row, cell in enumerate(cells.to_dict("records"), start=1):
            held = [letters.get((cell["channel"], cell["metric"], org), "") for org in parties]
            for place, name in enumerate(BEFORE_PARTIES[:-1]):
                self._put(row, place, cell[name])
            self._count(row, first_party - 1, held)
            for place, value in enumerate(held, start=first_party):
                self._put(row, place, value, self.letter)
            for place, name in enumerate(AFTER_PARTIES, start=after_parties):
                self._put(row, place, cell[name])
        if len(cells):
            self._mark(len(cells), len(columns))
        self.sheet.set_column(0, 1, 24)
        self.sheet.set_column(2, after_parties - 1, 13)
        self.sheet.set_column(after_parties, len(columns) - 1, 20)

    def _count(self, row: int, column: int, held: Sequence[str]) -> None:
        """How many parties have an A: counted by Excel, and by us for readers without it."""
        count = sum("A" in value for value in held)
        if held:
            cells = xl_range(row, column + 1, row, column + len(held))
            self.sheet.write_formula(row, column, f'=COUNTIF({cells},"*A*")', None, count)
        else:
            self.sheet.write_number(row, column, count)

    def _mark(self, rows: int, columns: int) -> None:
        """No A, or two: in colour, and in bold or italics for those who see no colour."""
        count, state = (
            f"${xl_col_to_name(BEFORE_PARTIES.index(name))}2" for name in ("A", "state")
        )
        for rule, style in (
            (f'=AND({count}=0,{state}<>"EXEMPT")', self.none),
            (f"={count}>1", self.several),
        ):
            formula = {"type": "formula", "criteria": rule, "format": style}
            self.sheet.conditional_format(1, 0, rows, columns - 1, formula)

    def claims(self, claims: pd.DataFrame, as_of: date) -> None:
        """Every claim as it was made, and whether it is active on the day."""
        self._head([*CLAIM_COLUMNS, f"on {as_of.isoformat()}"], len(claims))
        table = claims[CLAIM_COLUMNS].assign(standing=_standing(claims, as_of))
        for period_end in ("valid_from", "valid_to"):
            table[period_end] = _days(table[period_end]).astype(object)
        for row, claim in enumerate(table.itertuples(index=False), start=1):
            for column, value in enumerate(claim):
                self._put(row, column, value)
        self.sheet.set_column(0, len(CLAIM_COLUMNS) - 2, 14)
        self.sheet.set_column(len(CLAIM_COLUMNS) - 1, len(CLAIM_COLUMNS) - 1, 70)

    def legend(self, parties: pd.DataFrame, as_of: date) -> None:
        """What the letters and marks mean, and who the parties are."""
        lines: list[tuple[Any, ...]] = [
            ("Ownership as of", as_of),
            ("The rule", RULE),
            *MEANING.items(),
            ("A = 0, bold on red", "nobody is accountable"),
            ("A > 1, italic on yellow", "several are; name one of them, or a joint org"),
            ("EXEMPT", "by decision this cell needs no owner, so it carries no mark"),
            ("outside parties", "an agency or a vendor cannot be accountable: its A counts as R"),
            ("", ""),
            ("party", "name", "side"),
            *parties[["org", "name", "side"]].itertuples(index=False, name=None),
        ]
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                self._put(row, column, value)
        self.sheet.set_column(0, 0, 26)
        self.sheet.set_column(1, 1, 60)

    def _head(self, columns: Sequence[str], rows: int, frozen: int = 0) -> None:
        for column, name in enumerate(columns):
            self._put(0, column, name, self.header)
        self.sheet.freeze_panes(1, frozen)
        self.sheet.autofilter(0, 0, rows, len(columns) - 1)

    def _put(self, row: int, column: int, value: Any, style: Any = None) -> None:
        if isinstance(value, (list, tuple)):
            value = ", ".join(map(str, value))
        if not isinstance(value, str):
            if value is None or pd.isna(value):
                return
            if isinstance(value, date) and value.year >= FIRST_YEAR:
                midnight = datetime(value.year, value.month, value.day)
                self.sheet.write_datetime(row, column, midnight, style or self.day)
                return
            value = value.isoformat()[:10] if isinstance(value, date) else str(value)
        if len(value) > LONGEST_TEXT:
            value = value[: LONGEST_TEXT - 3] + "..."
        if value:
            self.sheet.write_string(row, column, value, style)
