"""Conversion and loading, on models of the real architectures with random weights."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django import Settings

from mawsim.translation.engines import ctranslate
from mawsim.translation.engines.base import Segment
from mawsim.translation.engines.ctranslate import CTranslate
from tests.mawsim.translation.engines import tiny

pytestmark = pytest.mark.slow
TEXT = "We look for hospitals in Vietnam."


def _converted(tmp_path: Path, name: str, make: Callable[[Path], Path], *options: str) -> tuple[Path, str]:
    original = tmp_path / name
    original.mkdir()
    make(original)
    said = StringIO()
    call_command("convert_translation_model", str(original), str(tmp_path / "out"), *options, stdout=said)
    return tmp_path / "out", said.getvalue()


def _theirs(model: Any, numbers: list[int], **options: Any) -> list[int]:
    """What transformers makes of it, greedily."""
    import torch

    with torch.no_grad():
        made = model.generate(
            torch.tensor([numbers]), max_new_tokens=12, num_beams=1, do_sample=False, **options
        )
    return [int(number) for number in made[0]]


def _ours(engine: CTranslate, segment: Segment) -> list[str]:
    pieces = engine._pieces
    result = engine._model.translate_batch(
        [pieces.cut(segment.text, segment.source, segment.target)],
        target_prefix=[pieces.prefix(segment.target)],
        beam_size=1,
        max_decoding_length=12,
    )[0]
    return list(result.hypotheses[0])


def test_m2m_says_what_the_original_says(tmp_path: Path) -> None:
    from transformers import M2M100ForConditionalGeneration

    folder, said = _converted(tmp_path, "m2m100-tiny", tiny.m2m, "--quantization", "float32")
    assert [line[:3] for line in said.splitlines()[:4]] == ["1/4", "2/4", "3/4", "4/4"]
    assert "15 source and 15 target languages" in said
    engine = CTranslate(folder)
    tokens = json.loads((folder / "shared_vocabulary.json").read_text())
    numbers = {token: number for number, token in enumerate(tokens)}
    cut = engine._pieces.cut(TEXT, "en", "th")
    assert (cut[0], cut[-1]) == ("__en__", "</s>")
    original = M2M100ForConditionalGeneration.from_pretrained(tmp_path / "m2m100-tiny").eval()
    theirs = _theirs(original, [numbers[piece] for piece in cut], forced_bos_token_id=numbers["__th__"])
    expected = [tokens[number] for number in theirs if tokens[number] != "</s>"]
    assert _ours(engine, Segment(TEXT, "en", "th"))[:8] == expected[:8]
    assert expected[0] == "__th__"


def test_madlad_says_what_the_original_says(tmp_path: Path) -> None:
    from transformers import T5ForConditionalGeneration

    folder, _said = _converted(tmp_path, "madlad400-tiny", tiny.madlad, "--quantization", "float32")
    engine = CTranslate(folder)
    tokens = json.loads((folder / "shared_vocabulary.json").read_text())
    numbers = {token: number for number, token in enumerate(tokens)}
    cut = engine._pieces.cut(TEXT, "en", "he")
    assert (cut[0], cut[-1]) == ("<2iw>", "</s>")  # Hebrew has an old name there
    assert engine._pieces.cut(TEXT, "en", "tl")[0] == "<2fil>"
    original = T5ForConditionalGeneration.from_pretrained(tmp_path / "madlad400-tiny").eval()
    theirs = _theirs(original, [numbers[piece] for piece in cut])[1:]
    assert _ours(engine, Segment(TEXT, "en", "he"))[:8] == [tokens[number] for number in theirs][:8]


def test_opus_of_one_pair_knows_its_languages_by_name(tmp_path: Path) -> None:
    folder, _said = _converted(tmp_path, "opus-mt-ko-en", tiny.opus)
    engine = CTranslate(folder)
    assert [engine.speaks(*pair) for pair in (("ko", "en"), ("en", "ko"), ("ko", "vi"))] == [
        True,
        False,
        False,
    ]
    assert engine._pieces.cut("병원", "ko", "en")[-1] == "</s>"
    assert engine.version == "ctranslate2:opus-mt-ko-en"


def test_opus_of_many_languages_is_told_the_target(tmp_path: Path) -> None:
    folder, _said = _converted(
        tmp_path, "opus-mt-en-mul", lambda path: tiny.opus(path, ("ind", "zsm", "vie", "cmn_Hans"))
    )
    engine = CTranslate(folder)
    assert engine._pieces.cut(TEXT, "en", "id")[0] == ">>ind<<"
    assert engine._pieces.cut(TEXT, "en", "zh-Hans")[0] == ">>cmn_Hans<<"
    assert (engine.speaks("en", "ms"), engine.speaks("ko", "ms")) == (True, False)


def test_int8_translates_batches_of_several_languages(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _said = _converted(tmp_path, "m2m100-tiny", tiny.m2m)
    settings.CTRANSLATE2_MODEL = str(folder)
    monkeypatch.setattr(ctranslate, "TOKENS_AT_MOST", 60)
    engine = CTranslate()
    segments = [Segment(TEXT, "en", "ko"), Segment("word " * 200, "en", "ko"), Segment("병원", "ko", "ar")]
    answers = engine.translate(segments)
    assert answers[1] is None  # too long for the model: left to others, not cut short
    for answer in (answers[0], answers[2]):
        assert answer is not None
        assert 0 < answer.score <= 1
        assert "__" not in answer.text
        assert answer.engine == "ctranslate2:m2m100-tiny"


def test_what_cannot_be_converted_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for name, problem in [
        (str(empty), "config.json cannot be read"),
        ("no/such-model", "no folder and cannot"),
    ]:
        with pytest.raises(CommandError, match=problem):
            call_command("convert_translation_model", name, str(tmp_path / "out"))
    (empty / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(CommandError, match="bert is none of"):
        call_command("convert_translation_model", str(empty), str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(ImproperlyConfigured, match="holds no converted"):
        CTranslate(empty)
