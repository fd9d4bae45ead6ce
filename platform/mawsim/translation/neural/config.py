"""Every number of the recipe, in one place."""

from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]
LANGUAGES = ("ko", "en", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh-Hans")
ENGLISH = "en"
# What the corpus and the concept tables call a language, where that is not its code.
CORPUS_NAMES = {"zh-Hans": "zh"}
BUNDLED = Path(__file__).parent / "model"
DOMAIN = Path(__file__).parents[4] / "matching" / "training" / "domain"


def tag_of(language: str) -> str:
    """The token that asks for a translation into the language."""
    return f"<2{language}>"


@dataclass(frozen=True, slots=True)
class NeuralConfig:
    """Paths and hyper-parameters. `work` keeps caches and checkpoints and may be deleted at any time.

    `pairs` (source, target) is what the model translates; empty: every language into every other.
    """

    work: Path
    out: Path = BUNDLED
    corpus: Path = Path()
    domain: Path = DOMAIN
    pairs: tuple[Pair, ...] = ()
    version: str = "nmt-v1"
    seed: int = 20261122

    # Strong copyleft sources stay out: the model is to be shipped under a permissive licence.
    excluded_licences: str = r"GPL"
    processes: int = 1  # of the stages prepare and vocabulary
    max_rows: int = 0  # per language, for a trial; 0: all
    min_chars: int = 2
    max_chars: int = 600
    max_ratio: float = 3.0  # of the letters of one side to those of the other
    name_share: float = 0.2  # of the names that both sides share, hidden as facts in a further pair
    held_out_share: float = 0.004  # of the documents
    held_out_words: int = 4  # English words at least
    sentinels: int = 20

    vocabulary_size: int = 40_000
    vocabulary_chars: int = 2_200_000  # per language: scripts count alike
    character_coverage: float = 0.9995
    max_tokens: int = 128  # of a training sentence, without tag and end
    part_bytes: int = 64 * 2**20  # of the packed data
    artefact_part_bytes: int = 16 * 2**20

    dimension: int = 512
    feed_forward: int = 2048
    heads: int = 8
    encoder_layers: int = 6
    decoder_layers: int = 2
    positions: int = 512
    dropout: float = 0.1

    round_pairs: int = 200_000  # drawn at a time
    batch_tokens: int = 16_384  # of the longer side, padding included
    accumulate: int = 1  # batches in one step
    direction_exponent: float = 0.5  # directions are drawn by size ** this
    pivot_share: float = 0.3  # of pairs without English
    focus: str = "ko"  # a language whose directions are drawn `focus_weight` times as often
    focus_weight: float = 2.0
    shuffled_sentinels: float = 0.3  # of the pairs whose facts get numbers in no order
    label_smoothing: float = 0.1
    learning_rate: float = 1e-3  # the peak, at the end of the warm-up
    warmup: int = 2_000
    weight_decay: float = 0.01
    # "bfloat16", "float32", or "auto": bfloat16 where it is quick, as it is for all but tiny networks.
    precision: str = "auto"
    steps: int = 20_000
    minutes: float = 0.0  # of one call of `train`; 0: until `steps`
    log_every: int = 50
    checkpoint_every: int = 1_000
    snapshot_every: int = 500
    averaged: int = 5  # last snapshots in the average
    validate_every: int = 1_000
    validated: str = "ko-en,en-ko,en-id,en-vi,ko-vi,ar-en"
    validation_texts: int = 32  # per direction

    quantization: str = "int8"
    evaluated_texts: int = 100  # per direction

    @property
    def directions(self) -> tuple[Pair, ...]:
        """Every (source, target) that the model is to translate."""
        every = tuple((one, other) for one in LANGUAGES for other in LANGUAGES if one != other)
        return self.pairs or every

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the directions, English first: it joins the others."""
        used = {language for pair in self.directions for language in pair}
        return (ENGLISH, *(language for language in LANGUAGES if language in used - {ENGLISH}))


def parse_pairs(text: str) -> tuple[Pair, ...]:
    """Read "ko-en,en-zh-Hans". ValueError names what is no pair of two of our languages."""
    found = []
    for part in filter(None, text.split(",")):
        pairs = [(one, other) for one in LANGUAGES for other in LANGUAGES if f"{one}-{other}" == part]
        if not pairs or pairs[0][0] == pairs[0][1]:
            raise ValueError(f"{part!r} is no pair of two of {', '.join(LANGUAGES)}")
        found.append(pairs[0])
    return tuple(found)
