from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mawsim.accounts.models import User
from mawsim.core.errors import MawsimError
from mawsim.listings.actions import import_xliff
from mawsim.listings.models import Listing


class Command(BaseCommand):
    help = "Take a translated XLIFF 2 file of a listing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("listing", help="its public id")
        parser.add_argument("file", type=Path)
        parser.add_argument("--reviewer", required=True, help="e-mail address of who vouches for it")

    def handle(self, *args: Any, **options: Any) -> None:
        listing = Listing.objects.select_related("organisation").filter(public_id=options["listing"]).first()
        actor = User.objects.filter(email__iexact=options["reviewer"]).first()
        if listing is None or actor is None:
            raise CommandError("There is no such listing, or no such user.")
        try:
            with options["file"].open("rb") as file:
                report = import_xliff(actor=actor, listing=listing, file=file)
        except (OSError, MawsimError) as error:
            raise CommandError(str(error) or "This user may not do that.") from error
        for line, reason in report.remarks:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(f"{report.taken} fields taken, {report.skipped} left out")
