from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mawsim.translation.exchange.glossaries import FORMATS, export_glossary
from mawsim.translation.management.commands._scopes import scope_named
from mawsim.translation.models import TermSet


class Command(BaseCommand):
    help = "Write a term set as CSV or TBX, told by the file's ending."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--set", required=True, dest="name")
        parser.add_argument("--scope", default="public", help='"public" or an organisation\'s public id')

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        ending = path.suffix.lower().lstrip(".")
        if ending not in FORMATS:
            raise CommandError(f"The file must end in {' or '.join(FORMATS)}.")
        scope = scope_named(options["scope"])
        term_set = TermSet.objects.filter(name=options["name"], scope=scope.kind, scope_id=scope.id).first()
        if term_set is None:
            raise CommandError(f"There is no term set {options['name']!r} in this scope.")
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(export_glossary(term_set, ending))
