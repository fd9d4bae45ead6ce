"""The door to `matching` with its models and index; `judging` is the other. Nothing else imports it.

Encoders live once per process. Web processes load a static model by its light path (tokenizer and
numpy) on the first query; any other model takes seconds and torch, so it is loaded in a background
thread and search is lexical until it is there. Workers load the full path through sentence-transformers.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog
from django.conf import settings

if TYPE_CHECKING:
    from matching.embedding import Encoder
    from matching.index.base import Hit, VectorIndex
    from matching.index.hybrid import Changes, HybridIndex

log = structlog.get_logger(__name__)
Vector = np.ndarray  # float32, shape (dimension,), unit length
_RETRY_SECONDS = 30.0


class EncoderUnavailable(Exception):
    """The model cannot be loaded or used; the message is for operators."""


# --- Encoders --------------------------------------------------------------------------------------
class _Encoders:
    """The encoders of this process by (source, light). A failure is remembered for half a minute."""

    def __init__(self) -> None:
        self.loading = threading.RLock()
        self.loaded: dict[tuple[str, bool], Encoder] = {}
        self.failed: dict[tuple[str, bool], tuple[float, str]] = {}
        self.threads: set[tuple[str, bool]] = set()

    def get(self, source: str, *, light: bool) -> "Encoder":
        """The encoder, loaded now if need be. Raises `EncoderUnavailable`."""
        key = source, light
        if encoder := self.loaded.get(key):
            return encoder
        with self.loading:
            if key not in self.loaded:
                self._check_failure(key)
                self.loaded[key] = self._load(key)
            return self.loaded[key]

    def warm(self, source: str, *, light: bool) -> None:
        """Load the encoder in a thread of its own, unless that is done or under way."""
        key = source, light
        if key not in self.loaded and key not in self.threads and not self._failed_lately(key):
            self.threads.add(key)
            threading.Thread(target=self._warm, args=[key], name="warm-encoder", daemon=True).start()

    def _warm(self, key: tuple[str, bool]) -> None:
        try:
            self.get(key[0], light=key[1])
        except EncoderUnavailable:
            pass  # remembered in `failed`
        finally:
            self.threads.discard(key)

    def _load(self, key: tuple[str, bool]) -> "Encoder":
        from matching.embedding import BUNDLED_MODEL, EncoderError, load_encoder

        source, light = key
        started = time.monotonic()
        try:
            if not light:
                _calm_torch()
            encoder = load_encoder(source or BUNDLED_MODEL, light=light)
        except (EncoderError, ImportError, OSError) as error:
            self.failed[key] = time.monotonic(), str(error)
            log.warning("encoder.unavailable", source=source or "bundled", light=light, reason=str(error))
            raise EncoderUnavailable(str(error)) from error
        seconds = round(time.monotonic() - started, 2)
        log.info("encoder.loaded", model=encoder.name, light=light, seconds=seconds)
        return encoder

    def _failed_lately(self, key: tuple[str, bool]) -> bool:
        failure = self.failed.get(key)
        return failure is not None and time.monotonic() - failure[0] < _RETRY_SECONDS

    def _check_failure(self, key: tuple[str, bool]) -> None:
        if self._failed_lately(key):
            raise EncoderUnavailable(self.failed[key][1])


_encoders = _Encoders()


def reset() -> None:
    """Forget every encoder: after a fork the parent's locks and threads mean nothing."""
    global _encoders
    _encoders = _Encoders()


os.register_at_fork(after_in_child=reset)


def _calm_torch() -> None:
    """One thread: several workers with a thread per core each would only fight for the cores."""
    import torch

    torch.set_num_threads(1)


def is_static(source: str) -> bool:
    """Whether the model has a light path. `source` is as in EMBEDDING_MODEL; empty: the bundled one."""
    from matching.embedding import has_light_path

    return not source or has_light_path(Path(source))


def model_fault(source: str) -> str:
    """What is wrong with the model's folder and what to do; empty if nothing is, or if it is no folder."""
    from matching.embedding import BUNDLED_MODEL, BUNDLED_STATIC, ModelCorrupt, ModelMissing
    from matching.embedding.artefact import is_artefact, verify

    path = BUNDLED_MODEL if source in ("", BUNDLED_STATIC) else Path(source)
    if path.is_absolute() and not path.is_dir():
        return f"No folder {path}: restore it, or set EMBEDDING_MODEL to another model."
    try:
        if path == BUNDLED_MODEL or is_artefact(path):
            verify(path)
    except (ModelMissing, ModelCorrupt) as error:
        return str(error)
    return ""


def document_encoder() -> "Encoder":
    """The configured encoder by its full path, for workers. Raises `EncoderUnavailable`."""
    return _encoders.get(settings.EMBEDDING_MODEL, light=False)


def light_document_encoder() -> "Encoder":
    """The same by the light path, where the model has one. Raises `EncoderUnavailable`."""
    return _encoders.get(settings.EMBEDDING_MODEL, light=True)


def warm_document_encoder() -> None:
    """Start loading the configured encoder, and return."""
    _encoders.warm(settings.EMBEDDING_MODEL, light=False)


def query_encoder(source: str, name: str, *, wait: bool = False) -> "Encoder | None":
    """The encoder to put queries to the vectors of model `name` with, if it is at hand.

    None while it is loading (unless `wait`), when it cannot be loaded, and when `source` by now holds
    another model than the one that made the vectors.
    """
    light = is_static(source)
    if not light and not wait and (source, light) not in _encoders.loaded:
        _encoders.warm(source, light=False)
        return None
    try:
        encoder = _encoders.get(source, light=light)
    except EncoderUnavailable:
        return None
    return encoder if encoder.name == name else None


def embed(encoder: "Encoder", documents: Sequence[Sequence[tuple[float, str]]]) -> list[Vector]:
    """One unit vector per document, from its (weight, text) parts. Raises `EncoderUnavailable`."""
    from matching.embedding import EncoderError, neutral_vector

    texts = [text for parts in documents for _, text in parts]
    try:
        rows = iter(encoder.encode(texts))
    except (EncoderError, RuntimeError, MemoryError) as error:
        raise EncoderUnavailable(str(error)) from error
    vectors = []
    for parts in documents:
        total = sum((weight * next(rows) for weight, _ in parts), np.zeros(encoder.dimension, np.float32))
        length = np.linalg.norm(total)
        vectors.append((total / length if length else neutral_vector(encoder.dimension)).astype("<f4"))
    return vectors


_asked: dict[tuple[str, str], Vector] = {}
_MOST_ASKED = 1_000


def embed_query(encoder: "Encoder", query: str) -> Vector:
    """The vector of a query, remembered for a while: a reader turns pages and tries filters.

    Raises `EncoderUnavailable`.
    """
    key = encoder.name, query
    vector = _asked.get(key)
    if vector is None:
        vector = embed(encoder, [[(1.0, query)]])[0]
        if len(_asked) >= _MOST_ASKED:
            _asked.clear()
        _asked[key] = vector
    return vector


# --- Index -----------------------------------------------------------------------------------------
Row = tuple[int, bytes, Mapping[str, Any], bool]  # listing, vector, coded attributes, visible


def changes(rows: Iterable[Row], dimension: int) -> "Changes":
    """What the index must take over: visible rows are put in, the others taken out."""
    from matching.index.hybrid import Changes

    rows = list(rows)
    shown = [row for row in rows if row[3]]
    return Changes(_batch(shown, dimension) if shown else None, [row[0] for row in rows if not row[3]])


def _batch(rows: Sequence[Row], dimension: int) -> Any:
    from matching.index.attributes import Attributes
    from matching.index.base import Batch

    vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(-1, dimension)
    return Batch([row[0] for row in rows], vectors, [Attributes(**row[2]) for row in rows])


class IndexUnavailable(Exception):
    """The shared index does not answer; the message is for operators."""


def open_shared_index(name: str, dimension: int) -> "VectorIndex":
    """The collection `name` of the Milvus that the settings name. Raises `IndexUnavailable`."""
    from matching.errors import IndexUnavailable as NoAnswer

    try:
        from matching.index.milvus import MilvusIndex

        return MilvusIndex(
            settings.MILVUS_URL,
            collection=name,
            dimension=dimension,
            token=settings.MILVUS_TOKEN,
            index_type=settings.MILVUS_INDEX,
        )
    except ImportError as error:
        raise IndexUnavailable(f"MILVUS_URL needs the milvus extra: {error}") from error
    except NoAnswer as error:
        raise IndexUnavailable(str(error)) from error


def write(index: "VectorIndex", rows: Iterable[Row], dimension: int) -> None:
    """Put the visible rows into a shared index and take the others out. Raises `IndexUnavailable`."""
    from matching.errors import IndexUnavailable as NoAnswer

    found = changes(rows, dimension)
    try:
        if found.upserts is not None:
            index.upsert(*found.upserts)
        index.remove(found.removed)
    except NoAnswer as error:
        raise IndexUnavailable(str(error)) from error


def keep_only(index: "VectorIndex", listings: np.ndarray) -> int:
    """Take out of a shared index all but the given ids; returns how many. Raises `IndexUnavailable`."""
    from matching.errors import IndexUnavailable as NoAnswer
    from matching.index.milvus import MilvusIndex

    assert isinstance(index, MilvusIndex)  # noqa: S101
    try:
        gone = np.setdiff1d(index.ids(), listings)
        index.remove(gone)
    except NoAnswer as error:
        raise IndexUnavailable(str(error)) from error
    return len(gone)


@dataclass(frozen=True)
class IndexState:
    """What operators want to know of an index: rows in its snapshot and beside it, and what is wrong."""

    stored: int
    delta: int
    fault: str


def index_state(index: "VectorIndex") -> IndexState:
    """A shared index has no delta; where it does not answer, nothing is stored and `fault` says why."""
    from matching.errors import IndexUnavailable as NoAnswer
    from matching.index.hybrid import HybridIndex

    delta = index.delta_size if isinstance(index, HybridIndex) else 0
    try:
        return IndexState(len(index) - delta, delta, str(index.fault or ""))
    except NoAnswer as error:
        return IndexState(0, 0, str(error))


def open_index(
    directory: Path, identity: str, dimension: int, since: Callable[[str | None], Iterable["Changes"]]
) -> "HybridIndex":
    """The index over a snapshot folder, which may be empty; snapshots of another identity are rejected."""
    from matching.index.hybrid import HybridIndex

    return HybridIndex(directory, model=identity, dimension=dimension, changes_since=since)


class SnapshotFailed(Exception):
    """No snapshot could be written; the one in use goes on serving."""


class SnapshotBusy(SnapshotFailed):
    """Another process is writing one."""


def build_snapshot(
    directory: Path, batches: Iterable[Sequence[Row]], identity: str, dimension: int, watermark: str
) -> None:
    """Write a snapshot of the rows (all visible, by ascending listing) and make it current."""
    from matching.errors import BuildInProgress, SnapshotError
    from matching.index.builder import build_snapshot as build

    packed = (_batch(rows, dimension) for rows in batches)
    try:
        build(
            directory,
            packed,
            model=identity,
            dimension=dimension,
            watermark=watermark,
            threads=settings.SNAPSHOT_THREADS,
        )
    except BuildInProgress as error:
        raise SnapshotBusy(str(error)) from error
    except (SnapshotError, OSError) as error:
        raise SnapshotFailed(f"{type(error).__name__}: {error}") from error


def snapshot_created(directory: Path) -> str | None:
    """When the current snapshot was made (ISO 8601, UTC), and None where there is none."""
    from matching.errors import SnapshotError
    from matching.index.manifest import Manifest
    from matching.index.snapshot import current_name

    name = current_name(directory)
    try:
        return Manifest.read(directory / name).created if name else None
    except SnapshotError:
        return None


def nearest(
    index: "VectorIndex",
    vectors: Sequence[Vector],
    k: int,
    allowed: Mapping[str, Sequence[int]],
    excluded_organisations: Sequence[int] = (),
) -> list[list["Hit"]]:
    """For each vector the best k listings as (id, score) that pass the coded filters.

    None while a shared index does not answer; its `fault` says why.
    """
    from matching.errors import IndexUnavailable
    from matching.index.attributes import Filter

    where = Filter(dict(allowed), excluded_organisations) if allowed or excluded_organisations else None
    try:
        return index.search_many(np.stack(vectors), k, where)
    except IndexUnavailable as error:
        log.warning("index.unavailable", reason=str(error))
        return [[] for _ in vectors]


def counts(
    index: "VectorIndex", attribute: str, allowed: Mapping[str, Sequence[int]]
) -> dict[int, int] | None:
    """How many listings that pass the coded filters have each code of the attribute, as the index knows.

    None where it cannot tell: a shared index, or one whose snapshot is not there yet.
    """
    from matching.index.attributes import Filter
    from matching.index.hybrid import HybridIndex

    if not isinstance(index, HybridIndex) or index.watermark is None:
        return None
    return index.counts(attribute, Filter(dict(allowed)) if allowed else None)


def says_nothing(vector: Vector) -> bool:
    """Whether the vector is the one of texts without meaning for the model."""
    from matching.embedding import neutral_vector

    return bool(np.abs(vector - neutral_vector(len(vector))).max() < 1e-6)


# --- Words -----------------------------------------------------------------------------------------
def terms(text: str) -> list[str]:
    """The terms to store for a document."""
    from matching.lexical import terms as cut

    return cut(text)


def query_terms(text: str) -> list[tuple[str, float]]:
    """The terms to look for and what each says by its kind, 0.2 to 4; none for a text without words."""
    from matching.lexical import query_terms as cut

    return [(found.term, found.weight) for found in cut(text)]


def quoted_term(term: str) -> str:
    """The term as text for a `::tsquery`."""
    from matching.lexical import quoted

    return quoted(term)


def rarity(documents: int, total: int) -> float:
    """How much a term says that so many of the documents hold: 1 at most, 0 where all do."""
    from matching.lexical import rarity as of

    return of(documents, total)


def is_spellable(term: str) -> bool:
    """Whether a slip may be looked for: in words, not in codes, acronyms and numbers."""
    from matching.lexical import is_spellable as check

    return check(term)


def spelling_keys(word: str) -> list[str]:
    """Two words a slip apart share at least one of these."""
    from matching.lexical import spelling_keys as keys

    return keys(word)


def likely_spellings(word: str, known: Iterable[str]) -> list[str]:
    """Those of the known words that may be meant, nearest first."""
    from matching.lexical import likely_spellings as nearest_words

    return nearest_words(word, known)


def fuse(rankings: Sequence[Sequence[tuple[int, float]]]) -> list[tuple[int, float]]:
    """All ids of the rankings, each (id, weight) best first, as (id, fused score), best first."""
    from matching.fusion import reciprocal_rank_fusion

    return [(fused.id, fused.score) for fused in reciprocal_rank_fusion(rankings)]


# --- Evidence --------------------------------------------------------------------------------------
def sentences(text: str, language: str) -> list[str]:
    from matching.text import split_sentences

    return split_sentences(text, language)


def _for_sentences(encoder: "Encoder") -> "Encoder":
    """The encoder to compare the sentences of a page with: of the bundled model its fast branch alone.

    A page has some dozen sentences, each of which would cost the whole model ten milliseconds. They only
    have to be told apart from others of the same listing, which was found by the whole model.
    """
    from matching.embedding import BUNDLED_STATIC

    if any(_encoders.loaded.get(("", light)) is encoder for light in (True, False)):
        return _encoders.get(BUNDLED_STATIC, light=True)
    return encoder


def best_sentences(
    encoder: "Encoder", query: str, candidates: Sequence[Sequence[str]]
) -> list[tuple[int, float] | None]:
    """For each candidate (its sentences) the place and cosine of the one nearest to the query.

    A sentence with an acronym, code or long number of the query comes first: vectors blur these.
    """
    from matching.embedding import EncoderError
    from matching.evidence import best_sentences as best
    from matching.lexical import LONG_NUMBER, query_terms

    names = {found.term for found in query_terms(query) if found.weight >= LONG_NUMBER}
    encoder = _for_sentences(encoder)
    try:
        found = best(encoder, query, candidates, max(map(len, candidates), default=0) if names else 1)
    except (EncoderError, RuntimeError) as error:
        raise EncoderUnavailable(str(error)) from error
    chosen = [
        next((hit for hit in hits if names & {*terms(hit.text)}), hits[0]) if hits else None for hits in found
    ]
    return [(hit.position, hit.score) if hit else None for hit in chosen]


class _Remembered:
    """An encoder that knows its texts already: all of a page's are encoded in one call."""

    def __init__(self, encoder: "Encoder", texts: Iterable[str]) -> None:
        distinct = list(dict.fromkeys(texts))
        self.name, self.dimension = encoder.name, encoder.dimension
        self._rows = dict(zip(distinct, encoder.encode(distinct), strict=True))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._rows[text] for text in texts])


def best_pairs(
    encoder: "Encoder", matched: Sequence[tuple[Sequence[str], Sequence[str]]], limit: int
) -> list[list[tuple[int, int, float]]]:
    """For each (need's sentences, offer's sentences) the nearest pairs as places there and their cosine."""
    from matching.embedding import EncoderError
    from matching.evidence import best_pairs as best

    texts = (text for pair in matched for side in pair for text in side)
    try:
        known = _Remembered(_for_sentences(encoder), texts)
    except (EncoderError, RuntimeError) as error:
        raise EncoderUnavailable(str(error)) from error
    found = [best(known, needs, offers, limit) if needs and offers else [] for needs, offers in matched]
    return [[(pair.need_position, pair.offer_position, pair.score) for pair in pairs] for pairs in found]
