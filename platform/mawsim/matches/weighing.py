"""Which weights count: the base ones of the engine, or a set that was learned from decisions.

Every set that was ever used is kept, with the counts that it follows from. A new one takes effect by itself
unless an operator has pinned another; the bounds of learning (`matching.learning`) keep it near the base.
"""

from collections.abc import Mapping
from dataclasses import asdict

import structlog
from django.db import transaction

from mawsim.accounts.models import User
from mawsim.accounts.rules import is_operator
from mawsim.core.errors import NotVisible
from mawsim.matches import judging
from mawsim.matches.models import Decision, Weights

log = structlog.get_logger(__name__)
DECISIONS = 20_000  # the newest
WORTH_A_SET = 0.005  # the smallest change of a weight that makes a new set


def active() -> dict[str, float]:
    """{factor: weight} that counts now."""
    learned = Weights.objects.filter(active=True).values_list("weights", flat=True).first() or {}
    return {name: float(learned.get(name, weight)) for name, weight in judging.WEIGHTS.items()}


@transaction.atomic
def relearn() -> Weights | None:
    """A new set from the newest decisions, if there are enough and it differs; else None."""
    rows = Decision.objects.order_by("-updated_at", "-pk").values_list("decider", "reason", "verdicts")
    learned = judging.relearn(judging.Decision(*row) for row in rows[:DECISIONS])
    if learned is None or not _differs(learned.weights, _newest()):
        return None
    made = Weights.objects.create(
        weights=learned.weights,
        tallies={name: asdict(tally) for name, tally in learned.tallies.items()},
        decisions=learned.decisions,
    )
    if not Weights.objects.filter(pinned=True).exists():
        _activate(made)
    log.info("weights.learned", number=made.pk, decisions=made.decisions, active=made.active)
    return made


def _newest() -> Mapping[str, float]:
    learned = Weights.objects.exclude(decisions=0).values_list("weights", flat=True)
    return learned.first() or judging.WEIGHTS


def _differs(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return any(abs(weight - other.get(name, 0.0)) >= WORTH_A_SET for name, weight in one.items())


@transaction.atomic
def choose(*, actor: User, number: int | None, pin: bool) -> None:
    """Use a set from now on, as an operator: one of those learned, or (None) the base weights.

    With `pin` it stays until an operator chooses again; without, the next learned set replaces it.
    """
    if not is_operator(actor):
        raise NotVisible
    if number is None:
        chosen = Weights.objects.create(weights=dict(judging.WEIGHTS))
    else:
        found = Weights.objects.filter(pk=number).first()
        if found is None:
            raise NotVisible
        chosen = found
    Weights.objects.filter(pinned=True).update(pinned=False)
    chosen.pinned, chosen.chosen_by = pin, actor
    _activate(chosen)


def _activate(chosen: Weights) -> None:
    Weights.objects.filter(active=True).update(active=False)
    chosen.active = True
    chosen.save()
