"""Listings by the million in a scratch database: made-up, but of real words in fifteen languages."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from matching.training.frames import FRAMES
from mawsim.accounts.models import Organisation
from mawsim.core.ids import new_public_id
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches import engine, frequencies
from mawsim.matches.models import EmbeddingModel
from mawsim.taxonomy.vocabulary import Vocabulary, codes

CONCEPTS = Path(__file__).resolve().parents[2] / "matching" / "training" / "domain" / "concepts"
COUNTRIES = (
    "KR", "VN", "ID", "MY", "TH", "PH", "KH", "LA", "MM", "SG", "AE", "SA", "QA", "KW", "OM", "BH", "IL",
    "IR", "TR", "CN",
)  # fmt: skip
PER_ORGANISATION = 8
POOL = 6_000
_WEIGHTS = (0.40, 0.35, 0.25)  # mawsim.matches.documents.WEIGHTS


@dataclass(frozen=True)
class Sentence:
    """One sentence of the pool, with what the index wants to know of it."""

    language: str
    text: str
    terms: str  # as a tsvector is written
    vector: NDArray[np.float32]


def read_concepts() -> list[dict[str, str]]:
    """Return {language: first name} of every concept of the domain."""
    rows = []
    for path in sorted(CONCEPTS.glob("*.tsv")):
        header, *lines = path.read_text("utf-8").splitlines()
        languages = header.split("\t")[1:]
        for line in lines:
            names = [cell.split(";")[0].strip() for cell in line.split("\t")[1:]]
            rows.append(dict(zip(languages, names, strict=False)))
    return rows


def sentences(number: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return (language, sentence) about the concepts, all languages alike often, none twice."""
    draw, concepts = random.Random(seed), read_concepts()
    found: dict[str, str] = {}
    while len(found) < number:
        language = draw.choice(list(FRAMES))
        name = draw.choice(concepts).get(language)
        if name:
            found[draw.choice(FRAMES[language]).format(name)] = language
    return [(language, text) for text, language in found.items()]


def load(count: int, seed: int = 1) -> EmbeddingModel:
    """Fill the empty database with `count` public listings, embedded and indexed; returns the model."""
    encoder = engine.document_encoder()
    pool = _pool(encoder)
    now = timezone.now()
    model = EmbeddingModel.objects.create(
        name=encoder.name, source="", dimension=encoder.dimension, activated_at=now, completed_at=now
    )
    organisations = _organisations(count // PER_ORGANISATION + 1)
    made = _listings(count, pool, organisations, random.Random(seed))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_terms")
        first = True
        while some := list(islice(made, 20_000)):
            _copy(cursor, some, model.name)
            if first:
                print("loading", flush=True)
            first = False
        cursor.execute("CREATE INDEX search_terms ON matches_searchdocument USING gin (terms)")
        for table in ("listings_listing", "accounts_organisation", "matches_listingvector"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    frequencies.remember(term for known in pool.values() for one in known for term in engine.terms(one.text))
    frequencies.count_terms(force=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return model


def _pool(encoder: Any) -> dict[str, list[Sentence]]:
    """Return {language: sentences}."""
    texts = sentences(POOL)
    vectors = np.concatenate(
        [encoder.encode([text for _, text in texts[at : at + 500]]) for at in range(0, POOL, 500)]
    )
    pool: dict[str, list[Sentence]] = {}
    for (language, text), vector in zip(texts, vectors, strict=True):
        terms = " ".join(map(engine.quoted_term, engine.terms(text)))
        pool.setdefault(_code(language), []).append(Sentence(_code(language), text, terms, vector))
    return pool


def _code(language: str) -> str:
    return "zh-Hans" if language == "zh" else language


def _organisations(count: int) -> int:
    """Make organisations; returns how many, with ids from 1."""
    draw, now = random.Random(2), timezone.now()
    fixed = _columns(Organisation(), skip=("id", "public_id", "name", "country", "created_at", "updated_at"))
    names = ["id", "public_id", "name", "country", "created_at", "updated_at", *fixed]
    with connection.cursor() as cursor, cursor.copy(_copy_into("accounts_organisation", names)) as copy:
        for number in range(1, count + 1):
            country = draw.choice(COUNTRIES)
            row = (number, new_public_id(), f"Firm {number}", country, now, now)
            copy.write_row((*row, *fixed.values()))
    return count


@dataclass(frozen=True)
class _Made:
    listing: tuple[Any, ...]
    terms: str
    vector: bytes
    attributes: str


_OWN = (
    "id", "public_id", "organisation_id", "kind", "pillar", "sectors", "technologies", "target_countries",
    "stage", "source_language", "title", "summary", "body", "published_at", "created_at", "updated_at",
)  # fmt: skip


def _listings(
    count: int, pool: dict[str, list[Sentence]], organisations: int, draw: random.Random
) -> Iterator[_Made]:
    now, languages = timezone.now(), list(pool)
    countries = dict(_country_of())
    pillars, sectors = codes(Vocabulary.PILLAR), codes(Vocabulary.SECTOR)
    technologies = codes(Vocabulary.TECHNOLOGY)
    for number in range(1, count + 1):
        language = draw.choice(languages)
        three = draw.choices(pool[language], k=3)
        code = f"MX-{number:07d}"
        organisation = draw.randint(1, organisations)
        values = {
            "kind": draw.choice(Kind.values), "pillar": draw.choice(pillars), "stage": draw.randint(1, 9),
            "language": language, "country": countries[organisation], "organisation": organisation,
            "sectors": sorted(draw.sample(sectors, 2)), "technologies": sorted(draw.sample(technologies, 2)),
            "partnership_types": [], "target_countries": sorted(draw.sample(COUNTRIES, 3)),
        }  # fmt: skip
        vector = sum(weight * one.vector for weight, one in zip(_WEIGHTS, three, strict=True))
        concepts = " ".join(f"'#{code}'" for code in (*values["sectors"], *values["technologies"]))
        published = now - timedelta(seconds=draw.randint(0, 10_000_000))
        yield _Made(
            (
                number, new_public_id(), organisation, values["kind"], values["pillar"], values["sectors"],
                values["technologies"], values["target_countries"], values["stage"], language,
                f"{three[0].text} {code}"[:120], three[1].text, three[2].text,
                published, published, published,
            ),
            " ".join([*(one.terms for one in three), f"'{code.lower()}'", f"'mx{number:07d}'", concepts]),
            (vector / np.linalg.norm(vector)).astype("<f4").tobytes(),
            json.dumps(values),
        )  # fmt: skip


def _country_of() -> Iterator[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, country FROM accounts_organisation")
        yield from cursor.fetchall()


def _copy(cursor: Any, some: Sequence[_Made], model: str) -> None:
    """Write listings with their vectors and search documents."""
    now = timezone.now()
    blank = Listing(
        status=Status.PUBLISHED, expires_at=now + timedelta(days=365), index_pending=False,
        translation_pending=False,
    )  # fmt: skip
    fixed = _columns(blank, skip=_OWN)
    with cursor.copy(_copy_into("listings_listing", [*_OWN, *fixed])) as copy:
        for made in some:
            copy.write_row((*made.listing, *fixed.values()))
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    number = cursor.fetchone()[0]
    names = [
        "listing_id",
        "model",
        "content_hash",
        "vector",
        "attributes",
        "visible",
        "transaction",
        "updated_at",
    ]
    with cursor.copy(_copy_into("matches_listingvector", names)) as copy:
        for made in some:
            copy.write_row((made.listing[0], model, "", made.vector, made.attributes, True, number, now))
    names = ["listing_id", "terms", "revision", "error", "attempts", "updated_at"]
    with cursor.copy(_copy_into("matches_searchdocument", names)) as copy:
        for made in some:
            copy.write_row((made.listing[0], made.terms, 1, "", 0, now))


def _columns(row: Any, skip: Sequence[str]) -> dict[str, Any]:
    """Return {column: value} of a new row for every column that is not in `skip`."""
    fields = [field for field in row._meta.concrete_fields if field.column not in skip]
    values = {field.column: getattr(row, field.attname) for field in fields}
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in values.items()}


def _copy_into(table: str, names: Sequence[str]) -> str:
    return f"COPY {table} ({', '.join(names)}) FROM STDIN"
