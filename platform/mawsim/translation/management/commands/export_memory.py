from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from mawsim.core import languages
from mawsim.translation.exchange.tmx import export_memory
from mawsim.translation.management.commands._scopes import scope_named


class Command(BaseCommand):
    help = "Write the translation memory as TMX 1.4b."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--scope", default="public", help='"public" or an organisation\'s public id')
        parser.add_argument("--source", default="", choices=["", *languages.CODES])
        parser.add_argument("--target", default="", choices=["", *languages.CODES])

    def handle(self, *args: Any, **options: Any) -> None:
        parts = export_memory(scope_named(options["scope"]), options["source"], options["target"])
        with options["file"].open("w", encoding="utf-8") as file:
            file.writelines(parts)
