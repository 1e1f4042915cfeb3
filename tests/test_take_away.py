"""Does the ledger that people take away come back as the same ledger?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from commonground.pack.raci import claims_csv, orgs_csv, raci_workbook

if TYPE_CHECKING:
    from desks import Desk

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
REGISTERS = ("ownership_claim", "ownership", "org.csv", "catalog-info", "dotgov", "current-federal", "registry")


def spells(desk: Desk) -> pd.DataFrame:
    """All spells, and beside the last of each cell who is accountable, and its flags."""
    columns = ["channel", "metric", "valid_from", "valid_to", "state", "tag"]
    every = desk.generation.rows("ownership/spells_all")[columns].sort_values(columns[:3]).reset_index(drop=True)
    last = desk.generation.rows("ownership/as_of", as_of=desk.generation.last_day)[["channel", "metric", "owners", "flags"]]
    return every.merge(last, on=["channel", "metric"], how="left")


def taken_again(desk: Desk, folder: Path, facts: list[Path]) -> Desk:
    """A new desk with the same facts; who owns what comes from the files that people took away."""
    claims, orgs = desk.generation.rows("ownership/known_claim", known_before=None), desk.generation.rows("loads/table_org")
    folder.mkdir()
    again = type(desk)(folder)
    again.write("ownership_claim.csv", claims_csv(claims))
    again.write("org.csv", orgs_csv(orgs))
    outcome = again.take(*facts, again.folder)
    assert outcome.exit_code == 0, [load.problem for load in outcome.loads]
    return again


def test_a_small_ledger_with_every_odd_claim_comes_back(desk: Desk, tmp_path: Path):
    facts = {
        "channel": "channel,kind,name,family\nshop,web,Shop,site\nmail,campaign,Mail,e-mail\n",
        "daily": "day,channel,sessions,revenue\n2026-10-01,shop,10,5\n2026-10-31,shop,10,5\n2026-10-01,mail,1,\n",
    }
    desk.give(**facts)
    desk.give(
        org="org,side,name,valid_from,valid_to\nweb,it,Web team,,\ncrm,marketing,CRM,,2026-10-20\nagency,other,Agency,,\n",
        ownership="channel,metric,owner,asserted_by,valid_from,valid_to\nmail,*,shared,,2026-09-01,\nmail,revenue,unowned,,2026-10-05,2026-10-09\n",
        ownership_claim="asserted_by,org,role,channel,metric,valid_from,valid_to,source\nit,web,A,shop,*,,,\"CMDB, main\"\n"
        "marketing,crm,A,shop,revenue,2026-10-03,,=1+1\nmarketing,agency,A,*,sessions,2026-10-10,2026-10-12,\nmarketing,,A,shop,sessions,2026-10-15,,nobody\n",
    )  # fmt: skip
    again = taken_again(desk, tmp_path / "again", [desk.folder / "channel.csv", desk.folder / "daily.csv"])
    pd.testing.assert_frame_equal(spells(again), spells(desk))
    assert len(spells(desk)["state"].unique()) >= 3


@pytest.mark.parametrize("sample", ["larkspur", "us_federal"])
def test_the_ledger_of_a_sample_comes_back(sample: str, desk: Desk, tmp_path: Path):
    files = sorted(path for path in (SAMPLES / sample).rglob("*") if path.suffix in (".csv", ".yaml", ".parquet"))
    facts = [path for path in files if not path.name.startswith(REGISTERS) and path.name not in REGISTERS]
    desk.take(*files)
    pd.testing.assert_frame_equal(spells(taken_again(desk, tmp_path / "again", facts)), spells(desk))


def test_the_workbook_of_a_sample_is_made_from_what_the_pages_hold(federal: Desk):
    day = federal.generation.last_day
    assert day
    claims, orgs = federal.generation.rows("ownership/known_claim", known_before=None), federal.generation.rows("loads/table_org")
    assert raci_workbook(claims, federal.ask("ownership"), orgs, day)[:2] == b"PK"
