"""Reads and checks the demo data: invented organisations and listings, one TOML file per batch.

The texts exist to show the site at work. They are never used to train or tune a model.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mawsim.accounts.models import OrganisationKind, OrganisationSize
from mawsim.core import cldr, languages
from mawsim.core.errors import InvalidInput
from mawsim.listings.details import clean
from mawsim.listings.models import BODY_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, Kind
from mawsim.taxonomy.vocabulary import Vocabulary, codes

DATA = Path(__file__).parent / "data"
ALWAYS = frozenset({"ko", "en", "id", "vi", "ar", "th"})  # every listing is readable in these


class BadDemoData(Exception):
    """A batch file breaks a rule; the message names file, organisation and rule."""


@dataclass(frozen=True)
class DemoListing:
    kind: str
    pillar: str
    sectors: list[str]
    technologies: list[str]
    partnership_types: list[str]
    target_countries: list[str]
    source_language: str
    title: str
    summary: str
    body: str
    translations: dict[str, dict[str, str]]  # language -> {"title", "summary"}
    stage: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoOrganisation:
    slug: str
    kind: str
    name: str
    country: str
    language: str
    city: str
    size: str
    sectors: list[str]
    about: str
    names: dict[str, str] = field(default_factory=dict)
    listing: list[DemoListing] = field(default_factory=list)


def organisations(folder: Path = DATA) -> Iterator[DemoOrganisation]:
    """All demo organisations in file order, checked; `BadDemoData` at the first fault."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.toml")):
        for raw in tomllib.loads(path.read_text(encoding="utf-8"))["organisation"]:
            where = f"{path.name}: {raw.get('slug')}"
            try:
                listings = [DemoListing(**entry) for entry in raw.pop("listing", [])]
                organisation = DemoOrganisation(listing=listings, **raw)
            except TypeError as error:
                raise BadDemoData(f"{where}: {error}") from error
            for fault in _faults(organisation):
                raise BadDemoData(f"{where}: {fault}")
            if organisation.slug in seen:
                raise BadDemoData(f"{where}: slug used twice")
            seen.add(organisation.slug)
            yield organisation


def _faults(organisation: DemoOrganisation) -> Iterator[str]:
    yield from _unknown("kind", [organisation.kind], OrganisationKind.values)
    yield from _unknown("size", [organisation.size], OrganisationSize.values)
    yield from _unknown("country", [organisation.country], cldr.country_codes())
    yield from _unknown("language", [organisation.language, *organisation.names], languages.CODES)
    yield from _unknown("sectors", organisation.sectors, codes(Vocabulary.SECTOR))
    for listing in organisation.listing:
        for fault in _listing_faults(listing):
            yield f"“{listing.title}”: {fault}"


def _listing_faults(listing: DemoListing) -> Iterator[str]:
    yield from _unknown("kind", [listing.kind], Kind.values)
    yield from _unknown("pillar", [listing.pillar], codes(Vocabulary.PILLAR))
    yield from _unknown("sectors", listing.sectors, codes(Vocabulary.SECTOR))
    yield from _unknown("technologies", listing.technologies, codes(Vocabulary.TECHNOLOGY))
    yield from _unknown("partnership_types", listing.partnership_types, codes(Vocabulary.PARTNERSHIP))
    yield from _unknown("target_countries", listing.target_countries, cldr.country_codes())
    yield from _unknown("translations", [listing.source_language, *listing.translations], languages.CODES)
    if listing.source_language in listing.translations:
        yield "a translation into its own language"
    if missing := ALWAYS - {listing.source_language, *listing.translations}:
        yield f"no translation into {', '.join(sorted(missing))}"
    if listing.stage is not None and not 1 <= listing.stage <= 9:
        yield "stage is not 1 to 9"
    try:
        clean(listing.pillar, listing.details)
    except InvalidInput as error:
        yield str(error)
    texts = [(listing.title, TITLE_LENGTH), (listing.summary, SUMMARY_LENGTH), (listing.body, BODY_LENGTH)]
    for translation in listing.translations.values():
        if set(translation) != {"title", "summary"}:
            yield "a translation has exactly title and summary"
        texts += [(translation["title"], TITLE_LENGTH), (translation["summary"], SUMMARY_LENGTH)]
    for text, longest in texts:
        if not text.strip() or len(text) > longest:
            yield f"text empty or over {longest} characters: {text[:40]}"


def _unknown(name: str, values: list[str], known: Any) -> Iterator[str]:
    if unknown := [value for value in values if value not in known]:
        yield f"unknown {name}: {', '.join(unknown)}"
