"""How fast the translation memory answers: `python -m tests.bench.memory 100000` (units; a million takes
some minutes).

Starts a PostgreSQL of its own, fills the memory with made-up sentences, and asks for known, slightly changed
and unknown ones. Words are drawn from the demo listings as often as they stand there; with `--few-words` from
forty, so that all sentences resemble each other more than real ones do. Prints JSON: milliseconds, and how
often the right unit was found.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

ASKED = 300
LANGUAGES = (("ko", "en"), ("en", "vi"), ("en", "ko"), ("vi", "en"))
FEW_WORDS = {
    "ko": (
        "병원 환자 의료 영상 판독 인공지능 솔루션 공급 협력 기업 데이터 센터 분석 자동화 설비 예측 정비 "
        "물류 창고 로봇 농장 작물 위성 금융 사기 탐지 음성 인식 번역 교육 플랫폼 투자 유치 현지 파트너 유통"
    ),
    "en": (
        "hospital patients medical imaging reading intelligence solution supply partner company data centre "
        "analysis automation equipment forecast maintenance logistics warehouse robot farm crop satellite "
        "finance fraud detection speech recognition translation education platform investment distribution"
    ),
    "vi": (
        "bệnh viện bệnh nhân hình ảnh y tế trí tuệ nhân tạo giải pháp cung cấp đối tác doanh nghiệp dữ liệu "
        "trung tâm phân tích tự động hóa thiết bị dự báo bảo trì kho bãi robot nông trại vệ tinh tài chính"
    ),
}


WORDS: dict[str, list[str]] = {}


def choose_words(few: bool) -> None:
    if few:
        WORDS.update({language: text.split() for language, text in FEW_WORDS.items()})
        return
    from mawsim.demo.reader import organisations

    for listing in (listing for organisation in organisations() for listing in organisation.listing):
        texts = {listing.source_language: [listing.title, listing.summary, listing.body]}
        texts |= {code: list(fields.values()) for code, fields in listing.translations.items()}
        for code, found in texts.items():
            WORDS.setdefault(code, []).extend(" ".join(found).split())


def sentence(draw: random.Random, language: str) -> str:
    words = WORDS[language]
    chosen = [draw.choice(words) for _ in range(draw.randint(8, 18))]
    chosen.insert(draw.randrange(len(chosen)), str(draw.randint(2, 5000)))
    return " ".join(chosen) + "."


def rows(count: int, draw: random.Random) -> Iterator[tuple[Any, ...]]:
    from mawsim.translation.hashing import source_hash
    from mawsim.translation.memory.fingerprints import bands
    from mawsim.translation.scopes import PUBLIC, organisation

    for number in range(count):
        source, target = LANGUAGES[number % len(LANGUAGES)]
        text = sentence(draw, source)
        scope = PUBLIC if number % 10 else organisation(1 + number % 50)
        yield (
            source_hash(text), source, target, text, sentence(draw, target), "reviewed", "", 0,
            scope.kind.value, scope.id, source_hash(text), bands(text, source, target, scope),
        )  # fmt: skip


def fill(count: int) -> float:
    from django.db import connection

    columns = (
        "source_hash, source_language, target_language, source_text, target_text, state, engine, "
        "glossary_version, scope, scope_id, masked_hash, bands"
    )
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE translation_memoryunit ALTER created_at SET DEFAULT now()")
        cursor.execute("ALTER TABLE translation_memoryunit ALTER updated_at SET DEFAULT now()")
        cursor.execute("DROP INDEX memory_bands")
        with cursor.copy(f"COPY translation_memoryunit ({columns}) FROM STDIN") as copy:
            for row in rows(count, random.Random(1)):
                copy.write_row(row)
        cursor.execute(
            "CREATE INDEX memory_bands ON translation_memoryunit USING gin (bands) WITH (fastupdate = off)"
        )
        cursor.execute("ANALYZE translation_memoryunit")
    return time.perf_counter() - started


def changed(text: str, draw: random.Random, language: str) -> str:
    """One word of it is another."""
    words = text.split()
    words[draw.randrange(len(words) - 1)] = draw.choice(WORDS[language])
    return " ".join(words)


def timed(ask: Callable[[Any], Any], wanted: list[Any]) -> tuple[list[float], list[Any]]:
    times, answers = [], []
    for one in wanted:
        started = time.perf_counter()
        answers.append(ask(one))
        times.append(1000 * (time.perf_counter() - started))
    return sorted(times), answers


def figures(times: list[float]) -> dict[str, float]:
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: round(times[int(share * (len(times) - 1))], 2) for name, share in at.items()}


def measure() -> dict[str, Any]:
    from mawsim.translation.engines.base import Segment
    from mawsim.translation.engines.memory import Memory
    from mawsim.translation.memory.search import similar
    from mawsim.translation.models import MemoryUnit
    from mawsim.translation.scopes import PUBLIC

    draw = random.Random(2)
    units = list(MemoryUnit.objects.filter(scope="public", pk__in=_some_keys(draw)))[:ASKED]
    seen = [(unit.source_text, unit.source_language, unit.target_language) for unit in units]
    near = [(changed(text, draw, source), source, target) for text, source, target in seen]
    new = [(sentence(draw, source), source, target) for _text, source, target in seen]
    memory = Memory()
    exact, known = timed(lambda one: memory.translate([Segment(*one)])[0], seen)
    fuzzy, hits = timed(lambda one: similar(*one, [PUBLIC]), near)
    unknown, _nothing = timed(lambda one: similar(*one, [PUBLIC]), new)
    found = sum(unit.pk in {hit.pk for hit in answer} for unit, answer in zip(units, hits, strict=True))
    return {
        "exact_ms": figures(exact),
        "exact_found": sum(answer is not None for answer in known) / len(known),
        "fuzzy_ms": figures(fuzzy),
        "fuzzy_found": round(found / len(hits), 3),
        "unknown_ms": figures(unknown),
    }


def _some_keys(draw: random.Random) -> list[int]:
    from mawsim.translation.models import MemoryUnit

    ends = MemoryUnit.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return [draw.randint(1, ends) for _ in range(2 * ASKED)]


def main(count: int, few: bool) -> None:
    from mawsim.core.services.testing import services_for_tests

    with services_for_tests() as urls:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="mawsim.settings",
            MAWSIM_ENV="test",
            DATABASE_URL=urls.database,
            BROKER_URL=urls.broker,
            CACHE_URL=urls.cache,
        )
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        choose_words(few)
        call_command("migrate", verbosity=0)
        result: dict[str, Any] = {"units": count, "fill_s": round(fill(count), 1)}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_total_relation_size('translation_memoryunit'), pg_relation_size('memory_bands')"
            )
            table, index = cursor.fetchone()
        print(
            json.dumps(
                result
                | {"words": "few" if few else "demo"}
                | measure()
                | {"table_mb": table >> 20, "bands_mb": index >> 20}
            )
        )
        connection.close()


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    main(numbers[0] if numbers else 100_000, "--few-words" in sys.argv)
