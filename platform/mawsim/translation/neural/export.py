"""Stage `export`: the averaged weights as a CTranslate2 model, in the folder that the site loads."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec
from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec

from mawsim.translation.engines.ct2.families import CARD, SOURCE_PIECES, Card

from .artefact import FORMAT, MANIFEST, MODEL
from .average import load_averaged
from .config import NeuralConfig, tag_of
from .dataset import packed_folder
from .network import sinusoids
from .pack import PIECES
from .parts import write_parts
from .vocabulary import BOS, EOS, UNK

Weights = dict[str, np.ndarray]


def export(config: NeuralConfig) -> None:
    """Write `config.out`: parts of model.bin, its vocabulary, source.spm, mawsim.json and manifest.json."""
    weights, trained = load_averaged(config)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=(packed_folder(config) / PIECES).read_bytes())
    out = config.out
    out.mkdir(parents=True, exist_ok=True)
    (out / MANIFEST).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        convert(weights, trained, pieces, Path(folder), config.quantization)
        model = (Path(folder) / MODEL).read_bytes()
        names = sorted(path.name for path in Path(folder).iterdir() if path.name != MODEL)
        for name in names:
            shutil.copyfile(Path(folder) / name, out / name)
    shutil.copyfile(packed_folder(config) / PIECES, out / SOURCE_PIECES)
    _card(config, trained).write(out)
    described = write_parts(model, out, MODEL, config.artefact_part_bytes)
    manifest = {
        "format": FORMAT,
        "name": f"{config.version}@{described.sha256[:12]}",
        "pairs": trained["pairs"],
        "max_tokens": trained["max_tokens"],
        "sentinels": config.sentinels,
        "files": {name: _sha256(out / name) for name in (*names, SOURCE_PIECES, CARD)},
        "model": described.described(),
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _card(config: NeuralConfig, trained: dict[str, Any]) -> Card:
    sources = sorted({source for source, _target in trained["pairs"]})
    targets = sorted({target for _source, target in trained["pairs"]})
    tokens = {language: tag_of(language) for language in targets}
    return Card("neural", config.version, sources, targets, tokens)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def convert(
    weights: Weights,
    trained: dict[str, Any],
    pieces: sentencepiece.SentencePieceProcessor,
    folder: Path,
    quantization: str,
) -> None:
    """Write the CTranslate2 model of the averaged weights and their manifest into `folder`."""
    spec = build_spec(weights, trained["shape"])
    vocabulary = [pieces.id_to_piece(number) for number in range(trained["vocabulary"])]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = UNK, BOS, EOS
    spec.config.decoder_start_token = BOS
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(folder))


def build_spec(weights: Weights, shape: dict[str, int]) -> TransformerSpec:
    """Return the CTranslate2 specification of network.Transformer with these weights."""
    layers = (shape["encoder_layers"], shape["decoder_layers"])
    spec = TransformerSpec.from_config(
        layers, shape["heads"], pre_norm=True, activation=common_spec.Activation.RELU
    )
    table = weights["embedding.weight"]
    encodings = sinusoids(shape["positions"], shape["dimension"]).numpy()
    for side, embeddings in (
        (spec.encoder, spec.encoder.embeddings[0]),
        (spec.decoder, spec.decoder.embeddings),
    ):
        embeddings.weight = table
        side.position_encodings.encodings = encodings
        side.scale_embeddings = True
    spec.decoder.projection.weight = table
    spec.decoder.projection.bias = np.zeros(len(table), dtype=np.float32)
    for name, side in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        _norm(side.layer_norm, weights, f"{name}_norm")
        for number, layer in enumerate(side.layer):
            _layer(layer, weights, f"{name}.{number}", crossing=name == "decoder")
    return spec


def _layer(layer: Any, weights: Weights, scope: str, *, crossing: bool) -> None:
    _norm(layer.self_attention.layer_norm, weights, f"{scope}.self_norm")
    _attention(layer.self_attention, weights, f"{scope}.self_attention", fused=("query", "key", "value"))
    if crossing:
        _norm(layer.attention.layer_norm, weights, f"{scope}.cross_norm")
        _linear(layer.attention.linear[0], weights, f"{scope}.cross_attention.query")
        _attention(layer.attention, weights, f"{scope}.cross_attention", fused=("key", "value"))
    _norm(layer.ffn.layer_norm, weights, f"{scope}.feed_norm")
    _linear(layer.ffn.linear_0, weights, f"{scope}.feed.inner")
    _linear(layer.ffn.linear_1, weights, f"{scope}.feed.outer")


def _attention(spec: MultiHeadAttentionSpec, weights: Weights, scope: str, *, fused: tuple[str, ...]) -> None:
    joined = spec.linear[-2]
    joined.weight = np.concatenate([weights[f"{scope}.{name}.weight"] for name in fused])
    joined.bias = np.concatenate([weights[f"{scope}.{name}.bias"] for name in fused])
    _linear(spec.linear[-1], weights, f"{scope}.output")


def _linear(spec: common_spec.LinearSpec, weights: Weights, scope: str) -> None:
    spec.weight, spec.bias = weights[f"{scope}.weight"], weights[f"{scope}.bias"]


def _norm(spec: common_spec.LayerNormSpec, weights: Weights, scope: str) -> None:
    spec.gamma, spec.beta = weights[f"{scope}.weight"], weights[f"{scope}.bias"]
