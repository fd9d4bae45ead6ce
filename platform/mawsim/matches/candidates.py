"""What could be suggested for an organisation's listings: found, filtered by who may be shown, and judged."""

from collections.abc import Sequence

from django.db.models import QuerySet

from mawsim.accounts.models import Organisation
from mawsim.listings.models import Kind, Listing
from mawsim.matches import lists, pairs, reader, weighing
from mawsim.matches.models import Feedback, Verdict

# Nearest listings looked at per own listing that has no list yet, which is one that was just written; when
# all are without one, as after a change of the model, fewer will do.
CANDIDATES, CANDIDATES_OF_MANY, MANY = 100, 40, 3


class Candidates:
    """Other people's open listings that fit ours: `similarities` {(need, offer): cosine}, all `listings` by
    id (ours too; theirs without their texts), their `facts`, and the `pairs` {(need, offer): score} good
    enough to be suggested."""

    def __init__(self, own: Sequence[Listing], organisation: Organisation) -> None:
        self.organisation = organisation
        self.serving = reader.serving()
        self.weights = weighing.active()
        self.listings = {listing.pk: listing for listing in own}
        near = self._near(own)
        theirs = open_to(organisation).filter(pk__in={pk for ids in near.values() for pk in ids})
        self.listings |= {listing.pk: listing for listing in theirs.only(*pairs.FACT_FIELDS)}
        self.facts = {pk: pairs.facts_of(listing) for pk, listing in self.listings.items()}
        self._vectors |= self._vectors_of([pk for pk in self.listings if pk not in self._vectors])
        self.similarities: dict[tuple[int, int], float] = {}
        for listing in own:
            for pk in near.get(listing.pk, ()):
                self._compare(listing, pk)
        scored = {
            (need, offer): pairs.scored(self.facts[need], self.facts[offer], self._vectors, self.weights)
            for need, offer in self.similarities
        }
        self.pairs = {key: pair for key, pair in scored.items() if pair.score >= pairs.FLOOR}

    def _near(self, own: Sequence[Listing]) -> dict[int, list[int]]:
        """{own listing: others}: as its list says, else the nearest; nothing where it has no vector yet."""
        if self.serving is None:
            self._vectors = {}
            return {}
        self._vectors = self._vectors_of([listing.pk for listing in own])
        known = lists.stored([listing.pk for listing in own], self.serving.model.name)
        asked = [(listing.pk, listing.kind) for listing in own if listing.pk not in known]
        count = CANDIDATES if len(asked) <= MANY else CANDIDATES_OF_MANY
        mine = [self.organisation.pk]
        return known | pairs.nearest(self.serving, self._vectors, asked, count, mine)

    def _vectors_of(self, ids: Sequence[int]) -> dict:
        return pairs.vectors_of(self.serving.model.name, ids) if self.serving and ids else {}

    def _compare(self, listing: Listing, pk: int) -> None:
        """Between a need and an offer only: a listing may have changed its kind since the list was made."""
        other = self.listings.get(pk)
        if other is None or other.kind == listing.kind:
            return
        similarity = pairs.cosine(self._vectors, listing.pk, pk)
        if similarity is not None:
            key = (listing.pk, pk) if listing.kind == Kind.NEED else (pk, listing.pk)
            self.similarities[key] = similarity


def open_to(organisation: Organisation) -> QuerySet[Listing]:
    """Open listings of others that the organisation has not dismissed."""
    dismissed = Feedback.objects.filter(organisation=organisation, verdict=Verdict.DISMISSED)
    rows = pairs.open_listings().exclude(organisation=organisation)
    return rows.exclude(pk__in=dismissed.values("listing")).select_related("organisation")
