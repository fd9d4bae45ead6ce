"""Centring: by hand, and by the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matching.embedding import BUNDLED_STATIC, neutral_vector
from matching.evaluate.__main__ import main
from matching.evaluate.centring import CentredEncoder, find_centre

COMPANY = Path(__file__).parent.parent / "data" / "company"
VECTORS = {"right": (0.8, 0.6), "up": (0.6, 0.8), "": neutral_vector(2)}


class Table:
    """An encoder of three texts."""

    name, dimension = "table", 2

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([VECTORS[text] for text in texts], dtype=np.float32)


def test_the_centre_is_the_mean_over_languages_not_over_texts() -> None:
    centre = find_centre(Table(), {"en": ["right", "right", "right"], "ko": ["up"]})
    np.testing.assert_allclose(centre, [0.7, 0.7], atol=1e-6)


def test_vectors_are_measured_from_the_centre_and_silence_stays_silent() -> None:
    encoder = CentredEncoder(Table(), np.array([0.7, 0.7]), share=1.0)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(encoder.encode(["right", "up"]), [[half, -half], [-half, half]], atol=1e-6)
    np.testing.assert_array_equal(encoder.encode([""])[0], neutral_vector(2))
    assert encoder.name != CentredEncoder(Table(), np.array([0.7, 0.7]), share=0.5).name
    np.testing.assert_allclose(
        CentredEncoder(Table(), np.array([0.7, 0.7]), share=0.0).encode(["up"]), [[0.6, 0.8]], atol=1e-6
    )


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = tmp_path / "sample.jsonl"
    sample.write_text('{"lang": "en", "text": "We look for a partner."}\n')
    files = {"queries": "queries.jsonl", "docs": "docs.jsonl", "qrels": "qrels.tsv"}
    arguments = [part for key, name in files.items() for part in (f"--{key}", str(COMPANY / name))]
    command = ["retrieval", "--model", BUNDLED_STATIC, *arguments, "--queries-lang", "vi"]
    results = []
    for extra in ([], ["--centre", str(sample)], ["--centre", str(sample), "--centre-share", "0"]):
        assert main([*command, *extra]) == 0
        results.append(json.loads(capsys.readouterr().out))
    plain, centred, unmoved = results
    assert "-centred@" in centred["model"]
    assert unmoved["ndcg@10"] == plain["ndcg@10"] != centred["ndcg@10"]
    sample.write_text('{"lang": "en"}\n')
    assert main([*command, "--centre", str(sample)]) == 2
    assert "'lang' and 'text'" in capsys.readouterr().err
