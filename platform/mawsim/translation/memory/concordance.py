"""Where have these words been translated before, and how?"""

from collections.abc import Iterable

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mawsim.core.errors import InvalidInput
from mawsim.translation.models import MemoryUnit
from mawsim.translation.scopes import Scope, rows_in, seen_from

PATIENCE = 3000  # milliseconds: a rare word has to be looked for in the whole memory
SHORTEST = 2  # characters


def concordance(
    words: str, scopes: Iterable[Scope], source: str = "", target: str = "", limit: int = 50
) -> list[MemoryUnit]:
    """Units that hold the words on either side, as may be seen from the scopes; some, not all.

    InvalidInput at "q" for less than two characters, and for a search that takes too long.
    """
    wanted = " ".join(words.split())
    if len(wanted) < SHORTEST:
        raise InvalidInput({"q": _("Type at least two characters.")})
    units = MemoryUnit.objects.filter(rows_in(seen_from(*scopes)))
    units = units.filter(Q(source_text__icontains=wanted) | Q(target_text__icontains=wanted))
    if source:
        units = units.filter(source_language=source)
    if target:
        units = units.filter(target_language=target)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {PATIENCE}")
            return list(units[:limit])
    except OperationalError as error:
        raise InvalidInput(
            {"q": _("This takes too long. Choose the languages or type more words.")}
        ) from error
