"""A missing or damaged model file is refused, by both paths, with what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from matching.embedding import BUNDLED_MODEL, ModelCorrupt, ModelMissing, load_encoder
from matching.embedding.artefact import verify

FILES = [
    "static.safetensors",
    "pieces.safetensors",
    "body.safetensors",
    "tokenizer.json",
    "modules.json",
    "1_Normalize/config.json",
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(BUNDLED_MODEL, tmp_path / "model")


def test_bundled_model_is_whole_and_small() -> None:
    manifest = verify(BUNDLED_MODEL)
    assert manifest.dimension == 384
    assert manifest.name.startswith("mawsim-v3@")
    assert sum(path.stat().st_size for path in BUNDLED_MODEL.rglob("*") if path.is_file()) < 80_000_000


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_missing_file(copy: Path, name: str, light: bool) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelMissing, match="Restore the folder"):
        load_encoder(copy, light=light)


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_damaged_file(copy: Path, name: str, light: bool) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        load_encoder(copy, light=light)


def test_truncated_weights(copy: Path) -> None:
    weights = copy / "body.safetensors"
    weights.write_bytes(weights.read_bytes()[:1_000_000])
    with pytest.raises(ModelCorrupt, match="damaged"):
        load_encoder(copy, light=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "format"),
        ({"dimension": "many"}, "field"),
        ({"files": None}, "field"),
        ({"dimension": 383}, "shape"),
        ({"layers": 7}, "lack"),
        ({"share": None}, "field"),
    ],
)
def test_wrong_manifest(copy: Path, change: dict[str, object], message: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(ModelCorrupt, match=message):
        load_encoder(copy, light=True)


def test_unreadable_manifest(copy: Path) -> None:
    (copy / "manifest.json").write_text("{")
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        load_encoder(copy, light=True)


def test_no_such_folder_and_no_such_name(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_encoder(tmp_path / "absent", light=False)
    with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE"):
        load_encoder("nobody/has-this-model", light=False)


def test_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[")
    with pytest.raises(ModelCorrupt):
        load_encoder(tmp_path, light=False)
