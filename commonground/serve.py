"""Start the dashboard: ``streamlit run app.py``, ready for a first visitor who comes by a copied link, and with headers of its own.

Streamlit takes a folder called ``pages`` for its older navigation until the app has run once, and
tells whoever opens another address first that there is no such page. Here it is told beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli
from streamlit.web.server.starlette import starlette_app

APP = Path(__file__).resolve().parent.parent / "app.py"
HEADERS = {
    "Content-Security-Policy": "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' ws: wss:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""A text of an export or of a reader may hold a picture's address: no browser fetches anything from elsewhere, and no other page frames ours."""


class Headed:
    """Every answer over HTTP carries HEADERS; WebSockets pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, headed if scope["type"] == "http" else send)


def serve(arguments: Sequence[str]) -> None:
    """Serve until stopped; `arguments` are those of ``streamlit run``, without the script."""
    PagesManager.uses_pages_directory = False
    streamlits_own = starlette_app.create_streamlit_middleware
    starlette_app.create_streamlit_middleware = lambda: [Middleware(Headed), *streamlits_own()]
    cli.main(["run", str(APP), *arguments], standalone_mode=False)
