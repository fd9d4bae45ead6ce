"""Term sets in and out, in any of the formats."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction

from mawsim.translation.actions import save_term_set, save_terms
from mawsim.translation.exchange import glossary_csv, tbx
from mawsim.translation.exchange.errors import Report
from mawsim.translation.models import TermSet
from mawsim.translation.scopes import Scope

FORMATS = {"csv": "text/csv; charset=utf-8", "tbx": "application/x-tbx+xml"}


@transaction.atomic
def import_glossary(file: IO[bytes], ending: str, *, name: str, scope: Scope) -> Report:
    """Add the file's terms to the set of that name, made where there is none. All of them or, with BadFile
    or InvalidInput, none. Callers have checked the right to."""
    report = Report()
    terms = glossary_csv.parse(file) if ending == "csv" else tbx.parse(file, report)
    report.taken = save_terms(save_term_set(name=name, scope=scope), terms)
    return report


def export_glossary(term_set: TermSet, ending: str) -> Iterator[str]:
    terms = term_set.terms.order_by("pk").iterator(chunk_size=2000)
    return glossary_csv.write(terms) if ending == "csv" else tbx.write(term_set.name, terms)
