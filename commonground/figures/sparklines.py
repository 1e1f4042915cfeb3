"""A line the size of a word, as an SVG picture: no axis, no script, drawn with the page."""

from __future__ import annotations

from collections.abc import Sequence

from commonground.tokens import PRIMARY, shade

WIDTH, HEIGHT, EDGE = 160, 36, 2


def sparkline(values: Sequence[float], *, theme: str) -> str:
    """The values from left to right between their lowest and highest; fewer than two are no line."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    tall = (HEIGHT - 2 * EDGE) / (high - low) if high > low else 0.0
    floor = HEIGHT - EDGE if high > low else HEIGHT / 2
    points = " ".join(f"{EDGE + place * step:.1f},{floor - (value - low) * tall:.1f}" for place, value in enumerate(values))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<polyline points="{points if len(values) > 1 else ""}" fill="none" stroke="{shade(PRIMARY, theme)}" stroke-width="1.5" stroke-linejoin="round"/></svg>'
    )
