"""Fixtures that several areas of the site share."""

from tests.mawsim.matches.world import engine_room, tiny_model

__all__ = ["engine_room", "tiny_model"]
