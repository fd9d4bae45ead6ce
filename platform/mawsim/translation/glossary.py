"""Which terms of the glossary occur in a sentence, and what that means for its translation."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mawsim.translation.engines.base import TermHint
from mawsim.translation.hashing import fingerprint
from mawsim.translation.models import Term, TermKind, TermSet
from mawsim.translation.scopes import Scope, rows_in, seen_from


@dataclass(frozen=True, slots=True)
class Applied:
    """The terms that apply to one sentence."""

    kept: tuple[str, ...] = ()  # as they stand in the sentence
    hints: tuple[TermHint, ...] = ()
    version: int = 0  # the highest of the sets concerned
    fingerprint: str = ""
    scopes: frozenset[Scope] = frozenset()  # beside the public one: what is made with them is theirs


class Glossary:
    """The terms that may be used for a text from `scopes`. One query, made once for a batch."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = [(term, pattern_of(term)) for term in terms]

    @classmethod
    def load(cls, sources: Iterable[str], scopes: Iterable[Scope]) -> "Glossary":
        sets = TermSet.objects.filter(rows_in(seen_from(*scopes)))
        rows = Term.objects.filter(source_language__in=set(sources), term_set__in=sets)
        return cls(rows.select_related("term_set").order_by("pk"))

    def terms_in(self, text: str, source: str, target: str, scopes: Iterable[Scope]) -> list[Term]:
        visible = seen_from(*scopes)
        return [
            term
            for term, pattern in self._terms
            if term.source_language == source
            and term.target_language in {"", target}
            and term.term_set.belongs_to in visible
            and pattern.search(text)
        ]

    def applied(self, text: str, source: str, target: str, scopes: Sequence[Scope]) -> Applied:
        terms = self.terms_in(text, source, target, scopes)
        if not terms:
            return Applied()
        return Applied(
            kept=tuple(dict.fromkeys(_kept(text, terms))),
            hints=_hints(terms, seen_from(*scopes)),
            version=max(term.term_set.version for term in terms),
            fingerprint=fingerprint(_identity(term) for term in terms),
            scopes=frozenset(
                term.term_set.belongs_to for term in terms if not term.term_set.belongs_to.is_public
            ),
        )


def pattern_of(term: Term) -> re.Pattern[str]:
    """Finds the term: as a word of its own where words are set apart, with endings that may follow where
    a language adds them to the word (Korean particles, Turkish and Semitic endings)."""
    text = re.escape(term.source_text.strip())
    left = r"(?<!\w)" if term.source_language in _SPACED | {"ko"} else ""
    right = r"(?!\w)" if term.source_language in _SPACED - _ENDINGS else ""
    return re.compile(left + text + right, 0 if term.case_sensitive else re.IGNORECASE)


_SPACED = {"en", "id", "ms", "vi", "tl", "tr", "fa"}
_ENDINGS = {"tr", "fa", "tl"}


def _kept(text: str, terms: Iterable[Term]) -> list[str]:
    return [
        match.group()
        for term in terms
        if term.kind == TermKind.KEEP
        for match in pattern_of(term).finditer(text)
    ]


def _hints(terms: Iterable[Term], visible: Sequence[Scope]) -> tuple[TermHint, ...]:
    """One per source term; the most particular scope says what it is called."""
    ordered = sorted(terms, key=lambda term: visible.index(term.term_set.belongs_to))
    preferred: dict[str, str] = {}
    forbidden: dict[str, list[str]] = {}
    for term in ordered:
        if term.kind == TermKind.PREFERRED:
            preferred.setdefault(term.source_text, term.target_text)
        elif term.kind == TermKind.FORBIDDEN:
            forbidden.setdefault(term.source_text, []).append(term.target_text)
    return tuple(
        TermHint(source, preferred.get(source, ""), tuple(forbidden.get(source, ())))
        for source in dict.fromkeys([*preferred, *forbidden])
    )


def _identity(term: Term) -> str:
    return "|".join(
        [term.kind, term.source_text, term.target_language, term.target_text, str(term.case_sensitive)]
    )
