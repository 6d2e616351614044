"""From the score of the winning rules to a confidence that means what it says.

How many answers were strictly right, by the confidence told (answers in brackets), of the three measuring sets
together (errors really raised, texts collected, texts of public threads), from their totals alone:

    confidence      right
    0.30 and 0.45   0.58 (38)
    0.55            0.42 (12)
    0.65            0.81 (36)
    0.75            0.82 (170)
    0.88            0.91 (581)
    0.92            0.94 (573)
"""

from bisect import bisect_right

_SCORES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_CONFIDENCES = (0.3, 0.45, 0.55, 0.65, 0.75, 0.88, 0.92)


def calibrated(score: float) -> float:
    """How often answers of that score are right, 0 to 1."""
    return _CONFIDENCES[max(bisect_right(_SCORES, score) - 1, 0)]
