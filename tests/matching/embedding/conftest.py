"""The bundled model, loaded once by each path, and texts to try it with."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.embedding import BUNDLED_MODEL, Encoder, load_encoder

BITEXT = Path(__file__).parent.parent / "data" / "bitext.tsv"

HOSTILE = [
    "",
    " \t\n",
    "🙂🚀👩‍👩‍👧",
    "\u200b\u202e\ufeff",
    "broken \ud800 surrogate \udfff",
    "null \x00 byte",
    "가나다 " * 25_000,
    "x" * 100_000,
    "ไม่มีช่องว่าง" * 8_000,
    "한국어 and English مع العربية และไทย",
    "ᚠᚢᚦᚨᚱᚲ",
    "<script>alert(1)</script>",
    "e" + "\u0301" * 5_000,
]


@pytest.fixture(scope="session")
def light() -> Encoder:
    return load_encoder(BUNDLED_MODEL, light=True)


@pytest.fixture(scope="session")
def full() -> Encoder:
    return load_encoder(BUNDLED_MODEL, light=False)


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """A quarter of the sentences in all fifteen languages, and hostile ones."""
    rows = BITEXT.read_text(encoding="utf-8").splitlines()[1::4]
    return [cell for row in rows for cell in row.split("\t")] + HOSTILE
