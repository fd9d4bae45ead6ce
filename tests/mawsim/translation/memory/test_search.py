import random

import pytest
from pytest_django import DjangoAssertNumQueries

from mawsim.core.languages import CODES
from mawsim.translation.actions import Unit, remember
from mawsim.translation.memory.fingerprints import bands, grams
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.queries import similar
from mawsim.translation.scopes import PUBLIC, conversation, organisation

TEXT = "우리는 흉부 엑스레이에서 결핵 의심 소견을 찾아 주는 인공지능 소프트웨어를 병원에 공급합니다."
NEAR = "우리는 흉부 엑스레이에서 폐암 의심 소견을 찾아 주는 인공지능 소프트웨어를 병원에 공급합니다."
FAR = "동남아시아 항만에서 컨테이너를 자동으로 쌓는 크레인 제어 기술을 가지고 있습니다."


def _remember(text: str = TEXT, **options: object) -> None:
    remember([Unit(text, "We supply software.", "ko", "en", State.REVIEWED, **options)])  # type: ignore[arg-type]


def test_bands_are_the_same_everywhere() -> None:
    assert bands("우리 병원", "ko", "en", PUBLIC)[:3] == bands("우리, 병원!", "ko", "en", PUBLIC)[:3]
    assert len(bands(TEXT, "ko", "en", PUBLIC)) == 32
    assert all(-(2**31) <= band < 2**31 for band in bands(TEXT, "ko", "en", PUBLIC))


def test_scopes_and_languages_share_no_band() -> None:
    own = set(bands(TEXT, "ko", "en", PUBLIC))
    for other in (
        bands(TEXT, "ko", "vi", PUBLIC),
        bands(TEXT, "ko", "en", organisation(1)),
        bands(TEXT, "ko", "en", conversation(1)),
    ):
        assert own & set(other) == set()


@pytest.mark.parametrize("language", CODES)
def test_every_text_has_grams(language: str) -> None:
    assert grams("", language)
    assert grams("!", language)
    assert len(grams("ab 12", language)) > 0


@pytest.mark.django_db
def test_similar_units_are_found_best_first() -> None:
    for text in (TEXT, NEAR, FAR):
        _remember(text)
    hits = similar(TEXT, "ko", "en", [PUBLIC])
    assert [hit.source_text for hit in hits] == [TEXT, NEAR]
    assert hits[0].score == 1.0
    assert 0.9 < hits[1].score < 1.0
    assert similar(TEXT, "ko", "vi", [PUBLIC]) == []


@pytest.mark.django_db
def test_only_the_same_text_is_whole() -> None:
    _remember(TEXT.replace(".", "!"))
    assert similar(TEXT, "ko", "en", [PUBLIC])[0].score == 0.99


@pytest.mark.django_db
def test_private_units_are_seen_at_home_alone() -> None:
    _remember(scope=organisation(7))
    _remember(NEAR, scope=conversation(7))
    assert [hit.source_text for hit in similar(TEXT, "ko", "en", [organisation(7)])] == [TEXT]
    assert [hit.source_text for hit in similar(TEXT, "ko", "en", [conversation(7)])] == [NEAR]
    for scopes in ([], [PUBLIC], [organisation(8)], [conversation(8)]):
        assert similar(TEXT, "ko", "en", scopes) == []
    # Even a collision of hashes opens nothing.
    MemoryUnit.objects.update(bands=bands(TEXT, "ko", "en", PUBLIC))
    assert similar(TEXT, "ko", "en", [PUBLIC]) == []


@pytest.mark.django_db
def test_one_word_of_ten_may_differ() -> None:
    draw = random.Random(3)
    words = [f"{a}{b}" for a in "가나다라마바사아자차" for b in "국문법식정동력"]
    texts = [" ".join(draw.sample(words, 10)) for _ in range(200)]
    remember(Unit(text, "x", "ko", "en", State.REVIEWED) for text in texts)
    found = 0
    for text in texts:
        changed = text.split()
        changed[draw.randrange(10)] = "전혀"
        found += similar(" ".join(changed), "ko", "en", [PUBLIC])[:1] != []
    assert found >= 190


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_search_is_two_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(count):
        _remember(f"{TEXT} {number}")
    with django_assert_num_queries(2):
        assert len(similar(TEXT, "ko", "en", [PUBLIC, organisation(1)])) == count
