"""Changes of the glossary. Who may make them is checked by those who call."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mawsim.core import languages
from mawsim.core.errors import InvalidInput
from mawsim.core.text import has_hidden_characters, tidy
from mawsim.translation.changes import tell
from mawsim.translation.glossary import pattern_of
from mawsim.translation.models import SegmentTranslation, Term, TermKind, TermSet
from mawsim.translation.scopes import PUBLIC, Scope, rows_in

LONGEST = 200


@dataclass(frozen=True, slots=True)
class TermData:
    """A term as it is given; KEEP has neither target language nor target text."""

    kind: TermKind
    source_language: str
    source_text: str
    target_language: str = ""
    target_text: str = ""
    case_sensitive: bool = False
    concept: str = ""
    note: str = ""


@transaction.atomic
def save_term_set(*, name: str, scope: Scope = PUBLIC) -> TermSet:
    """The set of that name in the scope, made where there is none."""
    cleaned = tidy(name)
    if not cleaned or len(cleaned) > 120 or has_hidden_characters(cleaned):
        raise InvalidInput({"name": _("This field must not be empty.")})
    term_set, _made = TermSet.objects.get_or_create(name=cleaned, scope=scope.kind, scope_id=scope.id)
    return term_set


@transaction.atomic
def save_terms(term_set: TermSet, terms: Iterable[TermData]) -> int:
    """Add terms, or renew those that differ in note, case or concept alone; returns how many changed.

    InvalidInput names the first bad one, and nothing is saved then.
    """
    rows = [_row(term_set, data) for data in terms]
    if not rows:
        return 0
    # One writer at a time, so that versions mean something.
    TermSet.objects.select_for_update().get(pk=term_set.pk)
    Term.objects.bulk_create(
        {_key(row): row for row in rows}.values(),
        update_conflicts=True,
        unique_fields=[
            "term_set",
            "kind",
            "source_language",
            "source_text",
            "target_language",
            "target_text",
        ],
        update_fields=["case_sensitive", "concept", "note", "updated_at"],
        batch_size=1000,
    )
    _changed(term_set, rows)
    return len(rows)


@transaction.atomic
def delete_terms(term_set: TermSet, public_ids: Iterable[str]) -> int:
    """Take terms out of a set; returns how many there were."""
    TermSet.objects.select_for_update().get(pk=term_set.pk)
    rows = list(term_set.terms.filter(public_id__in=list(public_ids)))
    Term.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        _changed(term_set, rows)
    return len(rows)


def _changed(term_set: TermSet, terms: Iterable[Term]) -> None:
    TermSet.objects.filter(pk=term_set.pk).update(version=F("version") + 1)
    term_set.refresh_from_db(fields=["version"])
    tell(_concerned(term_set, terms))


def _concerned(term_set: TermSet, terms: Iterable[Term]) -> Iterator[tuple[str, str, Scope, str]]:
    """The sentences with one of the terms in them, within reach of the set."""
    for term in terms:
        rows = SegmentTranslation.objects.filter(
            source_language=term.source_language, source_text__icontains=term.source_text.strip()
        )
        if term.target_language:
            rows = rows.filter(target_language=term.target_language)
        if not term_set.belongs_to.is_public:  # a public term is used everywhere, another at home
            rows = rows.filter(rows_in([PUBLIC, term_set.belongs_to]))
        pattern = pattern_of(term)
        values = rows.values_list("source_language", "target_language", "source_hash", "source_text")
        for source, target, key, text in values.distinct():
            if pattern.search(text):
                yield source, target, term_set.belongs_to, key


def _row(term_set: TermSet, data: TermData) -> Term:
    values = asdict(data) | {
        name: tidy(getattr(data, name)) for name in ("source_text", "target_text", "note")
    }
    row = Term(term_set=term_set, **values)
    for name in ("source_text", "target_text"):
        text = values[name]
        if len(text) > LONGEST or has_hidden_characters(text):
            raise InvalidInput({name: _("This term cannot be used: %(term)s") % {"term": text[:LONGEST]}})
    is_kept = data.kind == TermKind.KEEP
    if not row.source_text or (not is_kept and not row.target_text) or (is_kept and row.target_text):
        raise InvalidInput(
            {"source_text": _("This term cannot be used: %(term)s") % {"term": row.source_text}}
        )
    targets = {""} if is_kept else set(languages.CODES) - {data.source_language}
    if data.source_language not in languages.BY_CODE or data.target_language not in targets:
        raise InvalidInput({"target_language": _("This choice is not in the list.")})
    return row


def _key(row: Term) -> tuple[str, ...]:
    return row.kind, row.source_language, row.source_text, row.target_language, row.target_text
