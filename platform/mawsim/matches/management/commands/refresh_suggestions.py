"""`manage.py refresh_suggestions`: compute all lists of suggestions now, without waiting for the night."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from mawsim.matches import exposure, lists, weighing


class Command(BaseCommand):
    help = "Compute every list of suggestions anew, or go on with the pass that was interrupted."

    def handle(self, *args: object, **options: Any) -> None:
        current = lists.refresh(seconds=float("inf"), force=True)
        if current is None:
            raise CommandError("Nothing is indexed yet.")
        lists.update_pending()
        weighing.relearn()
        exposure.measure()
        self.stdout.write(f"{current.done} lists computed.")
