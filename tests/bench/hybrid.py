"""What words add to meaning: `python -m tests.bench.hybrid [--json FILE]`, in a scratch database.

The labelled needs and offers of tests/matching/data are published, and every need is asked for by its title,
by its title with slips of the keyboard, and in full; every offer by two rare words of its own, as one asks
who remembers a name. Given is nDCG at 10 by meaning alone, by words alone, and by both.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "matching" / "data" / "company"
_KINDS = ("meaning", "words", "both")


def main() -> None:
    from mawsim.core.services.testing import services_for_tests

    with services_for_tests() as urls:
        os.environ.update(
            DATABASE_URL=urls.database, BROKER_URL=urls.broker, CACHE_URL=urls.cache,
            MAWSIM_ENV="test", DJANGO_SETTINGS_MODULE="mawsim.settings", LOG_LEVEL="WARNING",
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        ids = publish()
        rows = []
        for name, asked in questions(ids).items():
            figures = {kind: round(value, 3) for kind, value in measured(asked, ids).items()}
            rows.append({"questions": name, "number": len(asked), **figures})
            print(json.dumps(rows[-1]), flush=True)
        if len(sys.argv) > 2:
            Path(sys.argv[2]).write_text(json.dumps(rows, indent=1), "utf-8")


def publish() -> dict[str, int]:
    """Publish and index every offer; returns {name in the files: listing}."""
    from datetime import timedelta

    from django.utils import timezone

    from mawsim.accounts.models import Organisation
    from mawsim.listings.models import Kind, Listing, Status
    from mawsim.matches import actions, engine, frequencies

    organisation = Organisation.objects.create(
        kind="korean_firm", name="Labelled", country="KR", language="ko"
    )
    now, ids = timezone.now(), {}
    for row in _rows("docs.jsonl"):
        listing = Listing.objects.create(
            organisation=organisation, kind=Kind.OFFER, pillar="technology", title=row["title"][:120],
            summary=row["body"][:500], source_language=row["lang"], status=Status.PUBLISHED,
            published_at=now, expires_at=now + timedelta(days=1),
        )  # fmt: skip
        ids[row["id"]] = listing.pk
    engine.document_encoder = engine.light_document_encoder
    actions.index_pending()
    frequencies.count_terms(force=True)
    return ids


Questions = list[tuple[str, dict[str, int]]]


def questions(ids: Mapping[str, int]) -> dict[str, Questions]:
    """{kind of question: [(query, {offer: grade})]}."""
    grades: dict[str, dict[str, int]] = {}
    for line in (FOLDER / "qrels.tsv").read_text("utf-8").splitlines():
        need, offer, grade = line.split("\t")
        if offer in ids:
            grades.setdefault(need, {})[offer] = int(grade)
    needs = [(row, grades[row["id"]]) for row in _rows("queries.jsonl") if row["id"] in grades]
    draw = random.Random(0)
    return {
        "titles": [(row["title"], true) for row, true in needs],
        "titles with slips": [(slip(row["title"], draw), true) for row, true in needs],
        "whole needs": [(f"{row['title']} {row['body']}"[:500], true) for row, true in needs],
        "two rare words": list(_remembered()),
        "rare words with slips": [(slip(query, draw), true) for query, true in _remembered()],
    }


def slip(text: str, draw: random.Random) -> str:
    """Swap, drop or double one letter in every third longer word."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) >= 5 and word.isalpha() and (at % 3 == 0 or len(words) < 3):
            place = draw.randrange(1, len(word) - 2)
            change = draw.randrange(3)
            middle = (word[place + 1] + word[place], word[place + 1], word[place] * 2 + word[place + 1])[
                change
            ]
            words[at] = word[:place] + middle + word[place + 2 :]
    return " ".join(words)


def _remembered() -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the two rarest longer words of every offer's body, in the order of the text."""
    rows = list(_rows("docs.jsonl"))
    counts: dict[str, int] = {}
    for row in rows:
        for word in set(_words(row["body"])):
            counts[word] = counts.get(word, 0) + 1
    for row in rows:
        rarest = sorted(set(_words(row["body"])), key=lambda word: (counts[word], -len(word), word))[:2]
        if len(rarest) == 2 and counts[rarest[1]] == 1:
            yield " ".join(sorted(rarest, key=row["body"].find)), {row["id"]: 3}


def _words(text: str) -> list[str]:
    return [word.strip(".,()") for word in text.split() if 5 <= len(word.strip(".,()")) <= 20]


def measured(asked: Questions, ids: Mapping[str, int]) -> dict[str, float]:
    """Return {kind: mean nDCG at 10}."""
    from mawsim.matches import lexical, search
    from mawsim.matches.filters import Filters

    by_listing = {pk: name for name, pk in ids.items()}
    totals = dict.fromkeys(_KINDS, 0.0)
    for query, true in asked:
        found = {
            "meaning": search._by_meaning(query, Filters(), wait=True).hits,
            "words": lexical.candidates(query, Filters(), 10),
            "both": search.rank(query, Filters(), wait=True).hits,
        }
        for kind, hits in found.items():
            totals[kind] += ndcg(
                [true.get(by_listing[pk], 0) for pk, _score in hits[:10]], list(true.values())
            )
    return {kind: total / len(asked) for kind, total in totals.items()}


def ndcg(found: list[int], true: list[int]) -> float:
    """Return the normalised discounted cumulative gain, 2^grade - 1 each, at 10."""
    best = _gain(sorted(true, reverse=True)[:10])
    return _gain(found) / best if best else 0.0


def _gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _rows(name: str) -> Iterator[dict[str, str]]:
    return map(json.loads, (FOLDER / name).read_text("utf-8").splitlines())


if __name__ == "__main__":
    main()
