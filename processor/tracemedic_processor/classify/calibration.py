"""From the score of the winning rules to a confidence that means what it says.

How many answers were strictly right, by score (answers in brackets):

    score         tuning       measuring    raised, at first sight
    0.80 to 0.90  0.97 (35)    0.88 (16)    0.56 (9)
    0.90 to 0.95  0.99 (131)   0.98 (136)   0.85 (26)
    0.95 and up   1.00 (120)   0.99 (153)   0.87 (15)

The last column is what `raised.jsonl` gave before any rule was written with it in view: the only blind sample, for
tables and the other labels have one author. The steps lie between the columns, nearer to the blind one. Below 0.8
there were too few answers to say.
"""

from bisect import bisect_right

_SCORES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_CONFIDENCES = (0.3, 0.45, 0.55, 0.65, 0.75, 0.88, 0.92)


def calibrated(score: float) -> float:
    """How often answers of that score are right, 0 to 1."""
    return _CONFIDENCES[max(bisect_right(_SCORES, score) - 1, 0)]
