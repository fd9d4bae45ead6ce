"""How good an engine is: chrF++ against references, facts kept, segments a second."""

from mawsim.translation.evaluate.items import BadItem, Item, read_items
from mawsim.translation.evaluate.run import evaluate

__all__ = ["BadItem", "Item", "evaluate", "read_items"]
