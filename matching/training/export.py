"""Stage `export`: trained rows become the int8 artefact that the project ships."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import sentence_transformers
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, normalizers

from matching.embedding import artefact
from matching.training.config import TrainingConfig

MAX_PIECES = 4_096
MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding",
    },
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.sentence_transformer.modules.normalize.Normalize",
    },
]


def export(config: TrainingConfig) -> None:
    """Write the model folder `config.out` from the last rows and tokenizer.json; replaces what is there."""
    config.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    # What stands before a character without a piece of its own must not give it a meaning.
    silent = [0, int(tokenizer.token_to_id("▁") or 0)]
    rows, scales = quantise(np.load(config.work / "weights.concepts.npy"), silent)
    save_file({"embeddings": rows, "weights": scales}, config.out / artefact.WEIGHTS)
    # safetensors writes for the owner only; the site may run as another user.
    (config.out / artefact.WEIGHTS).chmod(0o644)
    tokenizer.normalizer = build_normalizer()
    # Beyond this, float32 sums drift with the order of addition, and so the two paths apart.
    tokenizer.enable_truncation(MAX_PIECES)
    tokenizer.save(str(config.out / artefact.TOKENIZER), pretty=False)
    _write_json(config.out / "modules.json", MODULES)
    (config.out / "1_Normalize").mkdir(exist_ok=True)
    _write_json(config.out / "1_Normalize" / "config.json", {})
    _write_json(config.out / "config_sentence_transformers.json", _describe())
    write_manifest(config.out, config.version, rows.shape)


def quantise(weights: np.ndarray, silent: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return (int8 rows, float32 scale per row) of float rows; the `silent` rows become zero."""
    weights = weights.astype(np.float32).copy()
    weights[silent] = 0
    scales = np.abs(weights).max(axis=1) / 127
    scales[scales == 0] = 1
    rows = np.rint(weights / scales[:, None]).astype(np.int8)
    return rows, scales.astype(np.float32)


def build_normalizer() -> normalizers.Normalizer:
    """Return most of `matching.text.normalise`, for those who load the folder without `matching`."""
    steps = [
        normalizers.Replace(
            Regex("[\u200b\u200d\u2060\ufeff\u00ad\u0640\u064b-\u065f\u0670\u0591-\u05bd]"), ""
        ),
        normalizers.NFKC(),
        normalizers.Lowercase(),
        normalizers.Replace(Regex("[ىی]"), "ي"),
        normalizers.Replace("ک", "ك"),
        normalizers.Replace(Regex("[أإآٱ]"), "ا"),
        normalizers.Replace("ı", "i"),
        normalizers.Replace("\u0e4d\u0e32", "\u0e33"),
        normalizers.Replace("\u0ecd\u0eb2", "\u0eb3"),
    ]
    return normalizers.Sequence(steps)


def write_manifest(folder: Path, version: str, shape: tuple[int, int]) -> None:
    """Write manifest.json over the files that decide the vectors; the name carries their common hash."""
    names = [artefact.WEIGHTS, artefact.TOKENIZER, "modules.json", "config_sentence_transformers.json"]
    files = {name: artefact.sha256(folder / name) for name in (*names, "1_Normalize/config.json")}
    short = files[artefact.WEIGHTS][:6] + files[artefact.TOKENIZER][:6]
    manifest = {
        "format": artefact.FORMAT,
        "name": f"{version}@{short}",
        "dimension": int(shape[1]),
        "vocabulary": int(shape[0]),
        "files": files,
    }
    _write_json(folder / artefact.MANIFEST, manifest)


def _describe() -> dict[str, object]:
    version = sentence_transformers.__version__
    return {
        "model_type": "SentenceTransformer",
        "__version__": {"sentence_transformers": version},
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
