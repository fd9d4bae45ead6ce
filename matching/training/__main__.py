"""Command line: `python -m matching.training STAGE --corpus DIR --work DIR [--out DIR]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from matching.embedding import BUNDLED_MODEL
from matching.training.config import DEFAULT_DOMAIN, TrainingConfig
from matching.training.lexicon import DEFAULT_LEXICON

STAGES = ("prepare", "tokenizer", "teacher", "train", "static", "student", "export", "card")
_TUNABLE = {field.name: field for field in fields(TrainingConfig) if field.type in {"int", "float", "str"}}


def main(arguments: list[str] | None = None) -> int:
    """Run one stage or all; a stage whose result is there already is skipped. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m matching.training", description=__doc__)
    parser.add_argument("stage", choices=(*STAGES, "held-out", "all"))
    parser.add_argument("--corpus", type=Path, required=True, help="folder of <lang>.tsv.zst and SOURCES.md")
    parser.add_argument("--work", type=Path, required=True, help="caches and checkpoints; resumed if there")
    parser.add_argument("--out", type=Path, default=BUNDLED_MODEL, help="the model folder to write")
    parser.add_argument("--eval", type=Path, help="folder of dev sets, for the figures in the model card")
    parser.add_argument("--lexicon", type=Path, default=DEFAULT_LEXICON, help="folder of <lang>.tsv names")
    parser.add_argument("--domain", type=Path, default=DEFAULT_DOMAIN, help="folder of concepts/ and groups/")
    parser.add_argument("--wordnets", type=Path, default=Path(), help="folder of wn-*.tab and data.* files")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change the recipe")
    options = parser.parse_args(arguments)
    if not (options.corpus / "SOURCES.md").is_file():
        parser.error(f"no corpus in {options.corpus}: SOURCES.md is missing")
    config = TrainingConfig(
        options.corpus, options.work, options.out, options.lexicon, options.domain, options.wordnets
    )
    try:
        settings: dict[str, Any] = dict(map(_parse_setting, options.set))
        config = replace(config, **settings)
    except ValueError as error:
        parser.error(str(error))
    config.work.mkdir(parents=True, exist_ok=True)
    for stage in STAGES if options.stage == "all" else (options.stage,):
        _find_stage(stage, options.eval)(config)
    return 0


def _parse_setting(text: str) -> tuple[str, int | float | str]:
    name, _, value = text.partition("=")
    if name not in _TUNABLE:
        raise ValueError(f"unknown setting {name!r}; known: {', '.join(sorted(_TUNABLE))}")
    convert = {"int": int, "float": float, "str": str}[str(_TUNABLE[name].type)]
    return name, convert(value)


def _find_stage(stage: str, dev_sets: Path | None) -> Callable[[TrainingConfig], None]:
    # Imported on use: each stage needs other heavy libraries.
    if stage == "prepare":
        from matching.training.corpus import prepare as run
    elif stage == "tokenizer":
        from matching.training.vocabulary import train_tokenizer as run
    elif stage == "teacher":
        from matching.training.teacher import teach as run
    elif stage == "train":
        from matching.training.train import train as run
    elif stage == "static":
        from matching.training.distil import distil_static as run
    elif stage == "student":
        from matching.training.distil import distil_student as run
    elif stage == "held-out":
        from matching.training.heldout import measure_held_out as run
    elif stage == "export":
        from matching.training.export import export as run
    else:
        from matching.training.card import write_card

        return lambda config: write_card(config, dev_sets)
    return run


if __name__ == "__main__":
    sys.exit(main())
