"""Start the dashboard: ``streamlit run app.py``, ready for a first visitor who comes by a copied link.

Streamlit takes a folder called ``pages`` for its older navigation until the app has run once, and
tells whoever opens another address first that there is no such page. Here it is told beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

APP = Path(__file__).resolve().parent.parent / "app.py"


def serve(arguments: Sequence[str]) -> None:
    """Serve until stopped; `arguments` are those of ``streamlit run``, without the script."""
    PagesManager.uses_pages_directory = False
    cli.main(["run", str(APP), *arguments], standalone_mode=False)
