"""Stage `average`: the mean of the last snapshots, in int8 with a scale per row, in parts that travel.

A table of 8 bits and its scales are what CTranslate2 makes of a matrix too, so nothing is lost by it twice.
"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .config import NeuralConfig
from .dataset import load_manifest
from .parts import Parts, read_parts, write_parts
from .train import snapshots

MANIFEST = "manifest.json"
_SHAPE = ("dimension", "feed_forward", "heads", "encoder_layers", "decoder_layers", "positions")


def averaged_folder(config: NeuralConfig) -> Path:
    return config.work / "averaged"


def average(config: NeuralConfig) -> None:
    """Write <work>/averaged from what `train` has left, or raise FileNotFoundError; replaces an old one."""
    found = snapshots(config)[-config.averaged :]
    if not found:
        raise FileNotFoundError(f"{config.work} has no snapshots: `train` comes first")
    arrays: dict[str, np.ndarray] = {}
    for name, weight in _mean(found).items():
        if weight.ndim < 2:
            arrays[name] = weight
        else:
            arrays[name], arrays[f"{name}.scale"] = quantise(weight)
    raw = io.BytesIO()
    np.savez(raw, allow_pickle=False, **arrays)
    folder = averaged_folder(config)
    folder.mkdir(exist_ok=True)
    manifest = {
        "shape": {name: getattr(config, name) for name in _SHAPE},
        "vocabulary": load_manifest(config)["vocabulary"],
        "pairs": config.directions,
        "max_tokens": config.max_tokens,
        "snapshots": [int(path.stem) for path in found],
        "weights": write_parts(raw.getvalue(), folder, "weights", config.artefact_part_bytes).described(),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def load_averaged(config: NeuralConfig) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return (float32 weights by name, manifest). Raises parts.Damaged."""
    folder = averaged_folder(config)
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    data = io.BytesIO(read_parts(folder, Parts(**manifest["weights"])))
    arrays = dict(np.load(data, allow_pickle=False))
    weights = {}
    for name, array in arrays.items():
        if not name.endswith(".scale"):
            scale = arrays.get(f"{name}.scale")
            weights[name] = array if scale is None else array.astype(np.float32) * scale[:, None]
    return weights, manifest


def quantise(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (int8 rows, float32 scale per row) of a float matrix."""
    scales = np.abs(weight).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _mean(paths: list[Path]) -> dict[str, np.ndarray]:
    total: dict[str, torch.Tensor] = {}
    for path in paths:
        for name, weight in torch.load(path, map_location="cpu", weights_only=True).items():
            total[name] = total[name] + weight.double() if name in total else weight.double()
    return {name: (weight / len(paths)).float().numpy() for name, weight in total.items()}
