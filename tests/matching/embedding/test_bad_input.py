"""Whatever the text, both paths and any other model give a finite unit vector, alone as in a batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matching.embedding import BUNDLED_STATIC, Encoder, load_encoder, neutral_vector

TOLERANCE = 1e-5

SILENT = {
    "empty": "",
    "white space": " \t\r\n\u00a0\u3000\u2028",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "emoji": "🙂🚀👩‍👩‍👧🇰🇷",
    "controls": "\x00\x01\x1b\x7f\u202e\u2066",
    "surrogates alone": "\ud800\udfff\udc00",
}
UNKNOWN_SCRIPTS = {
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⴰⵏⴰⵡⴰⵢⵜ",
    "Cuneiform": "𒀭𒈗 𒂍𒃲",
    "Cherokee": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    "Gothic": "𐌲𐌿𐍄𐌰𐍂𐌰𐌶𐌳𐌰",
    "private use": "\ue000\ue001\U000f0000",
}
SAYING = {
    "100 kB of Korean": "공장 검사 카메라 " * 4_000,
    "100 kB without a space": "ตรวจสอบ" * 5_000,
    "100 kB of one letter": "a" * 100_000,
    "mixed scripts": "AI 병원 مستشفى โรงพยาบาล ဆေးရုံ ⵜⴰⵎⴰ 𒀭 בית חולים 医院",
    "surrogates among words": "smart \ud83d factory \ude00 camera",
    "marks without letters": "\u0301\u0e48\u0e49\u103a\u1031\u064b" * 20,
    "one letter under a thousand marks": "e" + "\u0301" * 1_000 + " factory",
    "Zawgyi": "ေဆး႐ုံ လုပ္ငန္း",
    "markup": "<script>alert('팜')</script> & \" ; DROP TABLE",
    "newlines": "first\nsecond\r\n\r\nthird",
}
TEXTS = SILENT | UNKNOWN_SCRIPTS | SAYING


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A small BERT with a vocabulary of its own, saved as any sentence-transformers model is."""
    torch = pytest.importorskip("torch")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("stranger")
    letters = [*"abcdefghijklmnopqrstuvwxyz", *"공장검사카메라병원"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "body")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "body")
    body = modules.Transformer(str(folder / "body"), max_seq_length=64)
    pooling = modules.Pooling(body.get_embedding_dimension())
    SentenceTransformer(modules=[body, pooling], device="cpu").save(str(folder / "model"))
    return load_encoder(folder / "model", light=False)


@pytest.fixture(scope="module")
def static() -> Encoder:
    return load_encoder(BUNDLED_STATIC, light=True)


@pytest.fixture(params=["light", "full", "static", "stranger"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


def test_finite_unit_rows_the_same_alone_and_in_a_batch(encoder: Encoder) -> None:
    batch = encoder.encode(list(TEXTS.values()))
    assert batch.dtype == np.float32
    assert batch.shape == (len(TEXTS), encoder.dimension)
    assert np.isfinite(batch).all()
    np.testing.assert_allclose(np.linalg.norm(batch, axis=1), 1, atol=TOLERANCE)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS.values()])
    worst = np.abs(alone - batch).max(axis=1)
    assert {name: float(gap) for name, gap in zip(TEXTS, worst, strict=True) if gap > TOLERANCE} == {}


@pytest.mark.parametrize("path", ["light", "full", "static"])
@pytest.mark.parametrize("name", SILENT)
def test_what_says_nothing_is_neutral(path: str, name: str, request: pytest.FixtureRequest) -> None:
    encoder: Encoder = request.getfixturevalue(path)
    np.testing.assert_array_equal(encoder.encode([SILENT[name]])[0], neutral_vector(encoder.dimension))


@pytest.mark.parametrize("path", ["light", "full", "static"])
def test_an_unknown_script_says_nothing_by_itself_and_spoils_nothing(
    path: str, request: pytest.FixtureRequest
) -> None:
    encoder: Encoder = request.getfixturevalue(path)
    neutral = neutral_vector(encoder.dimension)
    for name, text in UNKNOWN_SCRIPTS.items():
        np.testing.assert_allclose(encoder.encode([text])[0], neutral, atol=TOLERANCE, err_msg=name)
    plain, mixed = encoder.encode(["hospital software", "hospital software ⵜⴰⵎⴰⵣⵉⵖⵜ"])
    assert plain @ mixed > 0.9


def test_zawgyi_lands_where_unicode_does(light: Encoder) -> None:
    zawgyi, unicode = light.encode(["ေဆး႐ုံ လုပ္ငန္း", "ဆေးရုံ လုပ်ငန်း"])
    np.testing.assert_allclose(zawgyi, unicode, atol=TOLERANCE)


def test_both_paths_agree_on_bad_input(light: Encoder, full: Encoder) -> None:
    texts = list(TEXTS.values())
    np.testing.assert_allclose(light.encode(texts), full.encode(texts), rtol=0, atol=TOLERANCE)


def test_a_broken_folder_of_another_model_names_itself(tmp_path: Path) -> None:
    from matching.embedding import EncoderError

    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "modules.json").write_text(
        '[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]'
    )
    with pytest.raises(EncoderError, match=str(tmp_path)):
        load_encoder(tmp_path, light=False)
