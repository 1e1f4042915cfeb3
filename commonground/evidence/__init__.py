"""What the numbers can support: pure functions over arrays, with a verdict in each result."""

from commonground.evidence.anomaly import Anomaly, Watched, xmr
from commonground.evidence.anomaly import anomalies as watched
from commonground.evidence.contrast import Contrast, contrast
from commonground.evidence.facts import Facts, facts
from commonground.evidence.handover import Handover, Switch, handovers, switches_of
from commonground.evidence.incident import Loss, incident_loss
from commonground.evidence.index import mix_adjusted
from commonground.evidence.pacing import Pace, pace
from commonground.evidence.ranking import Ranked, ranking
from commonground.evidence.slowweb import SlowWeb, slow_web

__all__ = [
    "Anomaly", "Contrast", "Facts", "Handover", "Loss", "Pace", "Ranked", "SlowWeb", "Switch", "Watched", "contrast", "facts",
    "handovers", "incident_loss", "mix_adjusted", "pace", "ranking", "slow_web", "switches_of", "watched", "xmr",
]  # fmt: skip
