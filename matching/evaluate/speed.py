"""How fast a model loads and encodes on this machine, and the memory it takes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from statistics import median

from matching.embedding import Encoder

# Our own texts; the listing is repeated to 60 words so that figures can be compared between models.
QUERIES = (
    "물류 창고 재고를 예측하는 인공지능",
    "phần mềm nhận dạng hóa đơn cho ngân hàng",
    "ระบบตรวจคุณภาพชิ้นงานด้วยกล้องในโรงงาน",
    "نبحث عن شريك لتشغيل مركز بيانات",
    "AI untuk memantau kebun kelapa sawit",
    "ការវិភាគរូបភាពវេជ្ជសាស្ត្រ",
)
LISTING = (
    "We run twelve hospitals and look for a partner who reads chest images in minutes, "
    "explains what it found to our doctors, works inside our own data centre and has been "
    "certified in at least one country of the region; "
)
LISTING_WORDS = 60


def measure_speed(load: Callable[[], Encoder], listings: int = 2_000) -> dict[str, object]:
    """Return load time, median query time and bulk rate of the encoder that `load` returns."""
    started = time.perf_counter()
    encoder = load()
    load_ms = (time.perf_counter() - started) * 1000
    started = time.perf_counter()
    encoder.encode([QUERIES[0]])
    first_ms = (time.perf_counter() - started) * 1000
    return {
        "model": encoder.name,
        "dimension": encoder.dimension,
        "load_ms": round(load_ms, 1),
        "first_query_ms": round(first_ms, 2),
        "query_ms": round(median(_time_queries(encoder)), 3),
        "listings_per_second": round(_measure_rate(encoder, listings), 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _time_queries(encoder: Encoder, rounds: int = 30) -> list[float]:
    times = []
    for number in range(rounds * len(QUERIES)):
        started = time.perf_counter()
        encoder.encode([QUERIES[number % len(QUERIES)]])
        times.append((time.perf_counter() - started) * 1000)
    return times


def _measure_rate(encoder: Encoder, listings: int) -> float:
    words = (LISTING.split() * LISTING_WORDS)[:LISTING_WORDS]
    texts = [
        f"{' '.join(words[n % LISTING_WORDS :] + words[: n % LISTING_WORDS])} {n}" for n in range(listings)
    ]
    started = time.perf_counter()
    encoder.encode(texts)
    return listings / (time.perf_counter() - started)
