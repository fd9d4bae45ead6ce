"""Named reads: the memory, the glossary, what engines have cost."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from mawsim.translation.checks import Problem, check_pair
from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.glossary import Glossary
from mawsim.translation.memory.search import Hit, similar
from mawsim.translation.models import EngineUsage, Term
from mawsim.translation.scopes import PUBLIC, Scope
from mawsim.translation.segmentation import Sentence, sentences

__all__ = [
    "Hit",
    "Problem",
    "Sentence",
    "check_pair",
    "remembered",
    "sentences",
    "similar",
    "terms_in",
    "usage",
]


def remembered(texts: Iterable[str], source: str, target: str, *scopes: Scope) -> dict[str, Candidate]:
    """{text: its translation} for those that the memory holds exactly; one query."""
    wanted = list(dict.fromkeys(texts))
    found = Memory().translate([Segment(text, source, target, scopes or (PUBLIC,)) for text in wanted])
    return {text: candidate for text, candidate in zip(wanted, found, strict=True) if candidate}


def terms_in(text: str, source: str, target: str, scopes: Sequence[Scope] = (PUBLIC,)) -> list[Term]:
    """The glossary's terms that occur in the text. One query."""
    return Glossary.load([source], scopes).terms_in(text, source, target, scopes)


def usage(days: int = 31) -> list[dict[str, Any]]:
    """What each engine has done in the last days, the dearest first: characters, segments, calls,
    failures, rejected, milliseconds, and `cost` where settings.TRANSLATION_PRICES names a price."""
    counted = ("characters", "segments", "calls", "failures", "rejected", "milliseconds")
    rows = (
        EngineUsage.objects.filter(day__gt=timezone.now().date() - timedelta(days=days))
        .values("engine")
        .annotate(**{f"{name}_sum": Sum(name) for name in counted})
    )
    found: list[dict[str, Any]] = [
        {"engine": row["engine"]} | {name: row[f"{name}_sum"] for name in counted} for row in rows
    ]
    for row in found:
        price = settings.TRANSLATION_PRICES.get(row["engine"])
        row["cost"] = None if price is None else price * row["characters"] / 1_000_000
    return sorted(found, key=lambda row: (-(row["cost"] or 0), -row["characters"]))
