"""Common Ground: one dashboard that a CMO and a CIO read together. This is its frame."""

from pathlib import Path

import streamlit as st

from commonground import clock, frame, meeting

PAGES = {
    "Together": [
        st.Page("pages/together/overview.py", title="Overview", default=True),
        st.Page("pages/together/shared_channels.py", title="Shared channels", url_path="shared_channels"),
        st.Page("pages/together/ownership_gaps.py", title="Ownership gaps", url_path="ownership_gaps"),
        st.Page("pages/together/channel.py", title="Channel dossier", url_path="channel"),
        st.Page("pages/together/review.py", title="Review", url_path="review"),
    ],
    "Marketing": [
        st.Page("pages/marketing/channels.py", title="Channels", url_path="channels"),
        st.Page("pages/marketing/devices.py", title="Mobile and devices", url_path="devices"),
    ],
    "IT": [
        st.Page("pages/it/service_levels.py", title="Service levels", url_path="service_levels"),
        st.Page("pages/it/incidents.py", title="Incidents", url_path="incidents"),
    ],
    "Reference": [
        st.Page("pages/reference/data.py", title="Data", url_path="data"),
        st.Page("pages/reference/glossary.py", title="Glossary", url_path="glossary"),
    ],
}

KNOWN = {page.url_path: page for section in PAGES.values() for page in section}
MEETING = [KNOWN[name] for name in ("", "channels", "devices", "service_levels", "incidents", "shared_channels", "ownership_gaps", "review")]
"""Where we stand; the customer, then the services; what shared channels do, where nobody answers, what we decide."""

st.set_page_config("Common Ground", page_icon=str(Path(__file__).parent / "commonground" / "icon.svg"), layout="wide")
page = st.navigation(PAGES, position="top")
generation = frame.open_data(clock.stamp())
if generation is not None:
    meeting.begin(page, MEETING)
    st.session_state["view"] = frame.filters(generation)
    meeting.turn(page, MEETING)
    page.run()
