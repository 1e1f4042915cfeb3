"""What the numbers can support: pure functions over arrays, with a verdict in each result."""

from commonground.evidence.contrast import Contrast, contrast
from commonground.evidence.index import mix_adjusted
from commonground.evidence.ranking import Ranked, ranking

__all__ = ["Contrast", "Ranked", "contrast", "mix_adjusted", "ranking"]
