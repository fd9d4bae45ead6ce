"""Stage `pack`: everything that training needs, as numbers, in parts that travel to a borrowed machine."""

import io
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import sentencepiece

from .concepts import read_concepts
from .config import ENGLISH, LANGUAGES, NeuralConfig, tag_of
from .corpus import read_rows
from .dataset import HELD, MANIFEST, packed_folder
from .parts import write_parts
from .prepare import clean_folder
from .vocabulary import BOS, EOS, PAD, model_path

PIECES = "pieces.model"


@dataclass(slots=True)
class _Texts:
    """The texts of one language by content; `read_only` are never a translation."""

    numbers: dict[str, int] = field(default_factory=dict)
    read_only: list[bool] = field(default_factory=list)

    def add(self, text: str, *, read_only: bool = False) -> int:
        number = self.numbers.setdefault(text, len(self.numbers))
        if number == len(self.read_only):
            self.read_only.append(read_only)
        elif not read_only:
            self.read_only[number] = False
        return number


def pack(config: NeuralConfig) -> None:
    """Write <work>/packed: manifest.json, data.000 ..., pieces.model and held.tsv."""
    folder = packed_folder(config)
    if (folder / MANIFEST).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    model = model_path(config).read_bytes()
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    held = _write_held(config)
    arrays = _arrays(config, pieces, held)
    raw = io.BytesIO()
    np.savez(raw, allow_pickle=False, **arrays)
    # From the standard library: a borrowed machine may have no other.
    packed = lzma.compress(raw.getvalue(), preset=2)
    (folder / PIECES).write_bytes(model)
    manifest = {
        "languages": config.languages,
        "vocabulary": pieces.get_piece_size(),
        "pad": pieces.piece_to_id(PAD),
        "bos": pieces.piece_to_id(BOS),
        "eos": pieces.piece_to_id(EOS),
        "tags": {language: pieces.piece_to_id(tag_of(language)) for language in LANGUAGES},
        "first_sentinel": pieces.piece_to_id("⟦1⟧"),
        "sentinels": config.sentinels,
        "pairs": {language: len(arrays[f"{language}.english"]) for language in config.languages[1:]},
        "data": write_parts(packed, folder, "data", config.part_bytes).described(),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _write_held(config: NeuralConfig) -> set[str]:
    """Write held.tsv with the language before each held-out row; return its English sentences, masked."""
    english = set()
    with (packed_folder(config) / HELD).open("w", encoding="utf-8", newline="\n") as out:
        for language in config.languages[1:]:
            for row in read_rows(clean_folder(config) / f"{language}.held.tsv.zst"):
                out.write("\t".join([language, *row]) + "\n")
                english.add(row[2])
    return english


def _rows(config: NeuralConfig, held: set[str]) -> Iterator[tuple[str, str, str, bool, bool]]:
    """Yield (language, English, text, English is read only, text is read only), nothing held out."""
    for language in config.languages[1:]:
        for english, text in read_rows(clean_folder(config) / f"{language}.tsv.zst"):
            if english not in held:
                yield language, english, text, False, False
    for pair in read_concepts(config):
        if pair.english not in held:
            yield pair.language, pair.english, pair.text, not pair.english_first, not pair.text_first


def _arrays(
    config: NeuralConfig, pieces: sentencepiece.SentencePieceProcessor, held: set[str]
) -> dict[str, np.ndarray]:
    texts = {language: _Texts() for language in config.languages}
    pairs: dict[str, list[tuple[int, int]]] = {language: [] for language in config.languages[1:]}
    for language, english, text, english_read, text_read in _rows(config, held):
        one = texts[ENGLISH].add(english, read_only=english_read)
        pairs[language].append((one, texts[language].add(text, read_only=text_read)))
    arrays: dict[str, np.ndarray] = {}
    for language, known in texts.items():
        lengths, tokens = _encode(pieces, list(known.numbers))
        arrays[f"{language}.tokens"], arrays[f"{language}.lengths"] = tokens, lengths
        arrays[f"{language}.read_only"] = np.array(known.read_only, dtype=bool)
    for language, joined in pairs.items():
        both = np.array(sorted(set(joined)), dtype=np.int32).reshape(-1, 2)
        short = (arrays["en.lengths"][both[:, 0]] <= config.max_tokens) & (
            arrays[f"{language}.lengths"][both[:, 1]] <= config.max_tokens
        )
        arrays[f"{language}.english"], arrays[f"{language}.texts"] = both[short].T
    return arrays


def _encode(
    pieces: sentencepiece.SentencePieceProcessor, texts: list[str], chunk: int = 50_000
) -> tuple[np.ndarray, np.ndarray]:
    lengths, flat = [], [np.zeros(0, dtype=np.uint16)]
    for start in range(0, len(texts), chunk):
        for ids in pieces.encode(texts[start : start + chunk], out_type=int):
            lengths.append(len(ids))
            flat.append(np.array(ids, dtype=np.uint16))
    return np.array(lengths, dtype=np.uint16), np.concatenate(flat)
