"""`manage.py report_exposure`: measure who is shown how often, keep the report, and print it as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from mawsim.matches import exposure


class Command(BaseCommand):
    help = "Measure who is shown how often by country, size and language, and what fairness costs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample", type=int, default=exposure.SAMPLE, help="Lists to look at (default: %(default)s)."
        )

    def handle(self, *args: object, **options: Any) -> None:
        report = exposure.measure(max(1, options["sample"]))
        self.stdout.write(json.dumps(report.report, ensure_ascii=False, indent=2))
