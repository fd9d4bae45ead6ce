"""Why two listings were matched, in the reader's words. The engine gives codes; these are the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mawsim.core import cldr, languages
from mawsim.listings.summary import countries, joined
from mawsim.matches.rates import compared_on
from mawsim.taxonomy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from mawsim.matches.judging import Factor, ListingFacts, PairScore

SENTENCES: dict[str, Promise] = {
    "MUTUAL": _("Each side has something that the other needs."),
    "ONE_SIDED": _("Only one side gains so far; a need or offer of the other side is missing."),
    "TEXT_SIMILAR": _("The descriptions speak of the same thing."),
    "TEXT_DISTANT": _("The descriptions have little in common."),
    "TEXT_UNKNOWN": _("The descriptions have not been compared yet."),
    "PILLAR_SAME": _("Both are about: %(shared)s"),
    "PILLAR_DIFFERENT": _("They are about different things: %(need)s is needed, %(offer)s is offered"),
    "PILLAR_UNKNOWN": _("It is not stated what is exchanged."),
    "SECTOR_SHARED": _("Same sector: %(shared)s"),
    "SECTOR_DIFFERENT": _("Other sectors: needed for %(need)s, offered for %(offer)s"),
    "SECTOR_UNKNOWN": _("One side states no sector."),
    "TECHNOLOGY_SHARED": _("Same technology: %(shared)s"),
    "TECHNOLOGY_DIFFERENT": _("Other technologies: %(need)s needed, %(offer)s offered"),
    "TECHNOLOGY_UNKNOWN": _("One side states no technology."),
    "PARTNERSHIP_SHARED": _("Both want the same kind of partnership: %(shared)s"),
    "PARTNERSHIP_DIFFERENT": _("Other kinds of partnership: one side wants %(need)s, the other %(offer)s"),
    "PARTNERSHIP_UNKNOWN": _("One side states no kind of partnership."),
    "MARKET_WANTED": _("The offer is meant for the country of the need: %(shared)s"),
    "MARKET_NOT_TARGETED": _("The offer is meant for other countries: %(offer)s"),
    "MARKET_UNKNOWN": _("The offer names no target country."),
    "ORIGIN_WANTED": _("The need looks for partners from the country of the offer: %(shared)s"),
    "ORIGIN_NOT_TARGETED": _("The need looks for partners from other countries: %(need)s"),
    "ORIGIN_UNKNOWN": _("The need names no country of the partner."),
    "STAGE_READY": _("Mature enough: TRL %(offer)s offered, TRL %(need)s needed"),
    "STAGE_EARLY": _("Not far enough developed: TRL %(offer)s instead of TRL %(need)s"),
    "STAGE_UNKNOWN": _("One side states no stage of development."),
    "TICKET_FITS": _("The sums fit together."),
    "TICKET_TOO_SMALL": _("The sum offered is too small."),
    "TICKET_TOO_LARGE": _("The sum offered is too large."),
    "TICKET_UNKNOWN": _("The sums cannot be compared."),
    "TICKET_FITS_CONVERTED": _("The sums fit together, roughly, at exchange rates of %(date)s."),
    "TICKET_TOO_SMALL_CONVERTED": _("The sum offered is too small, at exchange rates of %(date)s."),
    "TICKET_TOO_LARGE_CONVERTED": _("The sum offered is too large, at exchange rates of %(date)s."),
}
# What the factors of the engine are called, for operators.
FACTORS: dict[str, Promise] = {
    "text": _("Texts"),
    "pillar": _("Pillar"),
    "sector": _("Sector"),
    "technology": _("Technology"),
    "partnership": _("Kind of partnership"),
    "market": _("Market of the offer"),
    "origin": _("Origin of the offer"),
    "stage": _("Stage of development"),
    "ticket": _("Sums of money"),
}
_VOCABULARIES = {
    "sector": (Vocabulary.SECTOR, "sectors"),
    "technology": (Vocabulary.TECHNOLOGY, "technologies"),
    "partnership": (Vocabulary.PARTNERSHIP, "partnership_types"),
}
_ORDER = {"match": 0, "gap": 1, "unknown": 2}


@dataclass(frozen=True)
class Reason:
    """One criterion: its code, what the sentence names (in the reader's language), and how it came out:
    "match", "gap" or "unknown"; "remark" for what is said about the two organisations without judging.
    `strength` is what it adds to the score, before the weights are evened out."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    state: str = "match"
    strength: float = 0.0

    @property
    def sentence(self) -> str:
        """Sums that were stated in two currencies come with the date of the rates."""
        converted = "_CONVERTED" if "date" in self.params else ""
        return str(SENTENCES[self.code + converted]) % self.params

    def __str__(self) -> str:
        return self.sentence


def reasons_of(
    score: "PairScore",
    need: "ListingFacts",
    offer: "ListingFacts",
    language: str = "",
    weights: Mapping[str, float] | None = None,
) -> list[Reason]:
    """The reasons of a pair, matches first, then gaps, then what is unknown."""
    language = language or languages.current().code
    found = [
        Reason(
            str(factor.reason),
            _params(factor, need, offer, language),
            str(factor.verdict),
            (weights or {}).get(factor.name, 0.0) * factor.value,
        )
        for factor in score.factors
    ]
    return sorted(found, key=lambda reason: _ORDER[reason.state])


def _params(factor: "Factor", need: "ListingFacts", offer: "ListingFacts", language: str) -> dict[str, str]:
    if factor.name in _VOCABULARIES:
        vocabulary, name = _VOCABULARIES[factor.name]
        sides: dict[str, Any] = {
            "shared": factor.shared,
            "need": getattr(need, name),
            "offer": getattr(offer, name),
        }
        return {side: joined(vocabulary, sorted(codes), language) for side, codes in sides.items()}
    if factor.name == "pillar":
        sides = {"shared": factor.shared, "need": sorted(need.pillars), "offer": [offer.pillar]}
        return {side: joined(Vocabulary.PILLAR, list(codes), language) for side, codes in sides.items()}
    if factor.name == "ticket" and factor.verdict != "unknown":
        compared = compared_on(need.currency or "", offer.currency or "")
        return {"date": cldr.day(compared, language)} if compared else {}
    if factor.name in ("market", "origin"):
        sides = {"shared": factor.shared, "need": need.target_countries, "offer": offer.target_countries}
        return {side: countries(sorted(codes), language) for side, codes in sides.items()}
    if factor.name == "stage" and need.stage and offer.stage:
        return {"need": cldr.quantity(need.stage, language), "offer": cldr.quantity(offer.stage, language)}
    return {}
