"""The whole pipeline once, on sixty sentences that a small network learns by heart."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from mawsim.translation.neural.__main__ import main
from mawsim.translation.neural.config import NeuralConfig, parse_pairs

# Without the training extras there is no corpus to learn from.
collect_ignore_glob = [] if find_spec("zstandard") else ["test_*.py"]
PAIRS = "ko-en,en-ko,ko-id"
SOURCES = (
    "| repo | licence | sum |\n|---|---|---|\n| open/texts | MIT | 1 |\n| closed/texts | AGPL-3.0 | 1 |\n"
)
SETTINGS = {
    "vocabulary_size": 900,
    "dimension": 64,
    "feed_forward": 128,
    "heads": 4,
    "encoder_layers": 2,
    "decoder_layers": 1,
    "dropout": 0.0,
    "label_smoothing": 0.05,
    "round_pairs": 400,
    "batch_tokens": 700,
    "learning_rate": 4e-3,
    "warmup": 60,
    "steps": 260,
    "precision": "float32",
    "log_every": 60,
    "checkpoint_every": 60,
    "snapshot_every": 20,
    "averaged": 3,
    "validate_every": 260,
    "held_out_share": 0.2,
    "part_bytes": 2_000,
    "artefact_part_bytes": 100_000,
}


def read_pairs() -> list[list[str]]:
    """[English, Korean] or [English, Korean, Indonesian] of each sentence."""
    lines = (Path(__file__).parent / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def run(stage: str, config: NeuralConfig, **settings: object) -> None:
    """Run a stage by the command line, as people do."""
    paths = ["--corpus", config.corpus, "--work", config.work, "--out", config.out, "--domain", config.domain]
    changed = {**SETTINGS, **settings}
    options = [part for name, value in changed.items() for part in ("--set", f"{name}={value}")]
    assert main([stage, *map(str, paths), "--pairs", PAIRS, *options]) == 0


def make_corpus(folder: Path) -> NeuralConfig:
    """A corpus with its traps, concept tables, and the paths of a run."""
    from mawsim.translation.neural.corpus import write_rows

    corpus, domain = folder / "corpus", folder / "domain"
    corpus.mkdir()
    (domain / "concepts").mkdir(parents=True)
    (corpus / "SOURCES.md").write_text(SOURCES)
    rows = read_pairs()
    korean = [(row[0], row[1], "open/texts", "page") for row in rows]
    traps = [
        ("Copyleft sentence of somebody else.", "남이 쓴 카피레프트 문장입니다.", "closed/texts", "page"),
        korean[0],
        ("Seven boxes weigh 9 kg.", "상자 일곱 개는 8 kg입니다.", "open/texts", "page"),
        (
            "This is not translated at all, my friend.",
            "This is not translated at all, friend.",
            "open/texts",
            "p",
        ),
        ("The tender opens in March.", "입찰은 3월에 시작됩니다.", "open/texts", "page"),
        ("The price is {price} today.", "오늘 가격은 {price}입니다.", "open/texts", "page"),
        (
            "The held-out page says 21 words.",
            "따로 둔 페이지는 단어 21개를 말합니다.",
            "open/texts",
            "kept-1",
        ),
    ]
    write_rows(corpus / "ko.tsv.zst", [*korean, *traps])
    write_rows(
        corpus / "id.tsv.zst", [(row[0], row[2], "open/texts", "page") for row in rows if len(row) > 2]
    )
    (domain / "concepts" / "field.tsv").write_text(
        "key\ten\tko\tid\nrice-paddy\trice paddy; wet rice field\t논; 벼 재배지\tsawah\n", encoding="utf-8"
    )
    return NeuralConfig(folder / "work", folder / "out", corpus, domain, parse_pairs(PAIRS))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> NeuralConfig:
    """Every stage, run once."""
    config = make_corpus(tmp_path_factory.mktemp("neural"))
    run("all", config)
    return config
