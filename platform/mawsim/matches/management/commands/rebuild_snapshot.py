"""`manage.py rebuild_snapshot`: a new snapshot of the index, whether one is due or not."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from mawsim.matches import actions


class Command(BaseCommand):
    help = "Write a new snapshot of the search index and make it current. Search goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--nice", type=int, default=10, help="How far to step back (default: %(default)s)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(options["nice"])
        if not actions.rebuild_snapshot(force=True):
            raise CommandError("No snapshot was written; the log or the health page says why.")
