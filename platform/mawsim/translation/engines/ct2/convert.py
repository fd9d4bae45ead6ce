"""Turn a model of the hub, or a folder of one, into what CTranslate2 runs. Needs torch and transformers."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mawsim.translation.engines.ct2.families import (
    SOURCE_PIECES,
    TARGET_PIECES,
    Card,
    code_of,
    language_tokens,
)

Say = Callable[[str], None]
# {model_type of config.json: (family, files with the pieces of the source and of the target)}
_TYPES = {
    "m2m_100": ("m2m", ("sentencepiece.bpe.model", None)),
    "t5": ("madlad", ("spiece.model", None)),
    "marian": ("opus", ("source.spm", "target.spm")),
}
_WANTED = ["*.json", "*.model", "*.spm", "*.safetensors", "pytorch_model*.bin"]


class NotConvertible(Exception):
    """The folder holds no model that can be converted; the message says what is missing."""


def convert(
    source: str,
    folder: Path,
    *,
    quantization: str = "int8",
    download: bool = False,
    languages: tuple[str, str] | None = None,
    say: Say = print,
) -> Card:
    """Convert `source` (a folder, or a hub id) into `folder`, which must not exist.

    `download` allows to fetch a hub id; without it only what lies in the hub's cache is used. `languages`
    are the source and target of a model of one pair, where its name does not tell them.
    """
    if folder.exists():
        raise NotConvertible(f"{folder} exists already")
    say(f"1/4 finding {source}")
    original = _found(source, download)
    config = _json(original / "config.json")
    if config.get("model_type") not in _TYPES:
        raise NotConvertible(f"{config.get('model_type')} is none of {', '.join(_TYPES)}")
    family, files = _TYPES[config["model_type"]]
    vocabulary = _Vocabulary.of(family, original)
    card = _card(family, source, vocabulary.tokens, languages)
    say(f"2/4 loading the {family} model")
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    _run(original, unfinished, vocabulary, quantization, say)
    say("4/4 adding the pieces and the card")
    for name, kept in zip(files, (SOURCE_PIECES, TARGET_PIECES), strict=True):
        if name:
            shutil.copy(original / name, unfinished / kept)
    card.write(unfinished)
    unfinished.rename(folder)
    say(f"done: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB in {folder}")
    return card


def _found(source: str, download: bool) -> Path:
    if Path(source).is_dir():
        return Path(source)
    from huggingface_hub import constants, snapshot_download

    if download:
        constants.HF_HUB_OFFLINE = False
    try:
        return Path(snapshot_download(source, allow_patterns=_WANTED, local_files_only=not download))
    except Exception as error:
        hint = "" if download else " (is it a hub id? then allow to download it)"
        raise NotConvertible(f"{source} is no folder and cannot be fetched{hint}: {error}") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotConvertible(f"{path.name} cannot be read: {error}") from error
    return read


def _card(family: str, source: str, tokens: Sequence[str], languages: tuple[str, str] | None) -> Card:
    name = source.rstrip("/").rpartition("/")[2]
    named = language_tokens(family, tokens)
    if named:
        one = code_of(languages[0]) if languages else None
        if family == "opus":  # many targets, the sources are in the name
            one = one or _pair(name)[0]
        sources = [one] if one else list(named)
        return Card(family, name, sources, [code for code in named if [code] != sources], named)
    pair = (code_of(languages[0]), code_of(languages[1])) if languages else _pair(name)
    if not pair[0] or not pair[1]:
        raise NotConvertible(f"which languages does {name} translate? Give source and target")
    return Card(family, name, [pair[0]], [pair[1]])


def _pair(name: str) -> tuple[str | None, str | None]:
    """The languages in a name like opus-mt-tc-big-ko-en."""
    parts = name.split("-")
    return (code_of(parts[-2]), code_of(parts[-1])) if len(parts) > 1 else (None, None)


@dataclass(frozen=True)
class _Vocabulary:
    """What the converter wants of a tokeniser. Read from the model's own files, so that neither protobuf
    nor a tokeniser of the right version is needed."""

    tokens: list[str]
    unk_token: str = "<unk>"  # noqa: S105
    eos_token: str = "</s>"  # noqa: S105
    bos_token: str = "<s>"  # noqa: S105
    pad_token: str = "<pad>"  # noqa: S105
    special_tokens_map: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unk_token_id(self) -> int:
        return self.tokens.index(self.unk_token)

    def get_vocab(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens)}

    def convert_ids_to_tokens(self, number: int) -> str:
        return self.tokens[number]

    @classmethod
    def of(cls, family: str, original: Path) -> "_Vocabulary":
        if family == "madlad":
            from sentencepiece import SentencePieceProcessor

            pieces = SentencePieceProcessor(model_file=str(original / "spiece.model"))
            return cls([pieces.id_to_piece(number) for number in range(pieces.get_piece_size())])
        by_number = {number: token for token, number in _json(original / "vocab.json").items()}
        tokens = [by_number[number] for number in sorted(by_number)]
        return cls(tokens + (_m2m_languages() if family == "m2m" else []))


def _m2m_languages() -> list[str]:
    """The 100 language tokens follow the vocabulary, in the order of their codes' list."""
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    return [f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]]


def _run(original: Path, folder: Path, vocabulary: _Vocabulary, quantization: str, say: Say) -> None:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):
        def load_tokenizer(self, tokenizer_class: Any, model: str, **kwargs: Any) -> Any:
            say(f"3/4 quantising to {quantization} and writing")
            return vocabulary

    Converter(str(original), low_cpu_mem_usage=True).convert(str(folder), quantization=quantization)
