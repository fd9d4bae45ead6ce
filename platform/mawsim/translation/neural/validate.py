"""What the network in training is worth: greedy translations of held-out sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sentencepiece
import torch
from sacrebleu.metrics import CHRF
from torch import Tensor

from .batches import padded
from .config import NeuralConfig, Pair, parse_pairs
from .dataset import held_pairs, load_manifest, packed_folder, read_held
from .marks import are_kept, renumber
from .network import Transformer

LONGEST = 100  # tokens of a translation


@dataclass(frozen=True, slots=True)
class _Sample:
    direction: str
    tokens: list[int]
    source: str
    target: str


class Validation:
    """A fixed sample of held-out pairs; sentinels count as text."""

    def __init__(self, config: NeuralConfig) -> None:
        self.manifest = load_manifest(config)
        model = (packed_folder(config) / "pieces.model").read_bytes()
        self.pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
        held = read_held(config)
        self.samples = [
            self._sample(pair, *renumber(row.masked_source, row.masked_target))
            for pair in choose_directions(config)
            for row in held_pairs(held, *pair)[: config.validation_texts]
        ]

    def _sample(self, pair: Pair, source: str, target: str) -> _Sample:
        tokens = [self.manifest["tags"][pair[1]], *self.pieces.encode(source), self.manifest["eos"]]
        return _Sample("-".join(pair), tokens, source, target)

    def measure(self, network: Transformer) -> dict[str, float]:
        """Return {direction: chrF++, "all": mean, "facts": share with all sentinels}; {} without data."""
        if not self.samples:
            return {}
        answers = translate(network, [sample.tokens for sample in self.samples], self.manifest)
        texts = [str(self.pieces.decode(answer)) for answer in answers]
        figures: dict[str, float] = {}
        for direction in dict.fromkeys(sample.direction for sample in self.samples):
            rows = [
                (text, sample.target)
                for text, sample in zip(texts, self.samples, strict=True)
                if sample.direction == direction
            ]
            ours, theirs = zip(*rows, strict=True)
            figures[direction] = round(CHRF(word_order=2).corpus_score(list(ours), [list(theirs)]).score, 2)
        figures["all"] = round(sum(figures.values()) / len(figures), 2)
        kept = [are_kept(sample.source, text) for text, sample in zip(texts, self.samples, strict=True)]
        return {**figures, "facts": round(sum(kept) / len(kept), 4)}


def choose_directions(config: NeuralConfig) -> list[Pair]:
    """The directions of `validated` that are learnt, or the first few that are."""
    wanted = [pair for pair in parse_pairs(config.validated) if pair in config.directions]
    return wanted or list(config.directions[:4])


@torch.no_grad()
def translate(
    network: Transformer, sources: Sequence[list[int]], manifest: dict[str, Any], rows: int = 256
) -> list[list[int]]:
    """Return the likeliest tokens for each source, without <s> and </s>."""
    training, device = network.training, network.embedding.weight.device
    network.eval()
    found: list[list[int]] = []
    for start in range(0, len(sources), rows):
        batch = torch.from_numpy(padded(list(sources[start : start + rows]), manifest["pad"])).to(device)
        found += _greedy(network, batch, manifest["bos"], manifest["eos"])
    network.train(training)
    return found


def _greedy(network: Transformer, source: Tensor, bos: int, eos: int) -> list[list[int]]:
    memory, mask = network.encode(source)
    written = torch.full((len(source), 1), bos, device=source.device)
    for _ in range(min(LONGEST, 2 * source.shape[1] + 10)):
        scores = network.score(network.decode(written, memory, mask)[:, -1])
        written = torch.cat([written, scores.argmax(dim=1, keepdim=True)], dim=1)
        if bool((written == eos).any(dim=1).all()):
            break
    rows: list[list[int]] = written[:, 1:].tolist()
    return [row[: row.index(eos)] if eos in row else row for row in rows]
