from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.tmx import import_memory
from mawsim.translation.management.commands._scopes import scope_named, user_named


class Command(BaseCommand):
    help = "Take a TMX file into the translation memory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--scope", default="public", help='"public" or an organisation\'s public id')
        parser.add_argument("--reviewer", default="", help="e-mail address of who vouches for it")
        parser.add_argument(
            "--keep-states", action="store_true", help="believe what our own export says about approval"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scope, reviewer = scope_named(options["scope"]), user_named(options["reviewer"])
        try:
            with options["file"].open("rb") as file:
                report = import_memory(file, actor=reviewer, scope=scope, keep_states=options["keep_states"])
        except (OSError, BadFile) as error:
            raise CommandError(str(error)) from error
        for line, reason in report.remarks:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(f"{report.taken} taken, {report.skipped} left out")
