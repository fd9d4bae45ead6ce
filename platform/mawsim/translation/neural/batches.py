"""What a step learns from: pairs drawn by direction, cut into batches of like length."""

from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from threading import Thread

import numpy as np

from .config import ENGLISH, NeuralConfig
from .dataset import Dataset


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids, padded on the right: `source` (rows, s) = tag, text, </s>; `target` (rows, t) = <s>, text,
    </s>. `tokens` counts both without padding."""

    source: np.ndarray
    target: np.ndarray
    tokens: int


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Pairs of texts by number; `direction` is the place of their direction in the configuration."""

    direction: np.ndarray
    source: np.ndarray
    target: np.ndarray


def shares(dataset: Dataset, config: NeuralConfig) -> np.ndarray:
    """How often each direction is drawn; they add up to 1. ValueError where there is nothing to draw."""
    directions = config.directions
    sizes = dataset.sizes(directions).astype(float)
    weights = np.where(sizes > 0, sizes**config.direction_exponent, 0.0)
    weights *= [config.focus_weight if config.focus in pair else 1.0 for pair in directions]
    joined = np.array([ENGLISH not in pair for pair in directions])
    total = weights.sum()
    if not total:
        raise ValueError("the packed data has no pair of the directions that are to be learnt")
    if weights[joined].sum() and weights[~joined].sum():
        weights[joined] *= config.pivot_share / weights[joined].sum()
        weights[~joined] *= (1 - config.pivot_share) / weights[~joined].sum()
    return weights / weights.sum()


def draw_batches(dataset: Dataset, config: NeuralConfig, *, skip: int = 0) -> Iterator[Batch]:
    """Yield batches without end, always the same ones in the same order; the first `skip` are left out."""
    weights, number = shares(dataset, config), 0
    while True:
        rng = np.random.default_rng([config.seed, 1, number])
        drawn = _draw(dataset, config, weights, rng)
        cuts = _cut(dataset, config, drawn, rng)
        for chosen in cuts[skip:]:
            chance = np.random.default_rng([config.seed, 2, number, chosen[0]])
            yield make_batch(dataset, config, drawn, chosen, chance)
        skip, number = max(0, skip - len(cuts)), number + 1


def prefetched(batches: Iterator[Batch], ahead: int = 8) -> Iterator[Batch]:
    """The same batches, made in a thread while the accelerator computes."""
    queue: Queue[Batch | BaseException] = Queue(ahead)

    def fill() -> None:
        try:
            for batch in batches:
                queue.put(batch)
        except BaseException as error:
            queue.put(error)

    Thread(target=fill, daemon=True).start()
    while True:
        item = queue.get()
        if isinstance(item, BaseException):
            raise item
        yield item


def _draw(dataset: Dataset, config: NeuralConfig, weights: np.ndarray, rng: np.random.Generator) -> _Drawn:
    wanted = rng.multinomial(config.round_pairs, weights)
    parts = []
    for number, ((source, target), count) in enumerate(zip(config.directions, wanted, strict=True)):
        if count:
            english = _cycled(dataset.shared(source, target), int(count), rng)
            left, right = dataset.languages[source], dataset.languages[target]
            parts.append(
                (
                    np.full(len(english), number),
                    _pick(left.joined, left.joined_starts, english, rng),
                    _pick(right.sayable, right.sayable_starts, english, rng),
                )
            )
    return _Drawn(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _cycled(items: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    rounds = [rng.permutation(items) for _ in range(-(-count // len(items)))]
    return np.concatenate(rounds)[:count]


def _pick(texts: np.ndarray, starts: np.ndarray, english: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    sizes = starts[english + 1] - starts[english]
    picked: np.ndarray = texts[starts[english] + (rng.random(len(english)) * sizes).astype(np.int64)]
    return picked


def _lengths(dataset: Dataset, texts: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = dataset.starts[texts + 1] - dataset.starts[texts]
    return lengths


def _cut(dataset: Dataset, config: NeuralConfig, drawn: _Drawn, rng: np.random.Generator) -> list[np.ndarray]:
    """Rows of each batch: `batch_tokens` at most, counted by the longer side with its two marks."""
    longer = np.maximum(_lengths(dataset, drawn.source), _lengths(dataset, drawn.target)) + 2
    # A little noise mixes the lengths, so that batches differ from round to round.
    order = np.argsort(longer * rng.uniform(0.9, 1.1, len(longer)), kind="stable")
    cuts, begin = [], 0
    while begin < len(order):
        window = np.maximum.accumulate(longer[order[begin : begin + config.batch_tokens]])
        size = max(1, int(np.sum(window * np.arange(1, len(window) + 1) <= config.batch_tokens)))
        cuts.append(order[begin : begin + size])
        begin += size
    return [cuts[number] for number in rng.permutation(len(cuts))]


def make_batch(
    dataset: Dataset, config: NeuralConfig, drawn: _Drawn, rows: np.ndarray, rng: np.random.Generator
) -> Batch:
    """Put the tokens of the drawn `rows` together."""
    manifest = dataset.manifest
    tags = np.array([manifest["tags"][target] for _source, target in config.directions])
    source = _fill(dataset, drawn.source[rows], tags[drawn.direction[rows]])
    target = _fill(dataset, drawn.target[rows], np.full(len(rows), manifest["bos"]))
    _recount(source, target, manifest, config.shuffled_sentinels, rng)
    tokens = int((source != manifest["pad"]).sum() + (target != manifest["pad"]).sum())
    return Batch(source, target, tokens)


def _fill(dataset: Dataset, texts: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return (rows, longest + 2) ids: `first`, the text, </s>, padding."""
    starts, lengths = dataset.starts[texts], _lengths(dataset, texts)
    columns = np.arange(int(lengths.max()))
    inside = columns < lengths[:, None]
    filled = np.full((len(texts), len(columns) + 2), dataset.manifest["pad"], dtype=np.int64)
    filled[:, 0] = first
    filled[:, 1:-1][inside] = dataset.tokens[(starts[:, None] + columns)[inside]]
    filled[np.arange(len(texts)), lengths + 1] = dataset.manifest["eos"]
    return filled


def _recount(
    source: np.ndarray, target: np.ndarray, manifest: dict[str, int], share: float, rng: np.random.Generator
) -> None:
    """Count the sentinels as they stand in the source, or at random: rare numbers have to be learnt too."""
    first, count = manifest["first_sentinel"], manifest["sentinels"]
    ours, theirs = ((side >= first) & (side < first + count) for side in (source, target))
    for row in np.flatnonzero(ours.any(axis=1)):
        marks = source[row, ours[row]] - first
        new = np.arange(count)
        new[marks] = rng.permutation(count)[: len(marks)] if rng.random() < share else np.arange(len(marks))
        source[row, ours[row]] = new[marks] + first
        target[row, theirs[row]] = new[target[row, theirs[row]] - first] + first


def padded(rows: list[list[int]], pad: int) -> np.ndarray:
    """Return (rows, longest) ids with `pad` on the right."""
    array = np.full((len(rows), max(map(len, rows))), pad, dtype=np.int64)
    for number, row in enumerate(rows):
        array[number, : len(row)] = row
    return array
