"""What can be wrong with a file from elsewhere, each time with the line."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mawsim.core.errors import InvalidInput

LISTED = 50  # remarks that are kept; the others are only counted


class BadFile(InvalidInput):
    """The file cannot be read at all; nothing of it has been stored. `line` counts from 1, 0 is unknown."""

    def __init__(self, message: str | Promise, line: int = 0) -> None:
        self.line, self.reason = line, str(message)
        where = _("Line %(line)s: %(message)s") % {"line": line, "message": message} if line else message
        super().__init__({"file": where})


@dataclass(slots=True)
class Report:
    """What came of an import: how many were taken, how many not, and why (the first ones)."""

    taken: int = 0
    skipped: int = 0
    remarks: list[tuple[int, str]] = field(default_factory=list)  # (line, reason)

    def skip(self, line: int, reason: str | Promise) -> None:
        self.skipped += 1
        if len(self.remarks) < LISTED:
            self.remarks.append((line, str(reason)))
