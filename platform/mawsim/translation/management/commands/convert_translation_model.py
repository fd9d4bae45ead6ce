"""Convert an open translation model for CTranslate2: a folder, or an id of the hub."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mawsim.translation.engines.ct2.convert import NotConvertible, convert


class Command(BaseCommand):
    help = "Convert a M2M-100, MADLAD-400 or OPUS-MT model for the engine ctranslate2."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="a folder with the model, or its id on the hub")
        parser.add_argument("folder", type=Path, help="where the converted model goes; must not exist")
        parser.add_argument("--quantization", default="int8", choices=["int8", "int8_float32", "float32"])
        parser.add_argument("--download", action="store_true", help="fetch the model from the hub")
        parser.add_argument("--languages", help="source and target of a model of one pair, as ko-en")

    def handle(self, *args: Any, **options: Any) -> None:
        source, _, target = (options["languages"] or "").partition("-")
        try:
            card = convert(
                options["model"],
                options["folder"],
                quantization=options["quantization"],
                download=options["download"],
                languages=(source, target) if source and target else None,
                say=self.stdout.write,
            )
        except NotConvertible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(card.sources)} source and {len(card.targets)} target languages")
        self.stdout.write(
            f"Use it: CTRANSLATE2_MODEL={options['folder']} TRANSLATION_ENGINES=memory,ctranslate2"
        )
