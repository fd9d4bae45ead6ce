"""What engines have been asked, per day: the basis of caps and of the operator's page of costs."""

from django.db import models


class EngineUsage(models.Model):
    """One engine on one day (UTC). Characters are counted before the call, as providers bill them."""

    engine = models.CharField(max_length=40)  # its name in the settings, without version
    day = models.DateField()
    characters = models.BigIntegerField(default=0)
    segments = models.BigIntegerField(default=0)
    calls = models.BigIntegerField(default=0)
    failures = models.BigIntegerField(default=0)  # calls that ended in an error
    rejected = models.BigIntegerField(default=0)  # segments whose translation did not pass the checks
    milliseconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["engine", "day"], name="one_usage_per_day")]
