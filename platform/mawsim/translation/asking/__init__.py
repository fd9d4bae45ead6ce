"""Asking an engine under guard: within its caps, not while it rests, again after a passing failure."""

from mawsim.translation.asking.guarded import ask

__all__ = ["ask"]
