"""The sentinels of a masked pair."""

import re

MARK = re.compile(r"⟦(\d+)⟧")


def renumber(source: str, target: str) -> tuple[str, str]:
    """The pair with its sentinels counted as they stand in the source, as the engine gets them."""
    order = {number: str(place) for place, number in enumerate(MARK.findall(source), start=1)}
    one, other = (MARK.sub(lambda match: f"⟦{order[match[1]]}⟧", side) for side in (source, target))
    return one, other


def are_kept(source: str, translation: str) -> bool:
    """Whether each sentinel of the source stands in the translation as often, and no other."""
    return sorted(MARK.findall(source)) == sorted(MARK.findall(translation))
