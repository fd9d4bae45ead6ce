from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mawsim.core.errors import InvalidInput
from mawsim.translation.exchange.glossaries import FORMATS, import_glossary
from mawsim.translation.management.commands._scopes import scope_named


class Command(BaseCommand):
    help = "Take a glossary (CSV or TBX, told by the file's ending) into a term set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--set", required=True, dest="name", help="name of the term set; made if missing")
        parser.add_argument("--scope", default="public", help='"public" or an organisation\'s public id')

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        ending = path.suffix.lower().lstrip(".")
        if ending not in FORMATS:
            raise CommandError(f"The file must end in {' or '.join(FORMATS)}.")
        scope = scope_named(options["scope"])
        try:
            with path.open("rb") as file:
                report = import_glossary(file, ending, name=options["name"], scope=scope)
        except (OSError, InvalidInput) as error:
            raise CommandError(str(error)) from error
        for line, reason in report.remarks:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(f"{report.taken} taken, {report.skipped} left out")
