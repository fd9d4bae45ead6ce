"""A model that cannot serve stops `manage.py check` and `migrate`, and says what to do."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from tests.mawsim.matches.world import write_model


@pytest.mark.parametrize("source", ["", "bundled-static", "sentence-transformers/some-name"])
def test_the_bundled_model_and_names_pass(source: str, settings: Any) -> None:
    settings.EMBEDDING_MODEL = source
    call_command("check")


def test_a_sound_folder_passes_and_a_damaged_one_does_not(tmp_path: Path, settings: Any) -> None:
    folder = write_model(tmp_path / "model")
    settings.EMBEDDING_MODEL = str(folder)
    call_command("check")
    weights = folder / "static.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(
        SystemCheckError, match=r"matches\.E001.*static\.safetensors is damaged.*Restore the folder"
    ):
        call_command("check")
    weights.unlink()
    with pytest.raises(SystemCheckError, match=r"static\.safetensors is missing.*Restore the folder"):
        call_command("check")


def test_a_folder_that_is_not_there(tmp_path: Path, settings: Any) -> None:
    settings.EMBEDDING_MODEL = str(tmp_path / "gone")
    with pytest.raises(SystemCheckError, match="gone: restore it, or set EMBEDDING_MODEL"):
        call_command("check")
