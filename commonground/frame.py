"""The frame round every page: the shared filters in the URL, the scope, the cached questions."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_tab_container import TabContainer

from commonground import chart, meeting, words
from commonground.build import ready
from commonground.catalogue import Metric, catalogue
from commonground.questions import ask, performance
from commonground.review import SIDE_LABEL, Person
from commonground.scope import COMPARISONS, KINDS, PERIODS, TAGS, Scope, period
from commonground.settings import DataFolderError, Settings, data_dir
from commonground.store import Generation, NoDataError

BLIND = ("ownership", "gaps", "freshness", "loads", "rejected", "left_out")
BLIND_TO: dict[str, Any] = {"devices": (), "regions": (), "compare": "none"}
"""Questions whose answers do not change with devices, regions and the comparison: asked once for all of them."""
STYLE = (Path(__file__).parent / "chart_assets" / "frame.css").read_text("utf-8")
DOSSIER = "pages/together/channel.py"
DATA = "pages/reference/data.py"
STATE_WIDTH = 268
"""Pixels for what the filters come to, beside them: two lines of text."""
COMMAS = ", "
MOST_LINKS = 3
"""More links than this push the filters off a small screen; each channel's row has its own."""
MAIN_METRICS = (
    "revenue", "conversions", "sessions", "spend", "conversion_rate", "average_order_value", "return_on_ad_spend",
    "cost_per_acquisition", "click_through_rate", "engagement_rate", "delivery_rate", "open_rate", "uptime", "error_rate",
    "mean_response_ms", "lcp_good_share", "inp_good_share", "crash_free_rate", "average_rating", "installs",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What a page is drawn from: the generation it reads, the scope, the chosen metric."""

    generation: Generation
    scope: Scope
    metric: Metric
    names: dict[str, str]

    @property
    def currency(self) -> str:
        """The reporting currency."""
        return self.generation.currency

    @property
    def theme(self) -> str:
        """light or dark."""
        return chart.theme()

    def ask(self, question: str, **changes: Any) -> pd.DataFrame:
        """The answer to a question over this view's scope, kept by generation and scope."""
        changes |= BLIND_TO if question in BLIND else {}
        scope = replace(self.scope, **changes) if changes else self.scope
        return _frame(self.generation, f"{question} {scope!r}", lambda: ask(self.generation, question, scope))

    def sums(self, **changes: Any) -> pd.DataFrame:
        """Daily sums of now and before: the one scan that most of a page is made of."""
        scope = replace(self.scope, metrics=(), **changes)
        return _frame(self.generation, f"sums {scope!r}", lambda: performance.daily_sums(self.generation, scope))

    def cuts(self, **changes: Any) -> pd.DataFrame:
        """Sums of now and before by device and region; filters are cut out of what is read once for a period."""
        scope = replace(self.scope, metrics=(), **changes)
        whole = scope.unfiltered()
        found = _frame(self.generation, f"cuts {whole!r}", lambda: performance.cut_sums(self.generation, whole))
        return performance.cuts_within(self.generation, found, scope)

    def keep(self, what: str, make: Callable[[], Any], *, blind: bool = False) -> Any:
        """What a page works out of its sums, kept by generation, scope and `what`; nobody may change it.

        `blind`: it does not change with metric, devices, regions and comparison either.
        """
        about = f"{replace(self.scope, **BLIND_TO)!r}" if blind else f"{self.scope!r} {self.metric.id}"
        return self.generation.views.get(f"{about} {what}", make)

    def table(self, name: str) -> pd.DataFrame:
        """A small table of the file, whole (or the answer of another query without parameters)."""
        return _table(self.generation, name)

    def name(self, channel: str) -> str:
        """A channel's name."""
        return self.names.get(channel) or words.inert(channel)


def _frame(generation: Generation, what: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A kept frame. Everybody gets a copy, which costs nothing until it is changed."""
    found: pd.DataFrame = generation.views.get(what, make)
    return found.copy(deep=False)


def _table(generation: Generation, name: str) -> pd.DataFrame:
    return generation.rows(name if "/" in name else f"loads/{name}")


@st.cache_resource
def _warm() -> None:
    """Once a process: serve the chart library, and take what is loaded out of the collector's sight."""
    chart.serve_library()
    gc.collect()
    gc.freeze()


def open_data(now: datetime) -> Generation | None:
    """The current generation, built again at `now` where another version built it; without one, how to begin."""
    _warm()
    try:
        generation = ready(Path(data_dir()), now, st.info)
    except NoDataError:
        st.title("Nothing has been imported yet")
        st.markdown("Take your tools' exports in with one command, then reload this page:")
        st.code("python -m commonground import PATH", language=None)
        st.markdown("Or begin with the sample company: `make run`.")
        return None
    except DataFolderError as error:
        st.error(str(error))
        return None
    seen = st.session_state.get("generation")
    if seen is not None and seen != generation.name:
        st.toast(f"The data was renewed: you now see generation {generation.number}.")
    st.session_state["generation"] = generation.name
    return generation


def filters(generation: Generation) -> View:
    """The shared filters, kept in the URL; returns the view that pages are drawn from."""
    first, last = generation.first_day or date(2000, 1, 1), generation.last_day or date(2000, 1, 1)
    st.html(f"<style>{STYLE}{meeting.style()}</style>")
    known = performance.directory(generation)
    names = dict(zip(known["channel"], map(words.inert, known["name"]), strict=True))
    every = {"kind": KINDS, "owner": TAGS, "device": performance.values(generation, "device"), "region": performance.values(generation, "region")}
    picked = {name: linked(name, _spelt(options), [], stays=True) for name, options in every.items()}
    set_count = sum(map(bool, picked.values()))
    unfolded = bool(st.session_state.get("unfolded"))
    line = st.container(key="filters_fold", horizontal=True)
    row = st.container(horizontal=True, vertical_alignment="bottom", key="filters_shown" if unfolded else "filters_folded")
    with row:
        chosen = choose("Period", [*PERIODS, "custom"], format_func=lambda p: PERIODS.get(p, "Custom days"), name="period", default="28d", stays=True, width=150)
        compare = choose("Against", list(COMPARISONS), format_func=lambda c: COMPARISONS[c], name="compare", default="previous", stays=True, width=180)
        metric = choose("Metric", list(catalogue().metrics), format_func=lambda m: catalogue()[m].label, name="metric",
                        default=_default_metric(generation), stays=True, width=190)  # fmt: skip
        with st.popover(f"Filters ({set_count})" if set_count else "Filters", icon=":material/filter_alt:"):
            for name, label in (("kind", "Kind"), ("owner", "Owner on the day"), ("device", "Device"), ("region", "Region")):
                st.session_state[name] = picked[name]
                st.pills(label, every[name], selection_mode="multi", format_func=str.capitalize if name == "kind" else words.inert, key=name,
                         on_change=by_hand, args=(name,))  # fmt: skip
            if chosen == "custom":
                span = (st.date_input("First day", first, min_value=first, max_value=last, key="from", bind="query-params"),
                        st.date_input("Last day", last, min_value=first, max_value=last, key="to", bind="query-params"))  # fmt: skip
            else:
                span = period(chosen, first, last, Settings.read(Path(data_dir())).fiscal_start)
            if not meeting.presenting():
                meeting.door()
        if not meeting.presenting():
            _who()
    if span[0] > span[1]:
        st.warning("The first day comes after the last; the two were swapped.")
        span = (span[1], span[0])
    channels = _clicked_channels(names)
    scope = Scope(
        first_day=span[0], last_day=span[1], compare=compare, kinds=tuple(picked["kind"]), owners=tuple(picked["owner"]),
        channels=tuple(channels or ()), devices=tuple(picked["device"]), regions=tuple(picked["region"]),
    ).within(first, last)  # fmt: skip
    before = scope.before()
    against = f" against {words.days(*before)}" if before else ""
    with row.container(width=STATE_WIDTH, gap=None, key="state"):
        st.caption(f"{words.days(*span)}{against}")
        st.page_link(DATA, label=f":small[generation {generation.number} · {_freshness(generation)}]")
    narrowed = [COMMAS.join(values) for values in picked.values() if values]
    told = " · ".join([words.days(*span), catalogue()[metric].label, *(narrowed or ["all channels"])])
    with line:
        meeting.button(-1)
        st.button(meeting.place() + told, icon=":material/expand_less:" if unfolded else ":material/filter_alt:", on_click=_fold, width="stretch", key="fold")
        meeting.button(1)
        if meeting.presenting():  # whoever signs in a meeting says so there
            _who()
            meeting.door()
    return View(generation, scope, catalogue()[metric], names)


def _fold() -> None:
    """Show the filters that a narrow screen or a meeting has folded, or fold them again."""
    st.session_state["unfolded"] = not st.session_state.get("unfolded")


def _who() -> None:
    """Name and side, said once for the session: proposals and signatures are written under them."""
    known = person()
    with st.popover(f"{known.name}, {SIDE_LABEL[known.side]}" if known else "Who are you?", icon=":material/person:", key="who"):
        st.text_input("Your name", key="person", persist_state="session")
        st.radio("Your side", list(SIDE_LABEL), format_func=SIDE_LABEL.get, key="side", persist_state="session", horizontal=True)
        st.caption("There is no sign-in yet: the record says that names were not verified.")


def person() -> Person | None:
    """Who is at the screen, as they said themselves; None until they gave a name."""
    name = str(st.session_state.get("person") or "").strip()
    return Person(name, st.session_state.get("side") or "it") if name else None


def by_hand(name: str) -> None:
    """A reader chose it: what a callback writes into the URL never reaches the browser, so the run after it writes."""
    st.session_state[f"{name} by hand"] = True


def linked(name: str, options: Mapping[str, str], default: list[str], *, called: Callable[[str], str] = str, stays: bool = False) -> list[str]:
    """Which options are chosen, by hand or in the URL, where a choice stands as ``?name=id``.

    options: id in the URL -> value in the session's state under the same name. A link may also say the value or
    what it is `called`, in any case. `stays`: the choice is taken along to the next page, and the default leaves
    the URL. Streamlit's own binding writes labels, which change, and knows no other spelling.
    """
    chose = st.session_state.pop(f"{name} by hand", False)
    asked: list[Any] = [] if chose else st.query_params.get_all(name)
    if chose or (stays and not asked):
        held = st.session_state.get(name)
        asked = held if isinstance(held, list) else [] if held is None else [held]
    exact = {value: value for value in options.values()} | dict(options)
    known = {spelt.casefold(): value for key, value in options.items() for spelt in (called(value), value, key)}
    found = [exact.get(one) or known.get(str(one).casefold()) for one in asked]
    chosen = list(dict.fromkeys(value for value in found if value is not None)) or default
    ids = [key for value in chosen for key in options if options[key] == value]
    if stays and chosen == default:
        st.query_params.pop(name, None)
    elif (stays or chose or name in st.query_params) and st.query_params.get_all(name) != ids:
        st.query_params[name] = ids
    return chosen


def _spelt(options: Sequence[str]) -> dict[str, str]:
    """Options by their ids in the URL: lower case, where that tells them apart."""
    lower = {option.lower(): option for option in options}
    return lower if len(lower) == len(options) else {option: option for option in options}


def choose(label: str, options: Sequence[str], *, name: str, default: str, format_func: Callable[[str], str],
           stays: bool = False, width: int | Literal["stretch"] = "stretch") -> str:
    """A selectbox whose choice stands in the URL by its id."""
    (chosen, *_) = linked(name, {option: option for option in options}, [default], called=format_func, stays=stays)
    st.session_state[name] = chosen
    st.selectbox(label, options, key=name, format_func=format_func, on_change=by_hand, args=(name,), width=width)
    return chosen


def split(label: str, options: Sequence[str], *, name: str, default: str) -> str:
    """A choice of one among a few, side by side, that stands in the URL."""
    (chosen, *_) = linked(name, {option: option for option in options}, [default])
    st.session_state[name] = chosen
    st.segmented_control(label, options, key=name, format_func=str.capitalize, on_change=by_hand, args=(name,))
    return chosen


def tabs(place: DeltaGenerator, labels: Mapping[str, str], *, name: str) -> Sequence[TabContainer]:
    """Tabs by id and label; the one that is open stands in the URL by its id."""
    (chosen, *_) = linked(name, labels, [next(iter(labels.values()))])
    st.session_state[name] = chosen
    return place.tabs(list(labels.values()), key=name, on_change=by_hand, args=(name,))


def dossier_link(channel: str, name: str) -> None:
    """The way to the page that holds all about one channel."""
    st.page_link(DOSSIER, label=f"Open dossier: {name}", icon=":material/folder_open:", query_params={"channel_id": channel})


def channel_table(view: View, rows: pd.DataFrame, channels: Sequence[str], *, key: str, alt: str,
                  on_pick: Callable[[int], None] | None = None, **more: Any) -> int | None:
    """A table of which each row is about a channel: a row that is picked opens the way to its dossier.

    `on_pick` gets the place of the row that was picked, which is also handed back.
    """
    ids = list(channels)

    def picked() -> None:
        places = st.session_state[key].selection.rows
        if on_pick is not None and places:
            on_pick(places[0])

    more["column_config"] = chart.aligned(rows) | more.get("column_config", {})
    event = st.dataframe(rows, hide_index=True, alt=alt, key=key, on_select=picked, selection_mode="single-row", **more)
    places = [place for place in event.selection.rows if place < len(ids)]
    if places and ids[places[0]] in view.names:
        dossier_link(ids[places[0]], view.name(ids[places[0]]))
    return places[0] if places else None


def toggle_channel(channel: str) -> None:
    """Filter by a channel that was clicked; a second click lets go."""
    held = st.session_state.get("channels", [])
    st.session_state["channels"] = [c for c in held if c != channel] if channel in held else [*held, channel]


def _clicked_channels(names: dict[str, str]) -> list[str]:
    """The channels that were clicked, as chips that can be taken away; they live in the URL."""
    if "channels" not in st.session_state:
        st.session_state["channels"] = [c for c in st.query_params.get_all("channel") if c in names]
    held: list[str] = st.session_state["channels"]
    if held:
        st.session_state["channel_chips"] = held
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.multiselect("Channels (click a mark to add or to let go)", list(names), format_func=lambda c: names.get(c, c),
                           key="channel_chips", on_change=_chips_changed)  # fmt: skip
            for channel in held[:MOST_LINKS]:
                dossier_link(channel, names.get(channel, channel))
    if st.query_params.get_all("channel") != held:
        st.query_params["channel"] = held
    return held


def _chips_changed() -> None:
    st.session_state["channels"] = list(st.session_state["channel_chips"])


def _default_metric(generation: Generation) -> str:
    seen = set(_table(generation, "observed")["metric"])
    wanted = ("conversion_rate", "sessions", "uptime")
    return next((name for name in wanted if name in seen), "sessions")


def _freshness(generation: Generation) -> str:
    rows = _frame(generation, "freshness", lambda: ask(generation, "freshness", Scope()))
    fresh = int((rows["state"] == "fresh").sum())
    return f"{fresh} of {len(rows)} sources fresh"
