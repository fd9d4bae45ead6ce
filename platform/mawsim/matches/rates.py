"""Dated reference rates, so that sums in two currencies can be compared roughly.

`data/rates.tsv` holds units per US dollar, each with its date and source; REFERENCE_RATES names another
file of the same form. They compare orders of magnitude and are never shown as a price: whoever reads a
comparison is told of what date it is.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

BUNDLED = Path(__file__).parent / "data" / "rates.tsv"
# A rate that is older than this misleads: the sums are then not compared at all.
LONGEST = timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Rate:
    currency: str  # ISO 4217
    per_usd: float
    date: date
    source: str


class BadRates(ValueError):
    """The file of rates cannot be read; the message names the line."""


def rate_of(currency: str) -> Rate | None:
    """The rate of a currency, and None where there is none that is fresh enough."""
    if not currency:
        return None
    rate = read(Path(settings.REFERENCE_RATES or BUNDLED)).get(currency)
    return rate if rate and date.today() - rate.date <= LONGEST else None


def in_dollars(amount: float | None, rate: Rate | None) -> float | None:
    return None if amount is None or rate is None else amount / rate.per_usd


def compared_on(one: str, other: str) -> date | None:
    """Of what date a comparison of sums in two currencies is: the older rate's. None within one currency."""
    rates = [rate for rate in (rate_of(one), rate_of(other)) if rate]
    return min(rate.date for rate in rates) if one != other and len(rates) == 2 else None


@cache
def read(path: Path) -> dict[str, Rate]:
    """{currency: rate}. Raises `BadRates`."""
    rates = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            try:
                rate = Rate(
                    row["currency"],
                    float(row["per_usd"]),
                    date.fromisoformat(row["date"]),
                    row["source"].strip(),
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise BadRates(f"{path}, line {number}: {error}") from error
            if not (rate.per_usd > 0 and rate.source and len(rate.currency) == 3):
                raise BadRates(f"{path}, line {number}: currency, positive rate and source are needed")
            rates[rate.currency] = rate
    return rates
