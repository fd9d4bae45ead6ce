import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from mawsim.core.languages import CODES
from mawsim.translation.engines.base import EngineError
from mawsim.translation.evaluate import BadItem, evaluate, read_items
from mawsim.translation.registry import ENGINES, engine


class Command(BaseCommand):
    help = "Measure a translation engine on a file of items: chrF++, facts kept, segments a second, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--file", type=Path, required=True, help="JSON lines: id, src_lang, kind, text, facts"
        )
        parser.add_argument("--engine", required=True, help=f"one of {', '.join(sorted(ENGINES))}")
        parser.add_argument("--pairs", default="", help="directions, as ko-en,en-zh-Hans; default: all")
        parser.add_argument("--limit", type=int, default=0, help="use the first items only")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = [_pair(name) for name in options["pairs"].split(",") if name.strip()]
        try:
            with options["file"].open(encoding="utf-8") as file:
                items = read_items(file)
            if options["limit"]:
                items = items[: options["limit"]]
            found = evaluate(engine(options["engine"]), items, pairs, _progress)
        except (OSError, UnicodeDecodeError, BadItem, EngineError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))


def _pair(name: str) -> tuple[str, str]:
    """Codes may hold a hyphen themselves (zh-Hans-ko)."""
    name = name.strip()
    for source in CODES:
        if name.startswith(f"{source}-") and (target := name[len(source) + 1 :]) in CODES:
            return source, target
    raise CommandError(f"--pairs: {name!r} is no pair of two of these languages: {', '.join(CODES)}")


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total} segments" + ("\n" if done == total else ""))
