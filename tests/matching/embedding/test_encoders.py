"""Both paths of the bundled model keep the `Encoder` contract and agree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matching.embedding import (
    BUNDLED_MODEL,
    BUNDLED_STATIC,
    Encoder,
    EncoderError,
    load_encoder,
    neutral_vector,
)

TOLERANCE = 1e-5


def test_paths_agree(light: Encoder, full: Encoder, texts: list[str]) -> None:
    assert light.name == full.name
    assert light.dimension == full.dimension == 384
    np.testing.assert_allclose(light.encode(texts), full.encode(texts), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("path", ["light", "full"])
def test_alone_and_in_batch_agree(path: str, texts: list[str], request: pytest.FixtureRequest) -> None:
    encoder: Encoder = request.getfixturevalue(path)
    chosen = texts[::41] + texts[-13:]
    alone = np.concatenate([encoder.encode([text]) for text in chosen])
    np.testing.assert_allclose(encoder.encode(chosen), alone, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("path", ["light", "full"])
def test_rows_are_finite_unit_float32(path: str, texts: list[str], request: pytest.FixtureRequest) -> None:
    vectors = request.getfixturevalue(path).encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), 384)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=TOLERANCE)


@pytest.mark.parametrize("path", ["light", "full"])
@pytest.mark.parametrize("text", ["", "  \n", "🙂🚀", "\u200b\u202e", "ᚠᚢᚦᚨᚱᚲ"])
def test_text_without_meaning_is_neutral(path: str, text: str, request: pytest.FixtureRequest) -> None:
    vectors = request.getfixturevalue(path).encode([text])
    np.testing.assert_array_equal(vectors[0], neutral_vector(384))


@pytest.mark.parametrize("path", ["light", "full"])
def test_no_texts_give_no_rows(path: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(path).encode([]).shape == (0, 384)


def test_normalisation_is_part_of_encoding(light: Encoder) -> None:
    same = light.encode(["ข้อมูลสุขภาพน้ำ AI", "ข้อมูลสุขภาพ\u200bน\u0e4d\u0e49\u0e32 ＡＩ"])
    np.testing.assert_allclose(same[0], same[1], atol=TOLERANCE)


def test_plain_sentence_transformer_loads_the_folder(light: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["AI software for hospitals", "병원을 위한 인공지능 소프트웨어", "ระบบน้ำ", "نظام"]
    vectors = SentenceTransformer(str(BUNDLED_MODEL), trust_remote_code=True).encode(texts)
    np.testing.assert_allclose(vectors, light.encode(texts), rtol=0, atol=TOLERANCE)


def test_other_models_have_no_light_path(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="light=False"):
        load_encoder(tmp_path, light=True)


def test_light_path_imports_no_heavy_library() -> None:
    code = (
        "import sys; from matching.embedding import BUNDLED_MODEL, load_encoder;"
        "load_encoder(BUNDLED_MODEL, light=True).encode(['x']);"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'django', 'celery'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_static_branch_alone_is_another_model(light: Encoder) -> None:
    static, full = (load_encoder(BUNDLED_STATIC, light=path) for path in (True, False))
    assert static.name == full.name != light.name
    texts = ["AI software for hospitals", "병원을 위한 인공지능 소프트웨어"]
    np.testing.assert_allclose(static.encode(texts), full.encode(texts), rtol=0, atol=TOLERANCE)
    assert np.abs(static.encode(texts) - light.encode(texts)).max() > 0.01


def test_order_of_words_matters(light: Encoder) -> None:
    """The transformer reads more than a bag of words."""
    vectors = light.encode(["the bank lends money to the farm", "the farm lends money to the bank"])
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
