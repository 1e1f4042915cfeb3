"""What others may try in a reader's browser: pictures elsewhere, frames, foreign origins, hostile links."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest

from commonground.importing import import_paths
from commonground.review import Person, Review
from commonground.words import inert
from tests.journeys.test_journeys import PAGES, ROOT

PICTURE = "![seen](http://localhost:9/{}) [here](http://localhost:9/)"
HOSTILE = ("'; drop table daily; --", "../../etc/passwd", "<img src=x onerror=alert(1)>", "|||", "9999-99-99", "%00", "x" * 5000)
PARAMETERS = ("kind", "owner", "device", "region", "channel", "period", "compare", "metric", "from", "to", "cell", "channel_id", "known_on", "as_of", "present")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    """A desk of which every name, source and reason is a picture and a link elsewhere."""
    folder = tmp_path_factory.mktemp("hostile")
    files = folder / "files"
    files.mkdir()
    (files / "channel.csv").write_text(f"channel,kind,name,family\nwebsite,web,{PICTURE.format('channel')},site\n")
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 31)]
    (files / "daily.csv").write_text("day,channel,sessions,conversions,revenue\n" + "".join(f"{d},website,1000,30,900\n" for d in days))
    (files / "org.csv").write_text(f"org,side,name\nweb,it,{PICTURE.format('org')}\n")
    (files / "ownership_claim.csv").write_text(
        f"asserted_by,org,role,channel,metric,source\nit,web,A,website,*,{PICTURE.format('source')}\nmarketing,marketing,A,website,*,said\n"
    )
    (files / "policy.csv").write_text(f"concern,kind,expected,source\ncustomer,web,marketing,{PICTURE.format('policy')}\n")
    import_paths([files], folder / "data", datetime(2026, 11, 1))
    review = Review.open(folder / "data")
    asked = Person(PICTURE.format("person"), "it")
    review.propose("website", "conversion_rate", "it", date(2026, 11, 1), PICTURE.format("reason"), asked, datetime(2026, 11, 1, tzinfo=UTC))
    review.close()
    return serve(ROOT / "app.py", COMMONGROUND_DATA=str(folder / "data"))


def test_no_text_makes_a_browser_call_elsewhere_and_a_link_says_where_it_leads(address: str, page: Any) -> None:
    asked: set[str] = set()
    shown = 0
    page.on("requestfinished", lambda request: asked.add(request.url) if "localhost:9/" in request.url else None)
    page.on("requestfailed", lambda request: asked.add(request.url) if "localhost:9/" in request.url else None)
    for name in ("", "ownership_gaps?cell=website|conversion_rate", "channel?channel_id=website", "review", "service_levels"):
        page.goto(f"{address}/{name}")
        page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        assert page.locator("img[src*='localhost:9']").count() == 0, name
        links = page.locator("a[href*='localhost:9']").all_text_contents()
        assert [text for text in links if not text.startswith("http://localhost:9/")] == [], name
        shown += page.inner_text("body").count(inert(PICTURE.format("channel")))
    assert shown > 0, "the texts are on the pages"
    assert not asked


def test_the_browser_itself_refuses_a_picture_from_elsewhere(address: str, page: Any) -> None:
    page.goto(address)
    refused = page.evaluate(
        "() => new Promise(done => { document.addEventListener('securitypolicyviolation', event => done(event.blockedURI), { once: true });"
        " new Image().src = 'http://localhost:9/picture.png' })"
    )
    assert refused == "http://localhost:9/picture.png"


def test_no_page_may_frame_ours(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [("127.0.0.1", "http://127.0.0.1", 101), ("127.0.0.1", "http://evil.example", 403), ("evil.example", "http://evil.example", 403), ("127.0.0.1", "null", 403)],
    ids=["our own page", "a page elsewhere", "a name that was pointed at us", "a page of no origin"],
)
def test_a_page_elsewhere_cannot_speak_with_us(address: str, host: str, origin: str, answer: int) -> None:
    port = int(address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {origin if origin == 'null' else f'{origin}:{port}'}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert line.recv(12).decode() == f"HTTP/1.1 {answer}"


def test_a_link_with_hostile_parameters_opens_the_page_all_the_same(address: str, page: Any) -> None:
    for name, text in zip(PAGES, HOSTILE * 2, strict=False):
        page.goto(f"{address}/{name}?" + "&".join(f"{parameter}={quote(text)}" for parameter in PARAMETERS))
        page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
        page.wait_for_timeout(500)
        shown = page.inner_text("body")
        assert "Traceback" not in shown, (name, text[:40])
        assert "encountered an error" not in shown, (name, text[:40])
