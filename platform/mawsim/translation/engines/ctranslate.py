"""Open translation models on this machine: CTRANSLATE2_MODEL names a folder of convert_translation_model."""

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.engines.base import Candidate, EngineError, Form, Segment
from mawsim.translation.engines.ct2.families import Card, Pieces

BEAM = 2
TOKENS_AT_MOST = 512  # of a source sentence; models have learnt no longer ones
BATCH_TOKENS = 2048


class CTranslate:
    """One model for all its languages. It is loaded on first use, in the process that translates."""

    # Public models copy digits well and have never seen a sentinel: as they stand first.
    forms = (Form.PLAIN, Form.MASKED)

    def __init__(self, folder: str | Path = "") -> None:
        chosen = folder or settings.CTRANSLATE2_MODEL
        if not chosen:
            raise ImproperlyConfigured("CTRANSLATE2_MODEL must name the folder of a converted model")
        self._folder = Path(chosen)
        self._card = Card.read(self._folder)
        self._pieces = Pieces(self._folder, self._card)

    @property
    def version(self) -> str:
        return f"ctranslate2:{self._card.model}"[:100]

    def speaks(self, source: str, target: str) -> bool:
        return self._pieces.speaks(source, target)

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        cut = [self._pieces.cut(part.text, part.source, part.target) for part in segments]
        usable = [number for number, pieces in enumerate(cut) if len(pieces) <= TOKENS_AT_MOST]
        answers: list[Candidate | None] = [None] * len(segments)
        if not usable:
            return answers
        prefixes = [self._pieces.prefix(segments[number].target) for number in usable]
        results = self._model.translate_batch(
            [cut[number] for number in usable],
            target_prefix=prefixes if any(prefixes) else None,
            beam_size=BEAM,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            max_decoding_length=2 * max(len(cut[number]) for number in usable) + 20,
            return_scores=True,
        )
        for number, result in zip(usable, results, strict=True):
            answers[number] = self._candidate(result)
        return answers

    def _candidate(self, result: Any) -> Candidate | None:
        pieces = result.hypotheses[0]
        text = self._pieces.join(pieces)
        score = math.exp(min(0.0, result.scores[0] / max(len(pieces), 1)))
        return Candidate(text, score, engine=self.version) if text.strip() else None

    @cached_property
    def _model(self) -> Any:
        import ctranslate2

        try:
            return ctranslate2.Translator(
                str(self._folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{self._folder.name} cannot be loaded: {error}", permanent=True) from error
