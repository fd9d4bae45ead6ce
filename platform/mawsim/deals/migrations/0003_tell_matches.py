"""What was answered and what waits, for suggestions that learn from it since now."""

from typing import Any

from django.db import migrations
from django.db.models import Count, F


def tell(apps: Any, schema_editor: Any) -> None:
    """The factors of old answers are not known: these count for consortia, not for learning."""
    interests = apps.get_model("deals", "Interest").objects
    answered = interests.filter(status__in=["accepted", "declined"]).values_list(
        "pk", "listing__organisation", "organisation", "listing", "decline_reason"
    )
    decision = apps.get_model("matches", "Decision")
    decision.objects.bulk_create(
        (
            decision(
                source="interest", reference=pk, decider_id=decider, other_id=other, listing_id=listing, reason=reason
            )
            for pk, decider, other, listing, reason in answered.iterator()
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    load = apps.get_model("matches", "Load")
    waiting = interests.filter(status="pending").values(owner=F("listing__organisation"))
    load.objects.bulk_create(
        (
            load(organisation_id=row["owner"], open_interests=row["number"])
            for row in waiting.annotate(number=Count("pk")).order_by()
        ),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_translations"), ("matches", "0002_suggestion_lists")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
