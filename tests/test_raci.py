"""Does the ledger leave the house whole? Workbooks are opened again; the CSV is read again."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import duckdb
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from commonground.pack.raci import CLAIM_COLUMNS, claims_csv, raci_workbook
from commonground.spreadsheet import unguarded

MAY = date(2026, 5, 1)
CELL_COLUMNS = ["channel", "metric", "state", "tag", "owners", "since", "flags"]

ORGS = pd.DataFrame(
    [
        ("Growth", "marketing", "Growth team"),
        ("Platform", "it", "Platform team"),
        ("Web council", "joint", "Web council"),
        ("Agency", "other", "An agency"),
    ],
    columns=["org", "side", "name"],
)


def claims(*rows: Sequence[object]) -> pd.DataFrame:
    """(asserted_by, org, role, channel, metric), then valid_from, valid_to, source if wanted."""
    filled = [(*row, *[None] * (len(CLAIM_COLUMNS) - len(row))) for row in rows]
    return pd.DataFrame(filled, columns=CLAIM_COLUMNS, dtype=object)


def cells(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """(channel, metric, state)"""
    filled = [(channel, metric, state, None, None, None, None) for channel, metric, state in rows]
    return pd.DataFrame(filled, columns=CELL_COLUMNS, dtype=object)


WEB = cells(("web", "revenue", "OWNED"))


def sheet(book: bytes, name: str = "RACI") -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(name).to_python()


def letters(book: bytes) -> list[dict[str, object]]:
    """Per row: channel, metric, the count of A and the letters, without what stands empty."""
    header, *rows = sheet(book)
    left_out = ("tag", "state", "owners", "since", "flags")
    return [
        {k: v for k, v in zip(header, row, strict=True) if v != "" and k not in left_out}
        for row in rows
    ]


def test_a_row_is_a_cell_and_a_column_is_a_party() -> None:
    said = claims(
        ("it", "Platform", "R", "web", "revenue"),
        ("marketing", "Growth", "A", "web", "revenue"),
        ("marketing", "Growth", "R", "web", "revenue"),
        ("it", "Web council", "C", "web", "revenue"),
        ("register", "Agency", "I", "web", "revenue"),
    )
    book = raci_workbook(said, WEB, ORGS, MAY)

    assert sheet(book)[0] == [
        *("channel", "metric", "tag", "state", "A"),
        *("Platform", "Growth", "Web council", "Agency"),
        *("owners", "since", "flags"),
    ]
    assert letters(book) == [
        {
            "channel": "web",
            "metric": "revenue",
            "A": 1,
            "Platform": "R",
            "Growth": "R/A",
            "Web council": "C",
            "Agency": "I",
        }
    ]


def test_the_count_of_a_shows_the_two_classic_faults() -> None:
    said = claims(
        ("it", "Platform", "A", "web", "revenue"),
        ("marketing", "Growth", "A", "web", "revenue"),
        ("marketing", "Growth", "A", "web", "leads"),
    )
    grid = cells(
        ("web", "revenue", "CONTESTED"), ("web", "leads", "OWNED"), ("web", "errors", "UNOWNED")
    )
    book = raci_workbook(said, grid, ORGS, MAY)

    assert [row["A"] for row in letters(book)] == [2, 1, 0]
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert '<conditionalFormatting sqref="A2:J4">' in xml
    assert "AND($E2=0,$D2&lt;&gt;&quot;EXEMPT&quot;)" in xml.replace(
        '"EXEMPT"', "&quot;EXEMPT&quot;"
    )
    assert "$E2&gt;1" in xml
    assert 'COUNTIF(F2:G2,"*A*")' in xml.replace("&quot;", '"')


def test_the_specific_claim_of_a_side_wins_over_its_general_one() -> None:
    said = claims(
        ("it", "Platform", "A", "*", "*"),
        ("it", "Web council", "A", "web", "*"),
        ("it", "Growth", "A", "web", "revenue"),
    )
    grid = cells(("web", "revenue", ""), ("web", "leads", ""), ("app", "leads", ""))

    assert [
        set(row) - {"channel", "metric", "A"}
        for row in letters(raci_workbook(said, grid, ORGS, MAY))
    ] == [
        {"Growth"},
        {"Web council"},
        {"Platform"},
    ]


def test_channel_and_all_metrics_goes_before_all_channels_and_metric() -> None:
    said = claims(
        ("it", "Platform", "A", "*", "revenue"),
        ("it", "Growth", "A", "web", "*"),
    )
    assert "Platform" not in letters(raci_workbook(said, WEB, ORGS, MAY))[0]


def test_the_specific_a_of_one_side_stands_against_the_general_a_of_the_other() -> None:
    said = claims(
        ("it", "Platform", "A", "web", "*"),
        ("it", "Platform", "C", "web", "*"),
        ("marketing", "Growth", "A", "web", "revenue"),
    )
    row = letters(raci_workbook(said, WEB, ORGS, MAY))[0]
    # the general C stays: only for A does one side's word go before the other's
    assert (row["A"], row["Growth"], row["Platform"]) == (1, "A", "C")


def test_a_side_that_says_nobody_takes_back_its_general_claim() -> None:
    said = claims(
        ("it", "Platform", "A", "web", "*"),
        ("it", None, "A", "web", "revenue"),
    )
    assert letters(raci_workbook(said, WEB, ORGS, MAY))[0]["A"] == 0


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [
        (None, None, 1),
        (date(2026, 5, 1), None, 1),
        (date(2026, 5, 2), None, 0),
        (None, date(2026, 5, 2), 1),
        (None, date(2026, 5, 1), 0),
        (pd.Timestamp("2026-04-01"), pd.NaT, 1),
    ],
)
def test_a_claim_holds_from_its_first_day_until_its_end(
    valid_from: object, valid_to: object, holds: int
) -> None:
    said = claims(("it", "Platform", "A", "web", "revenue", valid_from, valid_to))
    assert letters(raci_workbook(said, WEB, ORGS, MAY))[0]["A"] == holds


def test_an_org_that_is_gone_or_outside_is_not_accountable() -> None:
    said = claims(
        ("it", "Forgotten team", "A", "web", "revenue"),
        ("it", "Agency", "A", "web", "revenue"),
        ("it", "Growth", "A", "web", "revenue"),
    )
    ended = ORGS.assign(valid_from=None, valid_to=[MAY, None, None, None])
    row = letters(raci_workbook(said, WEB, ended, MAY))[0]

    assert row == {"channel": "web", "metric": "revenue", "A": 0, "Agency": "R"}


def test_the_claims_stand_on_the_second_sheet_as_they_were_made() -> None:
    said = claims(
        ("it", "Platform", "A", "web", "*", date(2026, 1, 1), date(2026, 5, 1), "CMDB"),
        ("marketing", "Growth", "A", "web", "revenue", date(2026, 5, 1), None, "Decision 1"),
        ("marketing", None, "A", "web", "leads", date(2026, 6, 1), None, None),
    )
    header, *rows = sheet(raci_workbook(said, WEB, ORGS, MAY), "Claims")

    assert header == [*CLAIM_COLUMNS, "on 2026-05-01"]
    day = date(2026, 5, 1)
    assert rows == [
        ["it", "Platform", "A", "web", "*", date(2026, 1, 1), day, "CMDB", "ended"],
        ["marketing", "Growth", "A", "web", "revenue", day, "", "Decision 1", "active"],
        ["marketing", "", "A", "web", "leads", date(2026, 6, 1), "", "", "to come"],
    ]


def test_the_legend_says_the_day_the_rule_and_the_parties() -> None:
    said = claims(("it", "Platform", "A", "web", "*"))
    rows = [row[:3] for row in sheet(raci_workbook(said, WEB, ORGS, MAY), "Legend")]

    assert rows[0][:2] == ["Ownership as of", MAY]
    assert rows[1][:2] == ["The rule", "Exactly one A per row."]
    assert rows[-1] == ["Platform", "Platform team", "it"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=A1}", "http://x.test", "\t=1"])
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    said = claims(("it", text, "A", text, text, None, None, text))
    grid = cells((text, text, text)).assign(tag=text, owners=text, since=text, flags=text)
    orgs = pd.DataFrame([(text, "it", text)], columns=["org", "side", "name"])
    book = raci_workbook(said, grid, orgs, MAY)

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        formulas = [
            part.split("</f>")[0]
            for name in parts.namelist()
            if name.startswith("xl/worksheets/sheet")
            for part in parts.read(name).decode().split("<f>")[1:]
        ]
        assert not any("hyperlink" in parts.read(name).decode() for name in parts.namelist())
    assert [formula.replace("&quot;", '"') for formula in formulas] == ['COUNTIF(F2,"*A*")']
    assert sheet(book)[1] == [text, text, text, text, 1, "A", text, text, text]


def test_long_texts_and_old_days_do_not_get_lost() -> None:
    said = claims(("it", "Platform", "A", "web", "*", date(1850, 1, 1), None, "x" * 40_000))
    row = sheet(raci_workbook(said, WEB, ORGS, MAY), "Claims")[1]

    assert row[5] == "1850-01-01"
    assert row[7] == "x" * 32_764 + "..."


def test_nothing_said_is_still_a_workbook() -> None:
    assert letters(raci_workbook(claims(), WEB, ORGS, MAY)) == [
        {"channel": "web", "metric": "revenue", "A": 0}
    ]
    assert len(sheet(raci_workbook(claims(), cells(), ORGS.head(0), MAY))) == 1


def test_flags_and_owners_may_be_lists_and_since_a_day() -> None:
    grid = WEB.assign(flags=[["A_NO_R", "INHERITED"]], since=pd.Timestamp("2026-02-03"))
    row = sheet(raci_workbook(claims(), grid, ORGS, MAY))[1]
    assert row[-2:] == [date(2026, 2, 3), "A_NO_R, INHERITED"]


# The CSV

AWKWARD = claims(
    ("it", 'Team "A", north', "A", "web; shop", "*", date(2024, 2, 29), None, "a,b"),
    ("marketing", None, "A", "=cmd", "revenue", None, date(9999, 12, 31), "two\nlines"),
    ("register", "Größe 漢字 🙂", "R", "*", "*", None, None, None),
    ("it", "NULL", "C", "NA", "nan", pd.Timestamp("1999-12-31"), pd.NaT, "back\\slash 'n' tab\t."),
)


def plain(table: pd.DataFrame) -> list[list[str | None]]:
    """Every value as text, a missing one as None."""
    return [
        [None if pd.isna(value) or value == "" else str(value)[:10] if at in (5, 6) else str(value)
         for at, value in enumerate(row)]
        for row in table.itertuples(index=False)
    ]  # fmt: skip


def as_imported(table: pd.DataFrame) -> pd.DataFrame:
    """Texts as `import` takes them: the apostrophe that keeps a spreadsheet from running one is gone."""
    return table.map(lambda value: unguarded(value) if isinstance(value, str) else value)


def test_the_claims_come_back_from_the_csv_as_they_were() -> None:
    back = as_imported(pd.read_csv(io.BytesIO(claims_csv(AWKWARD)), dtype=str, keep_default_na=False))

    assert list(back.columns) == CLAIM_COLUMNS
    assert plain(back.map(unguarded)) == plain(AWKWARD)


def test_duckdb_reads_the_csv_as_it_was_meant(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "ownership_claim.csv"
    path.write_bytes(claims_csv(AWKWARD))
    back = as_imported(duckdb.sql(f"from read_csv('{path}', all_varchar = true)").df())

    assert plain(back.map(lambda text: unguarded(text) if isinstance(text, str) else text)) == plain(AWKWARD)


def test_the_csv_of_a_csv_is_the_same_file() -> None:
    once = claims_csv(AWKWARD)
    back = pd.read_csv(
        io.BytesIO(once),
        dtype=str,
        keep_default_na=False,
        na_values={"valid_from": [""], "valid_to": [""]},
    ).map(lambda text: unguarded(text) if isinstance(text, str) else text)
    assert claims_csv(as_imported(back)) == once


def test_columns_that_are_no_part_of_a_claim_stay_out() -> None:
    told = AWKWARD.assign(load=1, known_from=pd.Timestamp("2026-01-01"))
    assert claims_csv(told) == claims_csv(AWKWARD)


def test_no_claims_are_a_header() -> None:
    assert claims_csv(claims()) == (",".join(CLAIM_COLUMNS) + "\n").encode()
