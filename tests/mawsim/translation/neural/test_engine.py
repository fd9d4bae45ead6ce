"""The engine with a small model of our own, alone and in the pipeline."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from mawsim.translation import registry
from mawsim.translation.engines.base import EngineError, Segment
from mawsim.translation.engines.neural import Neural
from mawsim.translation.models import State
from mawsim.translation.neural.config import NeuralConfig
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.texts import Text

pytestmark = pytest.mark.slow


@pytest.fixture
def model(trained: NeuralConfig, settings: Settings) -> Iterator[Path]:
    settings.NEURAL_MODEL = str(trained.out)
    settings.TRANSLATION_ENGINES = ["memory", "neural"]
    registry.engine.cache_clear()
    yield trained.out
    registry.engine.cache_clear()


def _copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "model"))


def test_it_speaks_what_it_has_learnt(model: Path) -> None:
    engine = Neural()
    pairs = [("ko", "en"), ("en", "ko"), ("ko", "id"), ("id", "ko"), ("en", "id"), ("en", "en")]
    assert [engine.speaks(*pair) for pair in pairs] == [True, True, True, False, False, False]
    assert engine.version.startswith("neural:nmt-v1@")


def test_segments_of_several_pairs_come_back_in_order(model: Path) -> None:
    segments = [
        Segment("우리 팀에는 엔지니어가 ⟦1⟧명 있습니다.", "ko", "en"),
        Segment("낡은 펌프는 소음이 너무 큽니다. " * 60, "ko", "en"),
        Segment("Rain destroyed ⟦1⟧ bridges.", "en", "ko"),
    ]
    answers = Neural().translate(segments)
    assert [answer and answer.text for answer in answers] == [
        "Our team has ⟦1⟧ engineers.",
        None,
        "비로 다리 ⟦1⟧개가 무너졌습니다.",
    ]
    assert answers[0]
    assert 0.5 < answers[0].score <= 1
    assert answers[0].engine == Neural().version


@pytest.mark.django_db
def test_a_field_is_translated_with_its_facts(model: Path) -> None:
    text = "배터리는 36시간 갑니다. 광산은 대형 기계 19대를 씁니다."
    result = translate_texts([Text(text, "ko", "en")])[0]
    assert result.text == "The battery lasts 36 hours. The mine uses 19 large machines."
    assert (result.complete, result.state, result.engine) == (True, State.MACHINE, Neural().version)
    assert result.facts == ("36", "19")


def test_damage_is_an_error_that_lasts(model: Path, tmp_path: Path) -> None:
    folder = _copy(model, tmp_path)
    part = folder / "model.bin.001"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    with pytest.raises(EngineError, match=r"model\.bin\.001 is damaged") as raised:
        Neural(folder).translate([Segment("우리 팀", "ko", "en")])
    assert raised.value.permanent
    shutil.copy(model / "model.bin.001", part)
    (folder / "source.spm").write_bytes(b"not pieces")
    with pytest.raises(EngineError, match=r"source\.spm is damaged"):
        Neural(folder).translate([Segment("우리 팀", "ko", "en")])


def test_without_a_model_the_start_says_so(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="the engine neural has no model"):
        Neural(tmp_path)
    folder = _copy(model, tmp_path)
    (folder / "manifest.json").write_text('{"format": "other"}')
    with pytest.raises(ImproperlyConfigured, match="has the format 'other'"):
        Neural(folder)
