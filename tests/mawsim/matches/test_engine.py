"""The door to the engine: what web processes load, and that both paths of the encoder agree."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mawsim.matches import engine
from tests.mawsim.matches.world import write_model

_WEB = """
import sys
import mawsim.wsgi
from django.urls import reverse
reverse("web:search")
from mawsim.matches import engine, queries
heavy = {"torch", "sentence_transformers", "transformers", "faiss", "lingua"} & set(sys.modules)
print(sorted(heavy))
"""
_QUERY = """
import sys, django
django.setup()
from mawsim.matches import engine
encoder = engine._encoders.get(sys.argv[1], light=True)
print(encoder.encode(["palm drone"]).shape, "torch" in sys.modules)
"""


def _python(code: str, *arguments: str) -> str:
    environment = {"DJANGO_SETTINGS_MODULE": "mawsim.settings"}
    import os

    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().splitlines()[-1]


def test_a_web_process_starts_without_the_heavy_libraries() -> None:
    assert _python(_WEB) == "[]"


def test_a_query_is_encoded_without_them_too(tiny_model: Path) -> None:
    assert _python(_QUERY, str(tiny_model)) == "(1, 64) False"


@pytest.mark.slow
def test_both_paths_give_the_same_vectors(tiny_model: Path, settings: Any) -> None:
    settings.EMBEDDING_MODEL = str(tiny_model)
    full, light = engine.document_encoder(), engine.light_document_encoder()
    assert full is not light
    assert full.name == light.name
    texts = ["팜 농장 드론", "مستشفى", "", "unknown words", "drone " * 500]
    assert full.encode(texts) == pytest.approx(light.encode(texts), abs=1e-5)


def test_a_failure_is_remembered_for_a_while(tmp_path: Path, settings: Any) -> None:
    folder = write_model(tmp_path / "broken")
    (folder / "static.safetensors").write_bytes(b"damaged")
    settings.EMBEDDING_MODEL = str(folder)
    with pytest.raises(engine.EncoderUnavailable, match="damaged"):
        engine.light_document_encoder()
    assert engine.query_encoder(str(folder), "tiny") is None
    write_model(tmp_path / "sound").rename(tmp_path / "moved")
    started = time.monotonic()
    with pytest.raises(engine.EncoderUnavailable):
        engine.light_document_encoder()
    assert time.monotonic() - started < 0.1


def test_any_other_model_is_loaded_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that asks first gets no encoder, at once; it is there when the thread has loaded it."""
    loaded = []

    def load(self: Any, key: tuple[str, bool]) -> Any:
        time.sleep(0.2)
        loaded.append(key)
        return type("Encoder", (), {"name": "slow@1"})()

    monkeypatch.setattr(engine._Encoders, "_load", load)
    engine.reset()
    started = time.monotonic()
    assert engine.query_encoder("some/transformer", "slow@1") is None
    assert engine.query_encoder("some/transformer", "slow@1") is None
    assert time.monotonic() - started < 0.15
    encoder = engine.query_encoder("some/transformer", "slow@1", wait=True)
    assert encoder is not None
    assert engine.query_encoder("some/transformer", "slow@1") is encoder
    assert loaded == [("some/transformer", False)]
    engine.reset()


def test_a_text_without_words_says_nothing(tiny_model: Path, settings: Any) -> None:
    settings.EMBEDDING_MODEL = str(tiny_model)
    encoder = engine.light_document_encoder()
    empty, drone, none = engine.embed(encoder, [[(1.0, "")], [(1.0, "drone")], []])
    assert [engine.says_nothing(vector) for vector in (empty, drone, none)] == [True, False, True]
