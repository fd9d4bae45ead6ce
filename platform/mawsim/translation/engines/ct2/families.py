"""What differs between the families of models: how a language is called, and where its token stands."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

CARD = "mawsim.json"  # what a converted folder says about itself
SOURCE_PIECES, TARGET_PIECES = "source.spm", "target.spm"
END = "</s>"

# How models of several families call our languages, the likeliest name first.
_NAMES: dict[str, tuple[str, ...]] = {
    "ko": ("ko", "kor"), "en": ("en", "eng"), "id": ("id", "ind"), "ms": ("ms", "zsm", "msa", "zlm_Latn"),
    "vi": ("vi", "vie"), "th": ("th", "tha"), "tl": ("tl", "fil", "tgl", "tgl_Latn"), "km": ("km", "khm"),
    "lo": ("lo", "lao"), "my": ("my", "mya"), "ar": ("ar", "ara", "arb"), "he": ("he", "iw", "heb"),
    "fa": ("fa", "pes", "fas"), "tr": ("tr", "tur"),
    "zh-Hans": ("zh", "zho", "cmn_Hans", "zh_CN", "cmn"),
}  # fmt: skip
_FORMS = {"m2m": "__{}__", "madlad": "<2{}>", "opus": ">>{}<<"}


@dataclass(frozen=True)
class Card:
    """Made by the conversion. `tokens` are the models' tokens for our languages; empty for a model of one
    pair, which needs none."""

    family: str  # m2m, madlad, opus
    model: str  # the name of the original
    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        (folder / CARD).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Card":
        """ImproperlyConfigured where the folder holds no converted model."""
        try:
            return cls(**json.loads((folder / CARD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            problem = f"{folder} holds no converted translation model (convert_translation_model makes one)"
            raise ImproperlyConfigured(f"{problem}: {error}") from error


def language_tokens(family: str, vocabulary: Sequence[str]) -> dict[str, str]:
    """{our code: the model's token} for the languages that the vocabulary has a token of."""
    known = set(vocabulary)
    found = {}
    for code, names in _NAMES.items():
        tokens = (_FORMS[family].format(name) for name in names)
        if token := next((token for token in tokens if token in known), None):
            found[code] = token
    return found


def code_of(name: str) -> str | None:
    """Our code for a language as a model's name calls it ("ko", "kor", "zh")."""
    return next((code for code, names in _NAMES.items() if name in names or name == code), None)


class Pieces:
    """Cuts texts into the pieces of a model and joins them again. SentencePiece loads on first use."""

    def __init__(self, folder: Path, card: Card) -> None:
        self._folder, self._card = folder, card

    @cached_property
    def _source(self) -> Any:
        return _processor(self._folder / SOURCE_PIECES)

    @cached_property
    def _target(self) -> Any:
        path = self._folder / TARGET_PIECES
        return _processor(path) if path.exists() else self._source

    def cut(self, text: str, source: str, target: str) -> list[str]:
        pieces = list(self._source.encode(text, out_type=str))
        tokens = self._card.tokens
        if self._card.family == "m2m":
            return [tokens[source], *pieces, END]
        return [*([tokens[target]] if tokens else []), *pieces, END]

    def prefix(self, target: str) -> list[str]:
        """With what a translation begins."""
        return [self._card.tokens[target]] if self._card.family == "m2m" else []

    def join(self, pieces: Sequence[str]) -> str:
        """Without what is no piece of text: tokens of languages, fillers of the vocabulary."""
        known, unknown = self._target, self._target.unk_id()
        return str(known.decode([piece for piece in pieces if known.piece_to_id(piece) != unknown]))

    def speaks(self, source: str, target: str) -> bool:
        return source != target and source in self._card.sources and target in self._card.targets


def _processor(path: Path) -> Any:
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_file=str(path))
