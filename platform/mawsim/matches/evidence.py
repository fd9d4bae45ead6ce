"""The sentence of a listing that answers a query, in the reader's language where it can be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mawsim.core import languages
from mawsim.listings.models import Listing
from mawsim.listings.queries import ListingCard, texts_in
from mawsim.matches import engine

if TYPE_CHECKING:
    from mawsim.matches.engine import Encoder

# Enough for the longest body; it bounds what a page costs with a slow model.
SENTENCES = 24


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of a listing, and the language it is in. `score`: its cosine to the query."""

    text: str
    language: str
    score: float

    @property
    def dir(self) -> str:
        return languages.BY_CODE[self.language].dir


@dataclass(frozen=True, slots=True)
class Readable:
    """A listing's sentences in one language."""

    language: str
    sentences: list[str]


def readable(listings: Sequence[Listing], language: str) -> dict[int, Readable]:
    """{listing id: sentences}: in `language` where anything of the listing is, else as they were written."""
    translated = texts_in([listing.pk for listing in listings], language)
    return {listing.pk: _readable(listing, translated.get(listing.pk, {}), language) for listing in listings}


def _readable(listing: Listing, translated: dict[str, str], language: str) -> Readable:
    # The title is the card's headline already; it stands in only where there is nothing else.
    for texts, spoken in (
        (translated, language),
        ({field: getattr(listing, field) for field in ("title", "summary", "body")}, listing.source_language),
    ):
        whole = [texts[field] for field in ("summary", "body") if texts.get(field)] or [
            texts.get("title", "")
        ]
        found = [sentence for text in whole for sentence in engine.sentences(text, spoken)]
        if found:
            return Readable(spoken, found[:SENTENCES])
    return Readable(listing.source_language, [])


def answers(
    encoder: "Encoder | None", query: str, cards: Sequence[ListingCard], language: str
) -> dict[int, Evidence]:
    """{listing id: the sentence nearest to the query}, with one call of the encoder for all cards."""
    if encoder is None or not query:
        return {}
    texts = readable([card.listing for card in cards], language)
    try:
        best = engine.best_sentences(encoder, query, [text.sentences for text in texts.values()])
    except engine.EncoderUnavailable:
        return {}
    return {
        pk: Evidence(text.sentences[found[0]], text.language, found[1])
        for (pk, text), found in zip(texts.items(), best, strict=True)
        if found
    }


@dataclass(frozen=True, slots=True)
class EvidencePair:
    """A sentence of ours and the sentence of theirs that it goes with."""

    own: Evidence
    theirs: Evidence
    score: float


PAIRS = 2
PAIR_FLOOR = 0.3  # cosine below which two sentences have little to do with each other


def sentence_pairs(
    encoder: "Encoder | None", matched: Sequence[tuple[Listing, Listing]], language: str
) -> list[list[EvidencePair]]:
    """For each (our listing, theirs) the sentences that match, with one call of the encoder for all."""
    if encoder is None or not matched:
        return [[] for _ in matched]
    both = {listing.pk: listing for pair in matched for listing in pair}
    texts = readable(list(both.values()), language)
    sides = [(texts[ours.pk], texts[theirs.pk]) for ours, theirs in matched]
    try:
        found = engine.best_pairs(
            encoder, [(ours.sentences, theirs.sentences) for ours, theirs in sides], PAIRS
        )
    except engine.EncoderUnavailable:
        return [[] for _ in matched]
    return [
        [_pair(ours, theirs, *places) for places in pairs if places[2] >= PAIR_FLOOR]
        for (ours, theirs), pairs in zip(sides, found, strict=True)
    ]


def _pair(ours: Readable, theirs: Readable, own_place: int, their_place: int, score: float) -> EvidencePair:
    own = Evidence(ours.sentences[own_place], ours.language, score)
    return EvidencePair(own, Evidence(theirs.sentences[their_place], theirs.language, score), score)
