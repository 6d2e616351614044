"""From the score of the winning rules to a confidence that means what it says."""

from bisect import bisect_right

_SCORES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_CONFIDENCES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Of the answers whose score lies at or above `_SCORES[i]`, this part was right."""


def calibrated(score: float) -> float:
    """How often answers of that score are right, 0 to 1."""
    return _CONFIDENCES[max(bisect_right(_SCORES, score) - 1, 0)]
