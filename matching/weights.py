"""What each factor of a match weighs: the one place to read and to change it.

The weights need not sum to one: a score is the weighted mean of the factors that are known. Feedback may
move each of them by at most half (`matching.learning`); the site keeps every set that it has used.
"""

from __future__ import annotations

from collections.abc import Mapping

Weights = Mapping[str, float]

WEIGHTS: Weights = {
    "text": 0.40,  # what the two texts say, by the cosine of their vectors
    "pillar": 0.15,  # what is exchanged: technology, talent, infrastructure, data, capital, market
    "sector": 0.12,
    "technology": 0.10,
    "partnership": 0.07,
    "market": 0.06,  # the offer aims at the country of the need
    "origin": 0.03,  # the need looks for partners from the country of the offer
    "stage": 0.03,  # the offer is as mature as the need asks
    "ticket": 0.04,  # the sums meet
}
# Cosines between which texts go from unrelated to the same; they belong to the bundled encoder.
TEXT_UNRELATED, TEXT_SAME = 0.10, 0.70
# What a pair of organisations keeps of its better direction when the other has nothing to add. At one half,
# no one-sided pair outranks one whose two directions both reach one half.
ONE_SIDED_SHARE = 0.5
# By how much sums in two currencies may miss each other: reference rates are days or months old.
RATE_SLACK = 0.10
