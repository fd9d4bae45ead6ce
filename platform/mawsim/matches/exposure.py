"""Who is shown how often: by country, size and language, how unevenly, and what fairness costs.

Measured on the lists that suggestions are read from, for every listing or an even sample of them: the first
`PLACES` places as the site shows them, and as they would be by score alone. A place counts by how much it
is looked at (`matching.fairness.attention`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils import timezone

from mawsim.matches.judging import OFF, Entry, arrange, attention, gini, score_lost
from mawsim.matches.models import ExposureReport, Load, SuggestionList
from mawsim.matches.pairs import open_listings
from mawsim.matches.suggest import NEWCOMER

PLACES = 10
SAMPLE = 50_000  # lists; more tell nothing new
KEPT_REPORTS = 60
_CHUNK = 500
# {group: the attribute of a listing}
GROUPS = {"country": "organisation__country", "size": "organisation__size", "language": "source_language"}


@dataclass
class _Side:
    """The sums of one way to show lists: attention by organisation and by group."""

    organisations: Counter[int] = field(default_factory=Counter)
    groups: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    scores: float = 0.0
    places: int = 0

    def add(self, shown: Iterable[Entry], known: Mapping[int, Mapping[str, Any]]) -> None:
        for place, entry in enumerate(shown):
            worth = attention(place)
            self.organisations[entry.organisation] += worth  # type: ignore[assignment]  # floats are fine
            for name, attribute in GROUPS.items():
                self.groups[name][known[entry.key][attribute]] += worth  # type: ignore[assignment]
            self.scores += entry.score
            self.places += 1


def measure(sample: int = SAMPLE) -> ExposureReport:
    """Measure, keep and return a report; older ones are kept for two months of nights."""
    report = ExposureReport.objects.create(report=_measured(sample))
    kept = ExposureReport.objects.values_list("pk", flat=True)[:KEPT_REPORTS]
    ExposureReport.objects.exclude(pk__in=list(kept)).delete()
    return report


def _measured(sample: int) -> dict[str, Any]:
    lists = SuggestionList.objects.filter(listing__in=open_listings().values("pk"))
    total = lists.count()
    step = -(-total // sample) or 1  # every so many-th
    plain, fair, lost, seen = _Side(), _Side(), 0.0, 0
    for chunk in _chunks(lists.order_by("listing").values_list("listing", "others", "scores"), step):
        known = _known({pk for _listing, others, _scores in chunk for pk in others})
        for _listing, others, scores in chunk:
            entries = [
                _entry(known[pk], score) for pk, score in zip(others, scores, strict=True) if pk in known
            ]
            by_score = arrange(entries, PLACES, OFF)
            as_shown = arrange(entries, PLACES)
            plain.add(by_score, known)
            fair.add(as_shown, known)
            lost += score_lost(by_score, as_shown)
            seen += 1
    return _report(plain, fair, lists=seen, of=total, cost=lost / seen if seen else 0.0)


def _chunks(rows: Any, step: int) -> Iterator[list[tuple[int, list[int], list[float]]]]:
    chunk = []
    for number, row in enumerate(rows.iterator(_CHUNK)):
        if number % step == 0:
            chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _known(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What counts of the listings that may be shown."""
    rows = open_listings().filter(pk__in=ids)
    found = rows.values("pk", "organisation", "organisation__created_at", *GROUPS.values())
    known = {row["pk"]: row for row in found}
    owners = {row["organisation"] for row in known.values()}
    loads = dict(Load.objects.filter(organisation__in=owners).values_list("organisation", "open_interests"))
    for row in known.values():
        row["load"] = loads.get(row["organisation"], 0)
    return known


def _entry(row: Mapping[str, Any], score: float) -> Entry:
    newcomer = row["organisation__created_at"] > timezone.now() - NEWCOMER
    return Entry(
        key=row["pk"], organisation=row["organisation"], score=score, newcomer=newcomer, load=row["load"]
    )


def _report(plain: _Side, fair: _Side, *, lists: int, of: int, cost: float) -> dict[str, Any]:
    owners = set(open_listings().values_list("organisation", flat=True).distinct())
    return {
        "lists": lists,
        "of": of,
        "places": PLACES,
        "organisations": len(owners),
        # Those that are never shown count too: they are what unevenness is about.
        "gini_by_score": round(gini(plain.organisations.get(pk, 0) for pk in owners), 4),
        "gini_as_shown": round(gini(fair.organisations.get(pk, 0) for pk in owners), 4),
        "never_shown": sum(pk not in fair.organisations for pk in owners),
        "mean_by_score": round(plain.scores / plain.places, 4) if plain.places else 0.0,
        "mean_as_shown": round(fair.scores / fair.places, 4) if fair.places else 0.0,
        "cost": round(cost, 4),
        "groups": {name: _shares(name, plain, fair) for name in GROUPS},
    }


def _shares(name: str, plain: _Side, fair: _Side) -> list[dict[str, Any]]:
    """Per value of the group: its share of the listings, and of the attention in both ways; largest first."""
    attribute = GROUPS[name]
    rows = open_listings().order_by().values_list(attribute).annotate(number=Count("pk"))
    counts = dict(rows)
    total = sum(counts.values())
    sums = {"by_score": plain.groups[name], "as_shown": fair.groups[name]}
    whole = {key: sum(side.values()) or 1 for key, side in sums.items()}
    return [
        {
            "code": code,
            "listings": round(number / total, 4),
            **{key: round(side[code] / whole[key], 4) for key, side in sums.items()},
        }
        for code, number in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    ]
