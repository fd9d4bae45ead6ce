"""Many workers at once, on PostgreSQL, with threads and with a worker that dies."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mawsim.translation import claims
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import SegmentTranslation
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.scopes import PUBLIC
from mawsim.translation.texts import Text, Translated
from tests.mawsim.translation.pipeline.test_pipeline import good
from tests.mawsim.translation.servers import Answer, Server
from tests.mawsim.translation.servers import libretranslate as translating

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("en", "vi")
SENTENCES = [f"우리 병원은 환자 {number}명을 위한 소프트웨어를 찾고 있습니다." for number in range(24)]


def _in_threads(count: int, texts_of: list[list[Text]]) -> list[list[Translated]]:
    results: list[list[Translated]] = [[] for _ in range(count)]
    start = threading.Barrier(count)

    def work(number: int) -> None:
        try:
            start.wait()
            results[number] = translate_texts(texts_of[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_workers_translate_a_sentence_once(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    # The same sentences in another order for each worker, and twice in each text.
    texts = [
        [
            Text(" ".join(SENTENCES[shift:] + SENTENCES[:shift] + SENTENCES[:2]), "ko", code)
            for code in ("en", "vi")
        ]
        for shift in range(0, 24, 3)
    ]
    results = _in_threads(8, texts)
    # Masked, all the sentences are the same text: what counts is how many were asked for.
    asked = Counter(payload["target"] for payload in libretranslate.payloads for _text in payload["q"])
    assert asked == {"en": len(SENTENCES), "vi": len(SENTENCES)}
    assert SegmentTranslation.objects.count() == 2 * len(SENTENCES)
    assert SegmentTranslation.objects.exclude(status="done").count() == 0
    assert [result.complete for worker in results for result in worker] == [True] * 16
    words = {piece.source: piece.text for result in results[0][:1] for piece in result.pieces}
    for worker in results:
        assert {piece.source: piece.text for piece in worker[0].pieces} == words


def test_nobody_waits_for_a_dead_worker(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    key = claims.Key(source_hash(SENTENCES[0]), "ko", "en", "libretranslate", "", PUBLIC)
    _token, ours = claims.claim([claims.Work(key, SENTENCES[0])])
    assert ours == {key}
    waited = translate_texts([Text(SENTENCES[0], "ko", "en")], wait=0.2)[0]
    assert (waited.complete, waited.transient) == (False, True)
    assert "another worker" in waited.error
    SegmentTranslation.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert translate_texts([Text(SENTENCES[0], "ko", "en")])[0].complete is True
    assert sum(len(payload["q"]) for payload in libretranslate.payloads) == 1


def test_a_worker_that_comes_back_late_changes_nothing() -> None:
    key = claims.Key("h", "ko", "en", "fake:1", "", PUBLIC)
    late, _ours = claims.claim([claims.Work(key, "x")])
    SegmentTranslation.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    token, ours = claims.claim([claims.Work(key, "x")])
    assert ours == {key}
    claims.finish(late, {key: ("late", 1.0, ())})
    claims.release(late)
    claims.finish(token, {key: ("in time", 1.0, ())})
    assert [row.target_text for row in SegmentTranslation.objects.all()] == ["in time"]


def test_an_engine_that_breaks_leaves_no_claim(libretranslate: Server) -> None:
    libretranslate.answer = lambda payload: Answer({}, 403)
    _in_threads(4, [[Text(SENTENCES[0], "ko", "en")]] * 4)
    assert SegmentTranslation.objects.count() == 0
