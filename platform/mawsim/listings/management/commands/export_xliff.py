from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mawsim.core import languages
from mawsim.listings.models import Listing
from mawsim.listings.outside import document_of
from mawsim.translation.exchange.xliff import write


class Command(BaseCommand):
    help = "Write a listing as XLIFF 2.0 for a translator outside the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("listing", help="its public id")
        parser.add_argument("language", choices=languages.CODES)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        listing = Listing.objects.filter(public_id=options["listing"]).first()
        if listing is None or listing.source_language == options["language"]:
            raise CommandError("There is no such listing in another language.")
        with options["file"].open("w", encoding="utf-8") as file:
            file.writelines(write(document_of(listing, options["language"])))
