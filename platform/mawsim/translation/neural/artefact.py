"""A finished model: its folder, proof that it is whole, and translating with it.

manifest.json            name, directions, {file: SHA-256}, and the parts of model.bin with theirs
model.bin.000 ...        the CTranslate2 model in parts of at most 16 MiB, joined in memory
config.json, shared_vocabulary.json, source.spm, mawsim.json
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from mawsim.translation.engines.ct2.families import CARD, SOURCE_PIECES, Card, Pieces

from .cleaning import normalise
from .config import BUNDLED, Pair
from .marks import MARK, are_kept
from .parts import Damaged, Parts, read_checked, read_parts

FORMAT = "mawsim-nmt-1"
MANIFEST, MODEL = "manifest.json", "model.bin"
BEAM = 4
BATCH_TOKENS = 2048


class NoModel(Exception):
    """The folder holds no model of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A translation, and the mean probability of its tokens (0..1)."""

    text: str
    score: float


def is_model(folder: Path = BUNDLED) -> bool:
    """Whether the folder claims to be a model; nothing is checked."""
    return (folder / MANIFEST).is_file()


class NeuralModel:
    """Reads the manifest now and the rest on first use. Raises NoModel now, parts.Damaged on use."""

    def __init__(self, folder: Path = BUNDLED) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if self.manifest["format"] != FORMAT:
                raise NoModel(f"{folder} has the format {self.manifest['format']!r}, not {FORMAT!r}")
            self.name = str(self.manifest["name"])
            self.pairs: frozenset[Pair] = frozenset(tuple(pair) for pair in self.manifest["pairs"])
            self._parts = Parts(**self.manifest["model"])
            self._files: dict[str, str] = self.manifest["files"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoModel(f"{folder} holds no translation model of ours: {error!r}") from error
        self._loading = Lock()

    def translate(self, texts: Sequence[tuple[str, str, str]]) -> list[Answer | None]:
        """Translate (text, source, target) of `pairs`; None for what is too long or has too many facts."""
        pieces = self._loaded[0]
        cut = [pieces.cut(normalise(text), source, target) for text, source, target in texts]
        usable = [number for number, tokens in enumerate(cut) if self._fits(texts[number][0], tokens)]
        answers: list[Answer | None] = [None] * len(texts)
        if not usable:
            return answers
        results = self._loaded[1].translate_batch(
            [cut[number] for number in usable],
            beam_size=BEAM,
            num_hypotheses=BEAM,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            max_decoding_length=2 * max(len(cut[number]) for number in usable) + 10,
            return_scores=True,
            disable_unk=True,
        )
        for number, result in zip(usable, results, strict=True):
            answers[number] = self._best(texts[number][0], result)
        return answers

    def _fits(self, text: str, tokens: list[str]) -> bool:
        # A little longer than what was learnt is still translated well.
        few = len(MARK.findall(text)) <= self.manifest["sentinels"]
        return few and len(tokens) <= 1.25 * self.manifest["max_tokens"] + 2

    def _best(self, source: str, result: Any) -> Answer | None:
        """The likeliest translation that has all facts; the likeliest one where none has."""
        join, found = self._loaded[0].join, []
        for tokens, score in zip(result.hypotheses, result.scores, strict=True):
            found.append(Answer(join(tokens).strip(), math.exp(min(0.0, score))))
        whole = [answer for answer in found if are_kept(source, answer.text)]
        best = (whole or found)[0]
        return best if best.text else None

    @property
    def _loaded(self) -> tuple[Pieces, Any]:
        with self._loading:
            return self._pieces_and_model

    @cached_property
    def _pieces_and_model(self) -> tuple[Pieces, Any]:
        import ctranslate2

        files = {name: read_checked(self.folder / name, sha) for name, sha in self._files.items()}
        pieces = Pieces(self.folder, Card.read(self.folder))
        model = {name: data for name, data in files.items() if name not in {SOURCE_PIECES, CARD}}
        try:
            translator = ctranslate2.Translator(
                self.name,
                device="cpu",
                compute_type="int8",
                inter_threads=1,
                intra_threads=1,
                files={**model, MODEL: read_parts(self.folder, self._parts)},
            )
        except (RuntimeError, ValueError) as error:
            raise Damaged(f"{self.folder} cannot be loaded: {error}") from error
        return pieces, translator
