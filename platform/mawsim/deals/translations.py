"""The words of a deal as a reader of another language sees them.

Each deal is a scope of its own, named by the interest's key: what is made of its texts is read nowhere
else, and both sides read the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from mawsim.deals.models import DealTranslation, Interest, Message
from mawsim.listings.pieces import shown_pieces
from mawsim.listings.queries import ShownText
from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.models import State
from mawsim.translation.scopes import Scope, conversation, organisation

PATIENCE = timedelta(minutes=2)  # how long a reader is told that a translation is on its way


@dataclass(frozen=True, slots=True)
class Words:
    """A purpose or message as shown. `facts`: what a machine had to leave as it was, for the reader to
    compare. `waiting`: a translation may come in seconds. `asked`: somebody has asked for it."""

    text: ShownText
    facts: tuple[str, ...] = ()
    waiting: bool = False
    asked: bool = True


def scope_of(interest_id: int) -> Scope:
    return conversation(interest_id)


def shown_purpose(interest: Interest, language: str, organisation_id: int) -> Words:
    return _shown(interest.pk, [(None, interest.purpose, interest.language)], language, organisation_id)[0]


def shown_messages(
    interest_id: int, messages: Sequence[Message], language: str, organisation_id: int
) -> list[Words]:
    rows = [(message.pk, message.text, message.language) for message in messages]
    return _shown(interest_id, rows, language, organisation_id)


def _shown(
    interest_id: int, rows: Sequence[tuple[int | None, str, str]], language: str, organisation_id: int
) -> list[Words]:
    """What people have called the whole text goes first, then what was made for this deal. Two queries.

    `organisation_id` is the reader's side: its own confidential memory, never the other's.
    """
    foreign = [row for row in rows if row[2] != language]
    known, made = {}, {}
    if foreign:
        scopes = (organisation(organisation_id), scope_of(interest_id))
        found = Memory().translate([Segment(text, source, language, scopes) for _pk, text, source in foreign])
        known = dict(zip((row[0] for row in foreign), found, strict=True))
        keys = Q(message_id__in=[row[0] for row in foreign]) | Q(message=None)
        stored = DealTranslation.objects.filter(keys, interest_id=interest_id, language=language)
        made = {one.message_id: one for one in stored}
    return [_words(text, source, language, known.get(key), made.get(key)) for key, text, source in rows]


def _words(
    text: str, source: str, language: str, candidate: Candidate | None, made: DealTranslation | None
) -> Words:
    original = ShownText(text, source, False, None, False, text, source)
    if source == language:
        return Words(original)
    if candidate is not None:
        return Words(ShownText(candidate.text, language, True, candidate.state, False, text, source))
    if made is None:
        return Words(original, waiting=True, asked=False)
    if not made.text:
        waiting = made.pending and made.updated_at > timezone.now() - PATIENCE
        return Words(original, waiting=waiting)
    is_machine_made = made.state == State.MACHINE
    return Words(_translated(made, text, source), facts=tuple(made.facts) if is_machine_made else ())


def _translated(made: DealTranslation, text: str, source: str) -> ShownText:
    return ShownText(
        made.text,
        made.language,
        True,
        State(made.state),
        False,
        text,
        source,
        made.complete,
        shown_pieces(made),
        made.engine,
    )
