"""The fields that each pillar adds to a listing: what there is, how it is read, how it is shown."""

from mawsim.listings.details.reading import clean
from mawsim.listings.details.showing import Fact, facts
from mawsim.listings.details.specs import PILLARS, Kind, Spec, specs_of

__all__ = ["PILLARS", "Fact", "Kind", "Spec", "clean", "facts", "specs_of"]
