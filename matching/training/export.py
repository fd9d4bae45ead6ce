"""Stage `export`: trained branches become the int8 artefact that the project ships."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import sentence_transformers
import torch
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, normalizers

from matching.embedding import artefact
from matching.training.config import TrainingConfig

Arrays = dict[str, np.ndarray]
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "matching.embedding.module.TwoBranch"},
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.sentence_transformer.modules.normalize.Normalize",
    },
]
_PARTS = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "attention",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "outer_norm",
}
"""What BERT calls the parts of a layer, and what we do."""


def export(config: TrainingConfig) -> None:
    """Write the model folder `config.out` from both trained branches and tokenizer.json; replaces it."""
    config.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    # What stands before a character without a piece of its own must not give it a meaning.
    silent = [0, int(tokenizer.token_to_id("▁") or 0)]
    static = read_table(config, "static")[: config.vocabulary_size]
    _save(quantise("static", static, silent), config.out / artefact.STATIC)
    files, layers = [artefact.STATIC], 0
    if (config.work / "checkpoint.student.pt").exists():
        body = read_body(config)
        _save(quantise("pieces", read_table(config, "student"), []), config.out / artefact.PIECES)
        _save(body, config.out / artefact.BODY)
        files += [artefact.PIECES, artefact.BODY]
        layers = 1 + max(int(name.split(".")[1]) for name in body if name.startswith("layers."))
    tokenizer.normalizer = build_normalizer()
    tokenizer.no_truncation()
    tokenizer.save(str(config.out / artefact.TOKENIZER), pretty=False)
    _write_json(config.out / "modules.json", MODULES)
    (config.out / "1_Normalize").mkdir(exist_ok=True)
    _write_json(config.out / "1_Normalize" / "config.json", {})
    _write_json(config.out / "config_sentence_transformers.json", _describe())
    write_manifest(config, files, static.shape, layers)


def _save(arrays: Arrays, path: Path) -> None:
    save_file(arrays, path)
    # safetensors writes for the owner only; the site may run as another user.
    path.chmod(0o644)


def read_table(config: TrainingConfig, name: str) -> np.ndarray:
    """Return the table that the run `name` has learnt, float32."""
    path = config.work / f"checkpoint.{name}.pt"
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state["table"]["weight"].numpy()


def read_body(config: TrainingConfig) -> Arrays:
    """Return the transformer's tensors under our names, matrices quantised."""
    path = config.work / "checkpoint.student.pt"
    state = torch.load(path, map_location="cpu", weights_only=True)["body"]
    tensors = {name.removeprefix("body."): value.float().numpy() for name, value in state.items()}
    segment = tensors["embeddings.token_type_embeddings.weight"][0]
    arrays: Arrays = {
        "positions": tensors["embeddings.position_embeddings.weight"] + segment,
        "norm.weight": tensors["embeddings.LayerNorm.weight"],
        "norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    for name, value in tensors.items():
        if name.startswith("encoder.layer."):
            _, _, number, rest = name.split(".", 3)
            part, kind = rest.rsplit(".", 1)
            ours = f"layers.{number}.{_PARTS[part]}"
            matrix = kind == "weight" and value.ndim == 2
            arrays |= quantise(ours, value, []) if matrix else {f"{ours}.{kind}": value}
    return arrays


def quantise(name: str, weights: np.ndarray, silent: list[int]) -> Arrays:
    """Return int8 `<name>.rows` and a float32 `<name>.scales` per row; the `silent` rows become zero."""
    weights = weights.astype(np.float32).copy()
    weights[silent] = 0
    scales = np.abs(weights).max(axis=1) / 127
    scales[scales == 0] = 1
    rows = np.rint(weights / scales[:, None]).astype(np.int8)
    return {f"{name}.rows": rows, f"{name}.scales": scales.astype(np.float32)}


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


def write_manifest(config: TrainingConfig, weights: list[str], shape: tuple[int, ...], layers: int) -> None:
    """Write manifest.json over the files that decide the vectors; the name carries their common hash."""
    names = [*weights, artefact.TOKENIZER, "modules.json", "config_sentence_transformers.json"]
    files = {name: artefact.sha256(config.out / name) for name in (*names, "1_Normalize/config.json")}
    short = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:12]
    manifest = {
        "format": artefact.FORMAT,
        "name": f"{config.version}@{short}",
        "dimension": int(shape[1]),
        "vocabulary": int(shape[0]),
        "layers": layers,
        "heads": config.student_heads,
        "window": config.window,
        "share": config.student_share,
        "files": files,
    }
    _write_json(config.out / artefact.MANIFEST, manifest)


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
