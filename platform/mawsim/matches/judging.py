"""The other door to `matching`, beside `engine`: its judgement, which needs neither model nor index.

Scores of pairs and organisations, the order of lists, consortia, and what decisions teach. All of it is
pure functions over plain values, light enough to import at once.
"""

from matching.consortium import Candidate, Consortium
from matching.consortium import build as build_consortium
from matching.fairness import OFF, POLICY, Entry, arrange, attention, gini
from matching.fairness import cost as score_lost
from matching.learning import ABOUT, LEAST_DECISIONS, LEAST_IN_CELL, MOST, Decision, Tally, relearn
from matching.scoring import (
    Factor,
    ListingFacts,
    OrganisationScore,
    PairScore,
    Verdict,
    fuse,
    pair_score,
)
from matching.weights import WEIGHTS

__all__ = [
    "ABOUT",
    "LEAST_DECISIONS",
    "LEAST_IN_CELL",
    "MOST",
    "OFF",
    "POLICY",
    "WEIGHTS",
    "Candidate",
    "Consortium",
    "Decision",
    "Entry",
    "Factor",
    "ListingFacts",
    "OrganisationScore",
    "PairScore",
    "Tally",
    "Verdict",
    "arrange",
    "attention",
    "build_consortium",
    "fuse",
    "gini",
    "pair_score",
    "relearn",
    "score_lost",
]
