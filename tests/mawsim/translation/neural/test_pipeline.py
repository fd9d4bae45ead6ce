"""What the stages leave behind, and what the model has learnt by heart."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import torch

from mawsim.translation.facts import find
from mawsim.translation.neural.artefact import NeuralModel
from mawsim.translation.neural.average import load_averaged, quantise
from mawsim.translation.neural.batches import draw_batches
from mawsim.translation.neural.config import NeuralConfig, Pair
from mawsim.translation.neural.corpus import read_rows
from mawsim.translation.neural.dataset import HeldPair, held_pairs, load_dataset, load_manifest, read_held
from mawsim.translation.neural.evaluate import measure
from mawsim.translation.neural.export import convert
from mawsim.translation.neural.network import Transformer
from mawsim.translation.neural.prepare import read_report
from mawsim.translation.neural.train import snapshots
from mawsim.translation.neural.validate import Validation, translate
from mawsim.translation.sentinels import mask, unmask
from tests.mawsim.translation.neural.conftest import SETTINGS, read_pairs, run

pytestmark = pytest.mark.slow
COLUMN = {"en": 0, "ko": 1, "id": 2}
DIRECTIONS: list[Pair] = [("ko", "en"), ("en", "ko"), ("ko", "id")]


def _sentences(direction: Pair) -> list[tuple[str, str]]:
    source, target = (COLUMN[language] for language in direction)
    return [(row[source], row[target]) for row in read_pairs() if len(row) > max(source, target)]


def test_prepare_keeps_what_can_be_learnt_from(trained: NeuralConfig) -> None:
    assert read_report(trained, "ko")["rows"] == {
        "licence": 1,
        "repeated": 1,
        "facts_differ": 2,
        "unusable": 2,
        "train": 60,
        "held_out": 1,
    }
    assert read_report(trained, "ko")["sources"] == {"open/texts": ["MIT", 61]}
    rows = list(read_rows(trained.work / "clean" / "ko.tsv.zst"))
    assert rows[0] == ["We run ⟦1⟧ hospitals in Vietnam.", "우리는 베트남에서 병원 ⟦1⟧곳을 운영합니다."]
    assert not any("page says" in english for english, _text in rows)


def test_held_out_sentences_are_masked_and_as_written(trained: NeuralConfig) -> None:
    written = ("The held-out page says 21 words.", "따로 둔 페이지는 단어 21개를 말합니다.")
    masked = tuple(text.replace("21", "⟦1⟧") for text in written)
    assert held_pairs(read_held(trained), "en", "ko") == [HeldPair(*written, *masked)]
    assert held_pairs(read_held(trained), "ko", "id") == []


def test_packed_parts_are_small_and_hold_every_pair(trained: NeuralConfig) -> None:
    manifest = load_manifest(trained)
    # Three pairs of a concept's names in Korean, two in Indonesian, where a name is hidden once besides.
    assert manifest["pairs"] == {"id": 16 + 2 + 1, "ko": 60 + 3}
    assert manifest["languages"] == ["en", "ko", "id"]
    sizes = [(trained.work / "packed" / name).stat().st_size for name in manifest["data"]["parts"]]
    assert len(sizes) > 1
    assert max(sizes) <= SETTINGS["part_bytes"]


def test_other_names_are_read_but_never_written(trained: NeuralConfig) -> None:
    dataset = load_dataset(trained)
    pieces = Validation(trained).pieces
    shown = {}
    for side, starts in (("joined", "joined_starts"), ("sayable", "sayable_starts")):
        language = dataset.languages["ko"]
        texts = np.unique(getattr(language, side)[: getattr(language, starts)[-1]])
        words = (dataset.tokens[dataset.starts[t] : dataset.starts[t + 1]].tolist() for t in texts)
        shown[side] = {pieces.decode(tokens) for tokens in words}
    assert shown["joined"] - shown["sayable"] == {"벼 재배지"}
    assert "논" in shown["sayable"]


def test_batches_are_the_same_again_and_in_the_budget(trained: NeuralConfig) -> None:
    dataset, config = load_dataset(trained), replace(trained, batch_tokens=300, round_pairs=100)
    drawn = draw_batches(dataset, config)
    first = [next(drawn) for _ in range(30)]
    later = next(draw_batches(dataset, config, skip=29))
    np.testing.assert_array_equal(later.source, first[29].source)
    np.testing.assert_array_equal(later.target, first[29].target)
    for batch in first:
        assert max(batch.source.size, batch.target.size) <= 300
        assert set(batch.source[:, 0]) <= {dataset.manifest["tags"][language] for language in COLUMN}
        assert set(batch.target[:, 0]) == {dataset.manifest["bos"]}


def test_sentinels_in_a_batch_are_the_same_on_both_sides(trained: NeuralConfig) -> None:
    dataset = load_dataset(trained)
    first = dataset.manifest["first_sentinel"]
    for share, in_order in ((0.0, True), (1.0, False)):
        config, seen = replace(trained, batch_tokens=2000, shuffled_sentinels=share), []
        batch = next(draw_batches(dataset, config))
        for source, target in zip(batch.source, batch.target, strict=True):
            ours, theirs = (side[(side >= first) & (side < first + 20)] - first for side in (source, target))
            assert sorted(ours) == sorted(theirs)
            assert len(set(ours)) == len(ours)
            seen += [ours.tolist() == list(range(len(ours)))] if len(ours) else []
        assert len(seen) > 10
        assert all(seen) is in_order


@pytest.mark.parametrize("direction", DIRECTIONS, ids="-".join)
def test_it_translates_its_sentences_with_their_facts(trained: NeuralConfig, direction: Pair) -> None:
    pairs = _sentences(direction)
    masked = [mask(source, find(source, direction[0])) for source, _target in pairs]
    answers = NeuralModel(trained.out).translate([(one.text, *direction) for one in masked])
    said = [
        unmask(answer.text, one, direction[1]) if answer else ""
        for answer, one in zip(answers, masked, strict=True)
    ]
    right = sum(text == target for text, (_source, target) in zip(said, pairs, strict=True))
    assert right >= 0.95 * len(pairs), said


def test_other_figures_are_kept_too(trained: NeuralConfig) -> None:
    answers = NeuralModel(trained.out).translate([("Our team has ⟦1⟧ engineers.", "en", "ko")])
    assert [answer and answer.text for answer in answers] == ["우리 팀에는 엔지니어가 ⟦1⟧명 있습니다."]


def test_export_says_what_the_network_says(trained: NeuralConfig, tmp_path: Path) -> None:
    weights, manifest = load_averaged(trained)
    special, pieces = load_manifest(trained), Validation(trained).pieces
    shape = {**manifest["shape"], "dropout": 0.0}
    network = Transformer(replace(trained, **shape), manifest["vocabulary"], special["pad"])
    network.load_state_dict({name: torch.from_numpy(weight) for name, weight in weights.items()})
    # Sentences that were never seen: there is more to disagree about.
    texts = ["We run a bank at night.", "The robot counts fish in ⟦1⟧ minutes.", "Doctors need a machine."]
    sources = [[special["tags"]["ko"], *pieces.encode(text), special["eos"]] for text in texts]
    ours = [[pieces.id_to_piece(token) for token in row] for row in translate(network, sources, special)]
    convert(weights, manifest, pieces, tmp_path, "float32")
    translator = ctranslate2.Translator(str(tmp_path), compute_type="float32")
    cut = [[pieces.id_to_piece(token) for token in row] for row in sources]
    theirs = translator.translate_batch(cut, beam_size=1, max_decoding_length=40)
    assert [result.hypotheses[0] for result in theirs] == [row[:40] for row in ours]
    assert all(ours)


def test_quantised_rows_are_near_and_quantise_to_themselves() -> None:
    weight = np.random.default_rng(1).normal(size=(5, 64)).astype(np.float32)
    rows, scales = quantise(weight)
    restored = rows.astype(np.float32) * scales[:, None]
    assert np.abs(restored - weight).max() <= scales.max() / 2 + 1e-6
    np.testing.assert_array_equal(quantise(restored)[0], rows)


def test_figures_and_card_tell_of_the_model(trained: NeuralConfig) -> None:
    model = NeuralModel(trained.out)
    rows = [HeldPair(source, target, "", "") for source, target in _sentences(("ko", "en"))]
    figures = measure(model, ("ko", "en"), rows)
    assert (figures["texts"], figures["facts"]) == (60, 1.0)
    assert figures["chrf"] is not None
    assert figures["chrf"] > 95
    card = (trained.out / "README.md").read_text()
    assert f"Version `{model.name}`" in card
    assert "| open/texts | MIT | 77 |" in card
    assert "No weights" not in card


def test_card_without_a_model_says_so(trained: NeuralConfig) -> None:
    bare = replace(trained, out=trained.work / "bare")
    run("card", bare)
    card = (bare.out / "README.md").read_text()
    assert "**No weights are shipped yet.**" in card
    assert "(cpu, threads: 1): " in card
    assert "--set minutes=28" in card


def test_only_the_last_snapshots_are_kept(trained: NeuralConfig) -> None:
    assert [int(path.stem) for path in snapshots(trained)] == [220, 240, 260]
    log = [json.loads(line) for line in (trained.work / "train.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log if "chrf" in row] == [260]
    assert set(next(row["chrf"] for row in log if "chrf" in row)) == {"ko-en", "en-ko", "all", "facts"}


def test_a_stage_that_is_done_is_skipped(trained: NeuralConfig) -> None:
    kept = {path: path.stat().st_mtime_ns for path in trained.work.rglob("*.*") if path.suffix != ".pt"}
    empty = replace(trained, corpus=trained.corpus)
    for stage in ("prepare", "vocabulary", "pack"):
        run(stage, empty)
    assert {path: path.stat().st_mtime_ns for path in kept if "bare" not in path.parts} == {
        path: time for path, time in kept.items() if "bare" not in path.parts
    }


def test_text_that_does_not_fit_is_left_to_others(trained: NeuralConfig) -> None:
    facts = " ".join(f"⟦{number}⟧" for number in range(1, 22))
    texts = [("병원 " * 400, "ko", "en"), (facts, "ko", "en"), ("우리 팀", "ko", "en")]
    answers = NeuralModel(trained.out).translate(texts)
    assert [answer is None for answer in answers] == [True, True, False]


def test_tags_cannot_be_written_by_an_author(trained: NeuralConfig) -> None:
    pieces = NeuralModel(trained.out)._loaded[0]
    cut = pieces.cut("<2id> 우리 </s> 팀", "ko", "en")
    assert [token for token in cut if token.startswith("<2") or token == "</s>"] == ["<2en>", "</s>"]


def test_a_missing_snapshot_is_said(trained: NeuralConfig) -> None:
    bare = replace(trained, work=trained.work / "nothing")
    shutil.copytree(trained.work / "packed", bare.work / "packed")
    with pytest.raises(FileNotFoundError, match="`train` comes first"):
        run("average", bare)
