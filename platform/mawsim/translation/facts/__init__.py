"""What must come through a translation unharmed: figures, dates, identifiers, addresses, names."""

from mawsim.translation.facts.find import Fact, FactKind, find
from mawsim.translation.facts.parity import differing_values, lost_and_invented

__all__ = ["Fact", "FactKind", "differing_values", "find", "lost_and_invented"]
