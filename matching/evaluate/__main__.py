"""Command line: `python -m matching.evaluate COMMAND`; JSON out, exit code 2 on bad input."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from matching.embedding import BUNDLED_MODEL, Encoder, EncoderError, load_encoder
from matching.embedding.artefact import is_static_artefact
from matching.evaluate.bitext import evaluate_bitext
from matching.evaluate.reading import InputError, read_bitext, read_documents, read_qrels
from matching.evaluate.retrieval import evaluate_retrieval
from matching.evaluate.speed import measure_speed


def main(arguments: list[str] | None = None) -> int:
    """Run one evaluation, print its JSON and return the exit code."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    options = build_parser().parse_args(arguments)
    try:
        print(json.dumps(run(options), ensure_ascii=False, indent=2))
    except (InputError, EncoderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all three commands."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--model", default=str(BUNDLED_MODEL), help="folder or hub id; default: the bundled one"
    )
    common.add_argument("--full", action="store_true", help="load static models through torch as well")
    parser = argparse.ArgumentParser(prog="python -m matching.evaluate", description="Measure an encoder.")
    commands = parser.add_subparsers(dest="command", required=True)
    bitext = commands.add_parser("bitext", parents=[common], help="top-1 accuracy of aligned sentences")
    bitext.add_argument("--tsv", type=Path, required=True, help="header of language codes, one row per line")
    retrieval = commands.add_parser(
        "retrieval", parents=[common], help="nDCG@10 of queries against documents"
    )
    for name in ("queries", "docs", "qrels"):
        retrieval.add_argument(f"--{name}", type=Path, required=True)
    commands.add_parser("speed", parents=[common], help="load time, query time, listings per second")
    return parser


def run(options: argparse.Namespace) -> dict[str, object]:
    """Return the result of the command that the options name. Raises InputError or EncoderError."""

    def load() -> Encoder:
        light = is_static_artefact(Path(options.model)) and not options.full
        return load_encoder(options.model, light=light)

    if options.command == "speed":
        return measure_speed(load)
    if options.command == "bitext":
        return evaluate_bitext(read_bitext(options.tsv), load())
    queries, documents = read_documents(options.queries), read_documents(options.docs)
    return evaluate_retrieval(queries, documents, read_qrels(options.qrels), load())


if __name__ == "__main__":
    sys.exit(main())
