"""Our own model, which comes with the site: all it needs is here, and no text leaves this machine."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.engines.base import Candidate, EngineError, Form, Segment
from mawsim.translation.neural.artefact import NeuralModel, NoModel
from mawsim.translation.neural.config import BUNDLED
from mawsim.translation.neural.parts import Damaged


class Neural:
    """One model for all its directions. It is loaded on first use, in the process that translates."""

    # It has learnt sentinels as words of their own, and hardly a figure.
    forms = (Form.MASKED,)

    def __init__(self, folder: str | Path = "") -> None:
        try:
            self._model = NeuralModel(Path(folder or settings.NEURAL_MODEL or BUNDLED))
        except NoModel as error:
            raise ImproperlyConfigured(f"the engine neural has no model: {error}") from error

    @property
    def version(self) -> str:
        return f"neural:{self._model.name}"[:100]

    def speaks(self, source: str, target: str) -> bool:
        return (source, target) in self._model.pairs

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        try:
            answers = self._model.translate([(part.text, part.source, part.target) for part in segments])
        except Damaged as error:
            raise EngineError(str(error), permanent=True) from error
        return [
            Candidate(answer.text, answer.score, engine=self.version) if answer else None
            for answer in answers
        ]
