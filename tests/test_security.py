"""Doors that are closed to others: the data folder, and the links in people's own texts."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

from commonground.importing import import_paths
from commonground.review import Review
from commonground.words import JOINER, inert

NOW = datetime(2026, 11, 1)


def mode(path: Path) -> int:
    """The rights on a folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "channel.csv").write_text("channel,kind\nwebsite,web\n")
    import_paths([tmp_path / "channel.csv"], tmp_path / "data", NOW)
    Review.open(tmp_path / "reviews").close()
    assert (mode(tmp_path / "data"), mode(tmp_path / "reviews")) == (0o700, 0o700)


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "data"
    shared.mkdir()
    shared.chmod(0o770)
    (tmp_path / "channel.csv").write_text("channel,kind\nwebsite,web\n")
    import_paths([tmp_path / "channel.csv"], shared, NOW)
    assert mode(shared) == 0o770


def test_a_text_makes_no_link_and_no_picture() -> None:
    for text in ("![seen](http://a.example/p.png) [here](http://a.example)", "[x][1] [1]: http://a.example"):
        assert inert(text).replace(JOINER, "").replace("\u2236", ":") == text
        assert not any(sign in inert(text) for sign in ("](", "][", "]:", "://"))
    assert inert("[x][1]\n[1]: a").replace(JOINER, "") == "[x][1] [1]: a", "a definition begins a line, and a name has one line"
    assert inert("Web [EU], e_mail: R&D, 5 < 6, x - y") == "Web [EU], e_mail: R&D, 5 < 6, x - y"
