"""Command line: `python -m mawsim.translation.neural STAGE --work DIR [--corpus DIR] [--out DIR]`."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from .config import BUNDLED, DOMAIN, NeuralConfig, parse_pairs

STAGES = ("prepare", "vocabulary", "pack", "train", "average", "export", "evaluate", "card")
_TYPES: dict[Any, Callable[[str], Any]] = {int: int, float: float, str: str}
_TUNABLE = {field.name: _TYPES[field.type] for field in fields(NeuralConfig) if field.type in _TYPES}


def main(arguments: list[str] | None = None) -> int:
    """Run one stage or all; a stage whose result is there already is skipped. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mawsim.translation.neural", description=__doc__)
    parser.add_argument("stage", choices=(*STAGES, "all"))
    parser.add_argument("--work", type=Path, required=True, help="caches and checkpoints; resumed if there")
    parser.add_argument("--corpus", type=Path, help="folder of <lang>.tsv.zst and SOURCES.md, for `prepare`")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="the model folder to write")
    parser.add_argument("--domain", type=Path, default=DOMAIN, help="folder with concepts/*.tsv")
    parser.add_argument("--pairs", default="", help="ko-en,en-ko,...: the directions to learn; else all")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change the recipe")
    options = parser.parse_args(arguments)
    try:
        config = NeuralConfig(
            work=options.work,
            out=options.out,
            corpus=options.corpus or Path(),
            domain=options.domain,
            pairs=parse_pairs(options.pairs),
        )
        config = replace(config, **dict(map(_parse_setting, options.set)))
    except ValueError as error:
        parser.error(str(error))
    if options.stage in {"prepare", "all"} and not (config.corpus / "SOURCES.md").is_file():
        parser.error(f"no corpus in {config.corpus}: SOURCES.md is missing")
    config.work.mkdir(parents=True, exist_ok=True)
    for stage in STAGES if options.stage == "all" else (options.stage,):
        _stage(stage)(config)
    return 0


def _parse_setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    if name not in _TUNABLE:
        raise ValueError(f"unknown setting {name!r}; known: {', '.join(sorted(_TUNABLE))}")
    return name, _TUNABLE[name](value)


def _stage(name: str) -> Callable[[NeuralConfig], None]:
    # Imported on use: each stage needs other libraries, and some are not on every machine.
    if name == "prepare":
        from .prepare import prepare as run
    elif name == "vocabulary":
        from .vocabulary import learn_vocabulary as run
    elif name == "pack":
        from .pack import pack as run
    elif name == "train":
        from .train import train as run
    elif name == "average":
        from .average import average as run
    elif name == "export":
        from .export import export as run
    elif name == "evaluate":
        from .evaluate import evaluate as run
    else:
        from .card import write_card as run
    return run


if __name__ == "__main__":
    sys.exit(main())
