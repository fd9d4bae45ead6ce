from pathlib import Path

import pytest

from mawsim.core.languages import CODES
from mawsim.translation.neural.__main__ import main
from mawsim.translation.neural.config import LANGUAGES, NeuralConfig, parse_pairs
from mawsim.translation.neural.network import Transformer


def test_the_languages_are_those_of_the_site() -> None:
    assert LANGUAGES == CODES


def test_without_pairs_every_language_is_translated_into_every_other() -> None:
    assert len(NeuralConfig(Path()).directions) == 15 * 14
    assert NeuralConfig(Path()).languages == ("en", *(code for code in CODES if code != "en"))
    some = NeuralConfig(Path(), pairs=parse_pairs("ko-vi,zh-Hans-ko"))
    assert some.pairs == (("ko", "vi"), ("zh-Hans", "ko"))
    assert some.languages == ("en", "ko", "vi", "zh-Hans")


def test_the_network_has_thirty_to_eighty_million_parameters() -> None:
    config = NeuralConfig(Path())
    network = Transformer(config, config.vocabulary_size, 3)
    assert 30e6 < sum(weight.numel() for weight in network.parameters()) < 80e6


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--pairs", "ko-xx"], "'ko-xx' is no pair"),
        (["--pairs", "ko-ko"], "'ko-ko' is no pair"),
        (["--set", "colour=red"], "unknown setting 'colour'"),
        (["--set", "steps=many"], "invalid literal"),
        ([], "SOURCES.md is missing"),
    ],
)
def test_mistakes_are_said(
    options: list[str], problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["prepare", "--work", str(tmp_path), *options])
    assert raised.value.code == 2
    assert problem in capsys.readouterr().err
