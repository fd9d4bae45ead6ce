"""Stages `concepts` and `held-out`: the trained rows learn the words of the field, beside more bitext."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import trange

from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.data import Corpus, draw_epoch, gather, load_corpus
from matching.training.heldout import score_held_out
from matching.training.lexicon import Lexicon, draw_batch, find_overlaps, hold_out, read_lexicon
from matching.training.rows import RowAdam
from matching.training.teacher import encode_with_teacher, load_teacher_vectors
from matching.training.train import Teacher, compute_loss, embed


def learn_concepts(config: TrainingConfig) -> None:
    """Write weights.concepts.npy, what `export` ships: weights.npy taught the whole lexicon."""
    _finish(config, read_lexicon(config.lexicon), "concepts")


def measure_held_out(config: TrainingConfig) -> None:
    """Write held-out.json: how well synonyms are understood that a training run was not shown."""
    lexicon = read_lexicon(config.lexicon)
    kept, held = hold_out(lexicon, config.held_out_share, config.seed)
    after = _finish(config, kept, "held-out")
    before = np.load(config.work / "weights.npy")
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    scores = [score_held_out(weight, tokenizer, lexicon, held) for weight in (before, after)]
    report = dict(zip(("before", "after"), scores, strict=True))
    (config.work / "held-out.json").write_text(json.dumps(report, indent=1))


def _finish(config: TrainingConfig, lexicon: Lexicon, name: str) -> np.ndarray:
    path = config.work / f"weights.{name}.npy"
    if not path.exists():
        run = ConceptRun(config, lexicon, name)
        learnt, before = run.finish(), np.load(config.work / "weights.npy")
        part = path.with_suffix(".part.npy")
        np.save(part, blend(before, learnt, count_shares(run.corpus, len(before)), config.common_share))
        part.rename(path)
    return np.load(path)


def blend(before: np.ndarray, learnt: np.ndarray, shares: np.ndarray, half: float) -> np.ndarray:
    """Return rows between `before` and `learnt`: rare pieces take all, one of share `half` takes half.

    Function words and punctuation stand in every concept text by chance; what they learnt there costs
    more on ordinary sentences than it gains.
    """
    taken = half / (half + shares)
    return (before + taken[:, None] * (learnt - before)).astype(np.float32)


def count_shares(corpus: Corpus, vocabulary: int) -> np.ndarray:
    """Return each piece's share of all pieces (vocabulary,) in the language where that is largest."""
    english = len(corpus.starts) - 1 - len(corpus.texts)
    of_text = np.concatenate([np.zeros(english, dtype=np.int8), corpus.languages + 1])
    of_token = np.repeat(of_text, np.diff(corpus.starts))
    counts = [
        np.bincount(corpus.tokens[of_token == language], minlength=vocabulary)
        for language in range(len(LANGUAGES) + 1)
    ]
    return np.max([count / max(count.sum(), 1) for count in counts], axis=0)


class ConceptRun:
    """Sentence pairs and concept texts in every step; resumed from `checkpoint.<name>.pt`."""

    def __init__(self, config: TrainingConfig, lexicon: Lexicon, name: str) -> None:
        torch.manual_seed(config.seed)
        self.config, self.lexicon, self.name = config, lexicon, name
        self.checkpoint = config.work / f"checkpoint.{name}.pt"
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.corpus = load_corpus(config)
        self.teacher = Teacher(*load_teacher_vectors(config), english=len(self.corpus.joined_starts) - 1)
        self.tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
        self.meanings = encode_concepts(config, lexicon).to(self.device)
        self.optimiser = self._continue_training()
        self.step = 0

    def _continue_training(self) -> RowAdam:
        """Return the optimiser over weights.npy with the moments of the newest checkpoint of `train`.

        With none, Adam's first steps would go as far in every row, and undo what is known.
        """
        optimiser = RowAdam(torch.from_numpy(np.load(self.config.work / "weights.npy")).to(self.device))
        path = self.config.work / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            optimiser.load({**state, "weight": optimiser.weight})
        return optimiser

    def finish(self) -> np.ndarray:
        """Train to the end and return the rows (vocabulary, dimension) as float32."""
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
            self.step = state.pop("step")
            self.optimiser.load(state)
        self.run_to(self.config.concept_steps)
        self.checkpoint.unlink(missing_ok=True)
        return self.optimiser.weight.cpu().numpy()

    def run_to(self, end: int) -> None:
        """Train from the current step to step `end`."""
        pairs = replace(self.config, batch=self.config.concept_pairs)
        batches = draw_pairs(self.corpus, pairs, skip=self.step)
        for _ in trange(self.step, end, desc=self.name, mininterval=5):
            parts = self.advance(*next(batches))
            if self.step % self.config.log_every == 0:
                self._log(parts)
            if self.step % self.config.checkpoint_every == 0:
                self.save()

    def save(self) -> None:
        """Write the checkpoint so that a crash leaves the old or the new one, never half of it."""
        part = self.checkpoint.with_suffix(".part")
        torch.save({**self.optimiser.state(), "step": self.step}, part)
        part.rename(self.checkpoint)

    def advance(self, english: np.ndarray, anchors: np.ndarray, others: np.ndarray) -> dict[str, float]:
        """Take one step on sentence pairs and on freshly drawn concept texts; return the loss's parts."""
        config, rng = self.config, np.random.default_rng([self.config.seed, 3, self.step])
        # Several times faster than numpy's where every draw is a single one.
        random = Random(f"{config.seed}/{self.step}")  # noqa: S311
        concepts = draw_batch(self.lexicon, config.concept_batch, random)
        ids, offsets = gather(self.corpus, np.concatenate([anchors, others]), rng, config.token_dropout)
        more_ids, more_offsets = self._tokenise(concepts.left + concepts.right)
        offsets = np.concatenate([offsets, more_offsets + len(ids)])
        rows, table, encoded = embed(self.optimiser.weight, np.concatenate([ids, more_ids]), offsets)
        sizes = [len(anchors), len(others), len(concepts.left), len(concepts.right)]
        left, right, told, retold = encoded.split(sizes)
        taught, vectors = (part.to(self.device) for part in self.teacher.find(english))
        loss, parts = compute_loss(left, right, taught, vectors, config)
        members = torch.from_numpy(concepts.members).to(self.device)
        meanings = functional.normalize(members @ self.meanings, dim=1)
        overlaps = torch.from_numpy(find_overlaps(concepts.members)).to(self.device)
        every = torch.arange(len(told), device=self.device)
        concept_loss, more = compute_loss(told, retold, every, meanings, config, overlaps=overlaps)
        (gradient,) = torch.autograd.grad(loss + config.concept_weight * concept_loss, table)
        progress = self.step / config.concept_steps
        self.optimiser.update(rows, gradient, config.concept_learning_rate * (1 - progress))
        self.step += 1
        return {**parts, **{f"concept_{name}": value for name, value in more.items()}}

    def _tokenise(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        pieces = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]
        lengths = np.array([len(ids) for ids in pieces])
        return np.concatenate(pieces).astype(np.int64), np.cumsum(lengths) - lengths

    def _log(self, parts: dict[str, float]) -> None:
        with (self.config.work / f"train.{self.name}.jsonl").open("a", encoding="utf-8") as log:
            values = {name: round(value, 4) for name, value in parts.items()}
            log.write(json.dumps({"step": self.step, **values}) + "\n")


def draw_pairs(
    corpus: Corpus, config: TrainingConfig, *, skip: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield batches of sentence pairs without end, after the epochs that `train` has drawn."""
    for epoch in count(config.epochs):
        for batch in draw_epoch(corpus, config, epoch):
            if skip:
                skip -= 1
            else:
                yield batch


def encode_concepts(config: TrainingConfig, lexicon: Lexicon) -> Tensor:
    """Return (concepts, dimension) unit rows: the mean of the teacher's vectors of the English names."""
    names = lexicon.names["en"]
    vectors = encode_with_teacher(config, [name for row in names for name in row])
    parts = np.split(vectors, np.cumsum([len(row) for row in names])[:-1])
    means = np.stack([part.mean(axis=0) for part in parts])
    return functional.normalize(torch.from_numpy(means), dim=1)
