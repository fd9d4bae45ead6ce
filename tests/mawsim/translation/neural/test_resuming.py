"""A run that was killed ends where an undisturbed one does."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from mawsim.translation.neural.config import NeuralConfig
from mawsim.translation.neural.train import snapshots
from tests.mawsim.translation.neural.conftest import PAIRS, SETTINGS, run

pytestmark = pytest.mark.slow
STEPS = 24
PACKAGE = Path(__file__).parents[4] / "platform/mawsim/translation"


SCHEDULE = {
    "steps": STEPS,
    "dropout": 0.1,
    "checkpoint_every": 5,
    "snapshot_every": 8,
    "log_every": 1,
    "validate_every": 1000,
}


def _start(work: Path) -> "subprocess.Popen[str]":
    """Train as on a borrowed machine: from the folder above, without the rest of the project."""
    settings = {**SETTINGS, **SCHEDULE}
    options = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    command = [sys.executable, "-m", "neural", "train", "--work", str(work), "--pairs", PAIRS, *options]
    return subprocess.Popen(command, cwd=PACKAGE, text=True, stdout=subprocess.PIPE)


def _state(config: NeuralConfig) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(config.work / "checkpoint.pt", weights_only=True)
    return state


def test_a_killed_run_goes_on_as_if_nothing_had_been(trained: NeuralConfig, tmp_path: Path) -> None:
    whole, broken = (replace(trained, work=tmp_path / name) for name in ("whole", "broken"))
    for config in (whole, broken):
        shutil.copytree(trained.work / "packed", config.work / "packed")
    process = _start(broken.work)
    assert process.stdout
    assert any(json.loads(line)["step"] == 13 for line in process.stdout)
    process.kill()
    process.wait()
    assert _state(broken)["step"] in {10, 15}
    for config in (whole, broken):
        run("train", config, **SCHEDULE)
    expected, found = _state(whole)["network"], _state(broken)["network"]
    assert set(found) == set(expected)
    for name, weight in expected.items():
        torch.testing.assert_close(found[name], weight, rtol=0, atol=0)
    steps = [[int(path.stem) for path in snapshots(config)] for config in (whole, broken)]
    assert steps == [[8, 16, 24], [8, 16, 24]]


def test_a_call_ends_when_its_minutes_are_over(trained: NeuralConfig, tmp_path: Path) -> None:
    shutil.copytree(trained.work / "packed", tmp_path / "packed")
    config = replace(trained, work=tmp_path)
    run("train", config, **{**SCHEDULE, "steps": 100_000, "minutes": 0.01})
    step = _state(config)["step"]
    assert 1 <= step < 1000
    assert [int(path.stem) for path in snapshots(config)][-1] == step


def test_training_needs_nothing_else_of_the_project() -> None:
    missing = ("mawsim", "matching", "django", "celery", "babel", "ctranslate2", "zstandard")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({missing!r})); "
        "import neural.__main__, neural.train, neural.average, neural.validate; print('ready')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE, capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout == "ready\n"
