"""The lexicon: what is read, what is held out, and what the drawn texts say."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.training.frames import FRAMES
from matching.training.lexicon import (
    DEFAULT_LEXICON,
    HEADER,
    Lexicon,
    LexiconError,
    hold_out,
    read_lexicon,
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return read_lexicon(DEFAULT_LEXICON)


def write(folder: Path, rows: str) -> Path:
    for language in FRAMES:
        (folder / f"{language}.tsv").write_text(f"{HEADER}\n{rows}", encoding="utf-8")
    return folder


def test_names_are_normalised_and_distinct(tmp_path: Path) -> None:
    lexicon = read_lexicon(write(tmp_path, "a.b\tOil  Palm\tPALM oil | oil palm |  \nc\tPort\t\n"))
    assert lexicon.codes == ("a.b", "c")
    assert lexicon.names["km"] == (("oil palm", "palm oil"), ("port",))
    assert lexicon.languages == tuple(FRAMES)


def test_shipped_lexicon_names_every_concept_in_every_language(lexicon: Lexicon) -> None:
    assert len(lexicon.codes) == 258
    assert {language: len(rows) for language, rows in lexicon.names.items()} == dict.fromkeys(FRAMES, 258)


@pytest.mark.parametrize(
    ("rows", "message"),
    [("a\t\tx\n", ":2: a new code"), ("a\tb\n", ":2: a new code"), ("a\tb\t\na\tc\t\n", ":3: a new code")],
)
def test_malformed_lexicon(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read_lexicon(write(tmp_path, rows))


def test_files_must_agree_on_the_codes(tmp_path: Path) -> None:
    write(tmp_path, "a\tb\t\n")
    (tmp_path / "lo.tsv").write_text(f"{HEADER}\nz\tb\t\n")
    with pytest.raises(LexiconError, match=r"lo\.tsv: not the same codes"):
        read_lexicon(tmp_path)
    (tmp_path / "lo.tsv").unlink()
    with pytest.raises(LexiconError, match=r"lo\.tsv: .*No such file"):
        read_lexicon(tmp_path)


def test_held_out_names_are_gone_everywhere_and_labels_stay(lexicon: Lexicon) -> None:
    kept, held = hold_out(lexicon, 0.1, seed=5)
    gone = {item.name for item in held}
    left = {name for rows in kept.names.values() for names in rows for name in names}
    assert len(held) > 1_000
    assert gone & left == set()
    assert {item.language for item in held} == set(FRAMES) - {"en"}
    assert kept.names["en"] == lexicon.names["en"]
    for language, rows in lexicon.names.items():
        assert [names[0] for names in kept.names[language]] == [names[0] for names in rows]
    assert hold_out(lexicon, 0.1, seed=5)[1] == held


def test_frames_have_one_gap_each() -> None:
    assert {frame.count("{}") for frames in FRAMES.values() for frame in frames} == {1}
    assert {len(set(frames)) for frames in FRAMES.values()} == {5}
