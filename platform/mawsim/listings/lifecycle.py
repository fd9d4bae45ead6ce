"""The steps of a listing's life, in one table: from which states, to which, and who may take them."""

from dataclasses import dataclass
from enum import StrEnum

from mawsim.listings.models import Event, Status

NOTICE_DAYS = 14  # before the end, its editors are told


class By(StrEnum):
    EDITOR = "editor"  # editors and owners of its organisation
    OPERATOR = "operator"  # never one who belongs to its organisation
    EITHER = "either"
    CLOCK = "clock"


class Step(StrEnum):
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    REJECT = "reject"
    HOLD = "hold"
    RESUME = "resume"
    RENEW = "renew"
    EXPIRE = "expire"
    ARCHIVE = "archive"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Transition:
    sources: frozenset[Status]
    target: Status
    by: By
    event: Event


_S = Status
TRANSITIONS: dict[Step, Transition] = {
    Step.SUBMIT: Transition(frozenset({_S.DRAFT, _S.REJECTED}), _S.IN_REVIEW, By.EDITOR, Event.SUBMITTED),
    Step.WITHDRAW: Transition(frozenset({_S.IN_REVIEW}), _S.DRAFT, By.EDITOR, Event.WITHDRAWN),
    Step.PUBLISH: Transition(frozenset({_S.IN_REVIEW}), _S.PUBLISHED, By.OPERATOR, Event.PUBLISHED),
    Step.REJECT: Transition(
        frozenset({_S.IN_REVIEW, _S.PUBLISHED}), _S.REJECTED, By.OPERATOR, Event.REJECTED
    ),
    Step.HOLD: Transition(frozenset({_S.PUBLISHED}), _S.ON_HOLD, By.EITHER, Event.HELD),
    Step.RESUME: Transition(frozenset({_S.ON_HOLD}), _S.PUBLISHED, By.EITHER, Event.RESUMED),
    Step.RENEW: Transition(frozenset({_S.PUBLISHED, _S.EXPIRED}), _S.PUBLISHED, By.EDITOR, Event.RENEWED),
    Step.EXPIRE: Transition(frozenset({_S.PUBLISHED, _S.ON_HOLD}), _S.EXPIRED, By.CLOCK, Event.EXPIRED),
    Step.ARCHIVE: Transition(frozenset(set(_S) - {_S.ARCHIVED}), _S.ARCHIVED, By.EDITOR, Event.ARCHIVED),
    # Back to a draft, not to what it was: it passes the review again.
    Step.RESTORE: Transition(frozenset({_S.ARCHIVED}), _S.DRAFT, By.EDITOR, Event.RESTORED),
}
# In these an editor may change the content. An archived listing is restored first.
EDITABLE = frozenset(set(_S) - {_S.ARCHIVED})
# In these the public has read the content, or will again without another review.
REVIEWED = frozenset({_S.PUBLISHED, _S.ON_HOLD, _S.EXPIRED})
# In these, texts are translated. A draft is nobody's business yet, least of all an outside engine's.
TRANSLATED = frozenset({_S.IN_REVIEW, _S.PUBLISHED, _S.ON_HOLD})


def possible(status: str, by: By) -> list[Step]:
    """The steps that somebody in this role could take from a status, in the table's order."""
    return [
        step
        for step, transition in TRANSITIONS.items()
        if status in transition.sources and transition.by in {by, By.EITHER}
    ]
