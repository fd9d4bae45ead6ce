"""The base of every model that a URL can name."""

from django.db import models

from mawsim.core.ids import LENGTH, new_public_id


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Public(TimeStamped):
    """A row with an unguessable identifier for URLs beside its integer key."""

    public_id = models.CharField(max_length=LENGTH, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.public_id
