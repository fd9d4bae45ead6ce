"""`manage.py load_demo`: fill an empty database with the demo organisations, listings and logins."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mawsim.demo.loader import AlreadyFilled, load
from mawsim.demo.reader import BadDemoData


class Command(BaseCommand):
    help = "Load invented organisations and listings; refuses a database that has organisations already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is data")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load()
        except AlreadyFilled as error:
            if options["if_empty"]:
                return
            raise CommandError(str(error)) from error
        except BadDemoData as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{loaded.organisations} organisations, {loaded.listings} listings")
        self.stdout.write(f"Logins: {loaded.logins_file}")
