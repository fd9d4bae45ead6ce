"""Stage `prepare`: the parallel corpus, normalised, filtered and joined on its English sentences."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zstandard
from tqdm import tqdm

from matching.text import normalise
from matching.training.config import LANGUAGES, TrainingConfig

_SOURCE_ROW = re.compile(r"^\|\s*([\w.-]+/[\w.-]+)\s*\|\s*([^|]+?)\s*\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pairs:
    """One language: `english[i]` is the line of `texts[i]`'s English sentence in english.txt."""

    english: np.ndarray
    texts: list[str]


def read_licences(corpus: Path) -> dict[str, str]:
    """Return {repository: licence} from the corpus' SOURCES.md."""
    return dict(_SOURCE_ROW.findall((corpus / "SOURCES.md").read_text(encoding="utf-8")))


def read_rows(path: Path) -> Iterator[list[str]]:
    """Yield [english, target, repository, document] of one compressed corpus file."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            row = line.rstrip("\n").split("\t")
            if len(row) == 4:
                yield row


def prepare(config: TrainingConfig) -> None:
    """Write english.txt, <lang>.txt, <lang>.english.npy and prepared.json into the work folder."""
    folder = config.work / "pairs"
    if (folder / "prepared.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    licences = read_licences(config.corpus)
    english: dict[str, int] = {}
    used: Counter[str] = Counter()
    for lang in tqdm(LANGUAGES, desc="prepare"):
        ids, texts = _prepare_language(config, lang, licences, english, used)
        np.save(folder / f"{lang}.english.npy", np.array(ids, dtype=np.int32))
        _write_lines(folder / f"{lang}.txt", texts)
    _write_lines(folder / "english.txt", list(english))
    report = {"sources": {repo: [licences.get(repo, "?"), count] for repo, count in used.most_common()}}
    (folder / "prepared.json").write_text(json.dumps(report, indent=1))


def _prepare_language(
    config: TrainingConfig, lang: str, licences: dict[str, str], english: dict[str, int], used: Counter[str]
) -> tuple[list[int], list[str]]:
    excluded = re.compile(config.excluded_licences) if config.excluded_licences else None
    seen: set[tuple[str, str]] = set()
    ids: list[int] = []
    texts: list[str] = []
    for source, target, repo, _ in read_rows(config.corpus / f"{lang}.tsv.zst"):
        if excluded and excluded.search(licences.get(repo, "")):
            continue
        pair = normalise(source), normalise(target)
        if pair in seen or not _usable(config, *pair):
            continue
        seen.add(pair)
        used[repo] += 1
        ids.append(english.setdefault(pair[0], len(english)))
        texts.append(pair[1])
    return ids, texts


def _usable(config: TrainingConfig, source: str, target: str) -> bool:
    if source == target or not any(map(str.isalpha, source)) or not any(map(str.isalpha, target)):
        return False
    lengths = len(source), len(target)
    return min(lengths) >= config.min_chars and max(lengths) <= config.max_chars


def load_english(config: TrainingConfig) -> list[str]:
    """Return the unique English sentences, in the order that pair files refer to."""
    return _read_lines(config.work / "pairs" / "english.txt")


def load_pairs(config: TrainingConfig, lang: str) -> Pairs:
    """Return the prepared pairs of one language."""
    folder = config.work / "pairs"
    return Pairs(np.load(folder / f"{lang}.english.npy"), _read_lines(folder / f"{lang}.txt"))


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _read_lines(path: Path) -> list[str]:
    # Not splitlines(): it would also break at the exotic line ends that a text may hold.
    return path.read_text(encoding="utf-8").split("\n")[:-1]
