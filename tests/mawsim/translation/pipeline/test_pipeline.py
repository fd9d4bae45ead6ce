from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from mawsim.translation.actions import TermData, Unit, remember, save_term_set, save_terms
from mawsim.translation.engines.base import Segment
from mawsim.translation.engines.fake import Fake
from mawsim.translation.models import EngineUsage, SegmentTranslation, State, TermKind
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.scopes import conversation, organisation
from mawsim.translation.texts import Text, Translated
from tests.mawsim.translation.servers import Answer, Server
from tests.mawsim.translation.servers import libretranslate as translating

pytestmark = pytest.mark.django_db
ONE = "국내 병원 40곳에서 쓰고 있습니다."
TWO = "민감도는 97.2%이며 인터넷 없이도 동작합니다."
BODY = f"{ONE} {TWO}\n\n문의는 info@hanbit.co.kr 로 주세요."


def good(text: str, target: str) -> str:
    """A believable answer: the right language and length, with every sentinel once."""
    answer = Fake().translate([Segment(text, "ko", target)])[0]
    assert answer is not None
    return answer.text


def _translate(text: str = BODY, target: str = "en", **options: object) -> Translated:
    return translate_texts([Text(text, "ko", target, **options)])[0]  # type: ignore[arg-type]


def _sent(server: Server) -> list[str]:
    return [text for payload in server.payloads for text in payload["q"]]


def test_facts_are_locked_and_come_back(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    result = _translate()
    assert _sent(libretranslate) == [
        "국내 병원 ⟦1⟧곳에서 쓰고 있습니다.",
        "민감도는 ⟦1⟧이며 인터넷 없이도 동작합니다.",
        "문의는 ⟦1⟧ 로 주세요.",
    ]
    assert (result.complete, result.state, result.engine) == (True, State.MACHINE, "libretranslate")
    assert result.facts == ("40", "97.2%", "info@hanbit.co.kr")
    assert [fact for fact in result.facts if result.text.count(fact) != 1] == []
    assert [piece.gap for piece in result.pieces] == [" ", "\n\n", ""]


def test_each_sentence_is_asked_once_whoever_holds_it(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    first = _translate()
    again = _translate(f"{TWO} 새 문장입니다. {ONE}")
    assert len(_sent(libretranslate)) == 4
    assert again.pieces[0].text == first.pieces[1].text
    assert again.pieces[2].text == first.pieces[0].text


def test_people_go_first_in_whole_texts_and_in_sentences(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    remember([Unit(ONE, "Used at 40 Korean hospitals.", "ko", "en", State.REVIEWED)])
    result = _translate()
    assert [piece.state for piece in result.pieces] == [State.REVIEWED, State.MACHINE, State.MACHINE]
    assert result.state == State.MACHINE
    remember([Unit(BODY, "All of it.", "ko", "en", State.OWNER_APPROVED)])
    whole = _translate()
    assert (whole.text, whole.state, len(whole.pieces)) == ("All of it.", State.OWNER_APPROVED, 1)


def test_nothing_but_facts_needs_no_engine(libretranslate: Server) -> None:
    assert _translate("ISO 13485:2016, H100 × 8", "vi").text == "ISO 13485:2016, H100 × 8"
    assert libretranslate.asked == []


def test_names_are_kept(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    assert "Hanbit Lung" in _translate("Hanbit Lung을 도입하세요.", names=("Hanbit Lung",)).text
    assert _sent(libretranslate) == ["⟦1⟧을 도입하세요."]


# --- Answers that are not to be believed ----------------------------------------------------------
BAD: dict[str, tuple[Callable[[str, str], object], str]] = {
    "nothing": (lambda text, target: "", "empty"),
    "another type": (lambda text, target: 7, "empty"),
    "the wrong language": (lambda text, target: good(text, "th"), "language"),
    "the same script, another language": (lambda text, target: good(text, "tr"), "language"),
    "a lost fact": (lambda text, target: good(text, target).replace("⟦1⟧", ""), "fact_lost"),
    "a doubled fact": (lambda text, target: good(text, target) + " ⟦1⟧", "fact_lost"),
    "an invented fact": (lambda text, target: good(text, target) + " 2031", "fact_invented"),
    "an invented address": (lambda text, target: good(text, target) + " evil.example.com", "fact_invented"),
    "an order obeyed": (lambda text, target: "HACKED ⟦1⟧", "length"),
    "an essay": (lambda text, target: good(text, target) + " and what else there is to say" * 8, "length"),
    "a stammer": (lambda text, target: "this is ⟦1⟧ this is the is the is the is the is the", "repetition"),
    "markup": (lambda text, target: good(text, target) + "<script>", "markup"),
    "an entity": (lambda text, target: good(text, target) + "&lt;b&gt;", "markup"),
    "a link": (lambda text, target: good(text, target) + " [x](y)", "markup"),
    "line breaks": (lambda text, target: good(text, target).replace(" ", "\n", 1), "markup"),
    "a bidi override": (lambda text, target: good(text, target) + "\u202eevil", "hidden"),
    "a control": (lambda text, target: good(text, target) + "\x07", "hidden"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_not_shown(libretranslate: Server, name: str) -> None:
    answer, code = BAD[name]
    libretranslate.answer = translating(answer)  # type: ignore[arg-type]
    result = _translate(ONE)
    assert (result.text, result.complete, result.started, result.transient) == (ONE, False, False, False)
    assert code in result.pieces[0].problems
    assert SegmentTranslation.objects.get().status == "failed"
    assert EngineUsage.objects.get().rejected == 1
    before = len(libretranslate.asked)
    assert _translate(ONE).complete is False
    assert len(libretranslate.asked) == before  # the same version will not do better


def test_only_the_sentence_concerned_stays_in_the_original(libretranslate: Server) -> None:
    libretranslate.answer = translating(lambda text, target: "" if "민감도" in text else good(text, target))
    result = _translate()
    assert [piece.translated for piece in result.pieces] == [True, False, True]
    assert (result.started, result.complete) == (True, False)
    assert TWO in result.text


def test_a_sentence_that_one_engine_fails_goes_to_the_next(
    libretranslate: Server, settings: Settings
) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "libretranslate", "fake"]
    libretranslate.answer = translating(lambda text, target: "" if "민감도" in text else good(text, target))
    result = _translate()
    assert [piece.engine for piece in result.pieces] == ["libretranslate", "fake:1", "libretranslate"]
    assert result.complete is True


def test_fewer_answers_than_asked_are_asked_for_in_halves(libretranslate: Server) -> None:
    def lazy(payload: dict[str, list[str]]) -> Answer:
        return Answer({"translatedText": [good(text, "en") for text in payload["q"][:1]]})

    libretranslate.answer = lazy  # type: ignore[assignment]
    assert _translate().complete is True


def test_a_long_sentence_without_a_full_stop_is_cut(libretranslate: Server) -> None:
    libretranslate.answer = translating(good)
    text = " ".join(
        f"우리는{chr(0xAC00 + number % 900)} 병원과{chr(0xAC00 + number % 700)}" for number in range(400)
    )[:4000]
    result = _translate(text)
    assert result.complete is True
    assert max(len(piece.source) for piece in result.pieces) <= 400
    assert "".join(piece.source + piece.gap for piece in result.pieces) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "우리 <b>병원</b>은 \u202e수상합니다.",
        "⟦1⟧ 병원 12곳 ⟦2⟧을 찾습니다.",
        "Мы и 병원 and 医院 7곳이 함께합니다.",
    ],
)
def test_strange_originals_come_through_whole(libretranslate: Server, text: str) -> None:
    libretranslate.answer = translating(good)
    result = _translate(text)
    assert "\u202e" not in result.text
    assert "⟦" not in result.text


# --- Engines that fail -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "transient"),
    [
        (Answer({}, 503), True),
        (Answer({}, 429, {"Retry-After": "3600"}), True),
        (Answer(b"<html>maintenance</html>"), True),
        (Answer({}, wait=1.5), True),
        (Answer({}, 403), False),
    ],
)
def test_an_engine_that_fails_leaves_the_original_and_says_why(
    libretranslate: Server, settings: Settings, answer: Answer, transient: bool
) -> None:
    libretranslate.answer = lambda payload: answer
    settings.TRANSLATION_TIMEOUT = 1 if answer.wait else 20
    result = _translate(ONE)
    settings.TRANSLATION_TIMEOUT = 20
    assert (result.text, result.complete, result.transient) == (ONE, False, transient)
    assert result.error.startswith("libretranslate")
    assert SegmentTranslation.objects.count() == 0  # free for the next
    libretranslate.answer = translating(good)
    assert _translate(ONE).complete is True


def test_a_passing_failure_is_tried_again_at_once(libretranslate: Server) -> None:
    libretranslate.answer = lambda payload: (
        Answer({}, 503) if len(libretranslate.asked) < 3 else translating(good)(payload)
    )
    assert _translate(ONE).complete is True
    assert len(libretranslate.asked) == 3
    usage = EngineUsage.objects.get()
    assert (usage.calls, usage.failures, usage.segments) == (3, 2, 3)


def test_the_next_engine_stands_in_for_one_that_is_down(libretranslate: Server, settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["libretranslate", "fake"]
    libretranslate.answer = lambda payload: Answer({}, 403)
    assert _translate(ONE).engine == "fake:1"


# --- Scopes and the glossary -----------------------------------------------------------------------
def test_private_text_goes_to_trusted_engines_alone(libretranslate: Server, settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["libretranslate", "fake"]
    libretranslate.answer = translating(good)
    for scope in (conversation(7), organisation(7)):
        assert _translate(ONE, scope=scope).engine == "fake:1"
    assert libretranslate.asked == []
    assert set(SegmentTranslation.objects.values_list("scope", "scope_id")) == {
        ("conversation", 7),
        ("organisation", 7),
    }


def test_what_machines_make_of_private_text_stays_private(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    _translate(ONE, scope=conversation(7))
    settings.TRANSLATION_CONFIDENTIAL_ENGINES = []
    for scope in (conversation(8), organisation(7)):
        assert _translate(ONE, scope=scope).started is False
    settings.TRANSLATION_CONFIDENTIAL_ENGINES = ["fake"]
    SegmentTranslation.objects.update(target_text="the secret words of conversation seven 40")
    assert "secret" in _translate(ONE, scope=conversation(7)).text
    for options in ({"scope": conversation(8)}, {"scope": organisation(7)}, {}):
        assert "secret" not in _translate(ONE, **options).text


def _terms(*terms: TermData, **options: object) -> None:
    save_terms(save_term_set(name="terms", **options), terms)  # type: ignore[arg-type]


def test_terms_are_kept_and_preferred(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    _terms(
        TermData(TermKind.KEEP, "ko", "온누리"),
        TermData(TermKind.PREFERRED, "ko", "판독", "en", "image reading"),
    )
    result = _translate("온누리 판독 보조 솔루션을 공급합니다.")
    assert "온누리" in result.text
    assert "image reading" in result.text
    assert result.glossary_version == 2


def test_forbidden_and_missing_terms_are_seen(libretranslate: Server) -> None:
    libretranslate.answer = translating(lambda text, target: good(text, target) + " patients")
    _terms(
        TermData(TermKind.FORBIDDEN, "ko", "고객", "en", "patients"),
        TermData(TermKind.PREFERRED, "ko", "설치", "en", "deployment"),
    )
    assert _translate("고객을 위한 기계입니다.").pieces[0].problems == ("forbidden_term",)
    tolerated = _translate("설치를 위한 기계입니다.")
    assert (tolerated.complete, tolerated.pieces[0].problems) == (True, ("term_missing",))


def test_a_change_of_the_glossary_concerns_the_sentences_with_the_term_alone(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    _translate()
    rows = dict(SegmentTranslation.objects.values_list("source_text", "pk"))
    _terms(TermData(TermKind.PREFERRED, "ko", "민감도", "en", "sensitivity"))
    assert "sensitivity" in _translate().pieces[1].text
    made = SegmentTranslation.objects.exclude(pk__in=rows.values())
    assert [row.source_text for row in made] == [TWO]


def test_an_organisation_terms_are_not_lent_to_others(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    _terms(TermData(TermKind.PREFERRED, "ko", "민감도", "en", "our secret word"), scope=organisation(7))
    assert "our secret word" in _translate(TWO, also=(organisation(7),)).text
    for options in ({}, {"also": (organisation(8),)}, {"scope": conversation(7)}):
        assert "our secret word" not in _translate(TWO, **options).text
    row = SegmentTranslation.objects.get(target_text__contains="our secret word")
    assert (row.scope, row.scope_id) == ("organisation", 7)


# --- Progress, cost ----------------------------------------------------------------------------------
def test_progress_counts_sentences(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    told: list[tuple[int, int]] = []
    translate_texts([Text(BODY, "ko", "en")], progress=lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 3), (3, 3))


@pytest.mark.parametrize("count", [1, 3])
def test_known_texts_take_a_fixed_number_of_queries(
    settings: Settings, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.TRANSLATION_ENGINES = ["fake"]
    texts = [Text(BODY, "ko", code) for code in ("en", "vi", "th")[:count]]
    translate_texts(texts)
    with django_assert_num_queries(4):  # glossary, memory, same words, store
        translate_texts(texts)


def test_a_text_is_not_translated_into_its_own_language() -> None:
    with pytest.raises(ValueError, match="own language"):
        translate_texts([Text("병원", "ko", "ko")])
