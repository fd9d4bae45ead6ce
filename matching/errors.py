"""Everything that `matching` raises on purpose. Messages are for logs; callers word their own for users."""

from __future__ import annotations


class MatchingError(Exception):
    """Base of all errors of this package."""


class DimensionMismatch(MatchingError):
    """A vector has another length than the index or the model it is used with."""


class InvalidVector(MatchingError):
    """A vector holds NaN or infinity, or is zero and so has no direction."""


class UnknownAttribute(MatchingError):
    """A filter names an attribute that listings do not have."""


class InvalidAttribute(MatchingError):
    """An attribute's code is not an integer or does not fit its column."""


class InvalidPair(MatchingError):
    """A need and an offer that cannot be compared: wrong kinds, or both of one organisation."""


class SnapshotError(MatchingError):
    """A snapshot of the index could not be used or made."""


class SnapshotMissing(SnapshotError):
    """There is no snapshot, or the one that `CURRENT` names is not there."""


class SnapshotCorrupt(SnapshotError):
    """A snapshot's files are truncated, altered, missing or contradict the manifest."""


class SnapshotMismatch(SnapshotError):
    """A sound snapshot of another model, dimension or format than the reader's."""


class SnapshotWriteFailed(SnapshotError):
    """A snapshot could not be written, for instance because the disk is full; nothing was changed."""


class IndexUnavailable(MatchingError):
    """An index on another machine does not answer."""


class BuildInProgress(SnapshotError):
    """Another process is building a snapshot in the same directory."""
