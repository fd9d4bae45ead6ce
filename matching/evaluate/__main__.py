"""Command line: `python -m matching.evaluate COMMAND`; JSON out, exit code 2 on bad input."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from matching.embedding import BUNDLED_MODEL, Encoder, EncoderError, has_light_path, load_encoder
from matching.evaluate.bitext import evaluate_bitext
from matching.evaluate.centring import CentredEncoder, find_centre, read_sample
from matching.evaluate.preference import evaluate_preference
from matching.evaluate.reading import (
    Document,
    InputError,
    Qrels,
    choose,
    read_bitext,
    read_documents,
    read_qrels,
)
from matching.evaluate.retrieval import evaluate_retrieval
from matching.evaluate.speed import measure_speed

OTHER = "other"


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
    """Return the parser of all commands."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--model", default=str(BUNDLED_MODEL), help="folder or hub id; default: the bundled one"
    )
    common.add_argument("--full", action="store_true", help="load static models through torch as well")
    common.add_argument(
        "--centre",
        type=Path,
        nargs="+",
        metavar="JSONL",
        help="subtract the mean of these texts (lang, text)",
    )
    common.add_argument("--centre-share", type=float, default=0.5, help="how much of it; default: 0.5")
    parser = argparse.ArgumentParser(prog="python -m matching.evaluate", description="Measure an encoder.")
    commands = parser.add_subparsers(dest="command", required=True)
    bitext = commands.add_parser("bitext", parents=[common], help="top-1 accuracy of aligned sentences")
    bitext.add_argument("--tsv", type=Path, required=True, help="header of language codes, one row per line")
    ranked = argparse.ArgumentParser(add_help=False)
    for name in ("queries", "docs", "qrels"):
        ranked.add_argument(f"--{name}", type=Path, required=True)
    ranked.add_argument(
        "--queries-lang",
        metavar="CODES",
        help="only queries in these languages (id,ms), or 'other' than the documents'",
    )
    ranked.add_argument(
        "--docs-lang", metavar="CODES", help="only documents in these languages, or 'other' than each query's"
    )
    commands.add_parser("retrieval", parents=[common, ranked], help="nDCG@10 of queries against documents")
    commands.add_parser(
        "preference", parents=[common, ranked], help="how far wrong answers are favoured for their language"
    )
    commands.add_parser("speed", parents=[common], help="load time, query time, listings per second")
    return parser


def run(options: argparse.Namespace) -> dict[str, object]:
    """Return the result of the command that the options name. Raises InputError or EncoderError."""

    def load() -> Encoder:
        light = has_light_path(Path(options.model)) and not options.full
        encoder = load_encoder(options.model, light=light)
        if not options.centre:
            return encoder
        centre = find_centre(encoder, read_sample(options.centre))
        return CentredEncoder(encoder, centre, options.centre_share)

    if options.command == "speed":
        return measure_speed(load)
    if options.command == "bitext":
        return evaluate_bitext(read_bitext(options.tsv), load())
    return _run_ranked(options, load)


def _run_ranked(options: argparse.Namespace, load: Callable[[], Encoder]) -> dict[str, object]:
    queries, documents, qrels = _read_ranked(options)
    if options.command == "preference":
        return evaluate_preference(queries, documents, qrels, load())
    foreign_only = options.docs_lang == OTHER
    return evaluate_retrieval(queries, documents, qrels, load(), foreign_only=foreign_only)


def _read_ranked(options: argparse.Namespace) -> tuple[list[Document], list[Document], Qrels]:
    """Return queries, documents and judgements, each without the languages that were not asked for."""
    queries, everything = read_documents(options.queries), read_documents(options.docs)
    qrels = read_qrels(options.qrels)
    documents = choose(everything, None if options.docs_lang == OTHER else options.docs_lang, "document")
    if options.queries_lang == OTHER:
        if options.docs_lang in (None, OTHER):
            raise InputError("--queries-lang other needs the languages of --docs-lang that it is other than")
        same = {query.id for query in choose(queries, options.docs_lang, "query")}
        queries = [query for query in queries if query.id not in same]
    else:
        queries = choose(queries, options.queries_lang, "query")
    left_out = {document.id for document in everything} - {document.id for document in documents}
    kept = {
        query: {document: grade for document, grade in grades.items() if document not in left_out}
        for query, grades in qrels.items()
    }
    return queries, documents, kept


if __name__ == "__main__":
    sys.exit(main())
