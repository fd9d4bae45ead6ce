from django.db import migrations


class Migration(migrations.Migration):
    """A search touches a few hundred rows in under a millisecond, but the planner expects a tenth of the
    table and starts workers for it: twenty milliseconds, on a busy machine two hundred."""

    dependencies = [("translation", "0002_scopes_segments_glossary")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE translation_memoryunit SET (parallel_workers = 0)",
            "ALTER TABLE translation_memoryunit RESET (parallel_workers)",
        )
    ]
