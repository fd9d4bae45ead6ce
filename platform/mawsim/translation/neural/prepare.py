"""Stage `prepare`: each language's part of the corpus, filtered, without repeats, its facts as sentinels.

Writes into <work>/clean for each language <lang>.tsv.zst with the rows to learn from [English, text],
<lang>.held.tsv.zst with those of held-out documents [English, text, masked English, masked text], and
<lang>.json with what became of the rows. A language whose report is there is done.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .agreement import is_held_out, mask_pair, shared_names
from .cleaning import is_usable, normalise
from .config import CORPUS_NAMES, ENGLISH, NeuralConfig
from .corpus import read_licences, read_rows, write_rows


def prepare(config: NeuralConfig) -> None:
    """Prepare all languages of the configuration, `processes` at a time."""
    clean_folder(config).mkdir(parents=True, exist_ok=True)
    languages = [language for language in config.languages if language != ENGLISH]
    waiting = [language for language in languages if not _report_of(config, language).exists()]
    if config.processes > 1 and len(waiting) > 1:
        with ProcessPoolExecutor(config.processes) as pool:
            list(pool.map(partial(prepare_language, config), waiting))
    else:
        for language in waiting:
            prepare_language(config, language)


def clean_folder(config: NeuralConfig) -> Path:
    return config.work / "clean"


def read_report(config: NeuralConfig, language: str) -> dict[str, object]:
    """What `prepare` counted: {"rows": {outcome: n}, "chars": n, "sources": {repository: [licence, n]}}."""
    report: dict[str, object] = json.loads(_report_of(config, language).read_text(encoding="utf-8"))
    return report


def _report_of(config: NeuralConfig, language: str) -> Path:
    return clean_folder(config) / f"{language}.json"


@dataclass(slots=True)
class _Sorted:
    """The rows of one language and what became of those that are not among them."""

    train: list[tuple[str, str]] = field(default_factory=list)
    held: list[tuple[str, str, str, str]] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)


def prepare_language(config: NeuralConfig, language: str) -> None:
    """Write the three files of one language."""
    licences = read_licences(config.corpus)
    rows = _sort(config, language, licences)
    folder = clean_folder(config)
    write_rows(folder / f"{language}.tsv.zst", rows.train)
    write_rows(folder / f"{language}.held.tsv.zst", rows.held)
    report = {
        "rows": {**rows.outcomes, "train": len(rows.train), "held_out": len(rows.held)},
        "chars": sum(len(text) for _english, text in rows.train),
        "sources": {name: [licences.get(name, "?"), count] for name, count in rows.used.most_common()},
    }
    _report_of(config, language).write_text(json.dumps(report, indent=1), encoding="utf-8")


def _sort(config: NeuralConfig, language: str, licences: dict[str, str]) -> _Sorted:
    found, seen = _Sorted(), set()
    for english, text, repository, document in _licensed_rows(config, language, licences, found.outcomes):
        if not is_usable(english, text, language, config):
            found.outcomes["unusable"] += 1
            continue
        masked = mask_pair(english, text, language, at_most=config.sentinels)
        if masked is None:
            found.outcomes["facts_differ"] += 1
        elif masked in seen:
            found.outcomes["repeated"] += 1
        else:
            seen.add(masked)
            found.used[repository] += 1
            if not is_held_out(repository, document, config.held_out_share):
                found.train += [masked, *_with_names_hidden(config, language, english, text)]
            elif len(english.split()) >= config.held_out_words:
                found.held.append((english, text, *masked))
    return found


def _with_names_hidden(config: NeuralConfig, language: str, english: str, text: str) -> list[tuple[str, str]]:
    """The pair once more, names as sentinels too. The plain one stays: other languages are joined by it."""
    names = shared_names(english, text, config.name_share, config.seed)
    masked = names and mask_pair(english, text, language, names=names, at_most=config.sentinels)
    return [masked] if masked else []


def _licensed_rows(
    config: NeuralConfig, language: str, licences: dict[str, str], outcomes: Counter[str]
) -> Iterator[tuple[str, str, str, str]]:
    excluded = re.compile(config.excluded_licences) if config.excluded_licences else None
    path = config.corpus / f"{CORPUS_NAMES.get(language, language)}.tsv.zst"
    for number, row in enumerate(read_rows(path), start=1):
        if config.max_rows and number > config.max_rows:
            return
        if len(row) != 4:
            outcomes["broken"] += 1
        elif excluded and excluded.search(licences.get(row[2], "")):
            outcomes["licence"] += 1
        else:
            yield normalise(row[0]), normalise(row[1]), row[2], row[3]
