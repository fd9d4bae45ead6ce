"""Everything that changes what the engine knows, and what people think of its suggestions."""

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mawsim.accounts.models import Organisation, Role, User
from mawsim.accounts.rules import require
from mawsim.core.errors import Conflict, InvalidInput, NotVisible
from mawsim.core.text import has_hidden_characters, tidy
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.matches import engine, feedback, indexing, lists, reader, shared
from mawsim.matches.filters import Filters
from mawsim.matches.models import EmbeddingModel, Feedback, ListingVector, SavedSearch, Verdict
from mawsim.matches.pairs import OWN_LISTINGS, matchable
from mawsim.matches.queries import get_saved_search
from mawsim.matches.search import QUERY_LENGTH, at_most

if TYPE_CHECKING:
    from mawsim.matches.engine import HybridIndex

log = structlog.get_logger(__name__)
NAME_LENGTH = 120
SAVED_SEARCHES = 50  # per user
# A new snapshot pays once comparing the rows beside it takes longer than a few milliseconds.
SNAPSHOT_LEAST, SNAPSHOT_SHARE, SNAPSHOT_MOST = 1_000, 0.05, 10_000
BUILT_AT_ONCE = 20_000  # listings whose snapshot takes seconds
_OLD_MODELS_KEPT = timedelta(days=1)


# --- Index -----------------------------------------------------------------------------------------
def wake_indexer(listing_id: int) -> None:
    """Have the listing indexed as soon as the transaction is through; without a broker the sweep does it."""
    transaction.on_commit(lambda: _wake(listing_id), robust=True)


def _wake(listing_id: int) -> None:
    from mawsim.matches.tasks import index_pending as task

    task.apply_async(kwargs={"listing_id": listing_id}, retry=False)


def index_pending(limit: int = 10_000, listing_id: int | None = None) -> int:
    """Index what waits for it, or the one listing if it does; returns how many were taken up.

    Safe to run twice and at the same time: a listing is worked on by one process, and what a killed one
    leaves is still pending.
    """
    encoder, model, reason = None, None, ""
    try:
        encoder = engine.document_encoder()
        model = indexing.activate(encoder, settings.EMBEDDING_MODEL)
    except engine.EncoderUnavailable as error:
        reason = str(error)
    done = 0
    while done < limit and (claimed := indexing.index_batch(encoder, reason, listing_id)):
        done += claimed
        if listing_id is not None:
            break
    if model is not None:
        indexing.complete_if_done(model)
        if settings.MILVUS_URL:
            shared.catch_up(model)
    if done:
        wake_lister()
    return done


def wake_lister() -> None:
    """Have the marked lists of suggestions computed soon; without a broker the sweep does it."""
    transaction.on_commit(_wake_lister, robust=True)


def _wake_lister() -> None:
    from mawsim.matches.tasks import update_suggestions as task

    task.apply_async(retry=False)


def rebuild_snapshot(*, force: bool = False, apart: bool = False) -> bool:
    """Write a new snapshot if the one in use has fallen behind (or `force`); returns whether it was.

    `apart` leaves a large one, which takes minutes, to a process of its own, and returns False: a worker has
    one slot, and listings that are published meanwhile must not wait for it.
    """
    model = EmbeddingModel.objects.first()
    if model is None:
        return False
    _adopt_foreign_rows()
    _forget_old_models(model)
    if settings.MILVUS_URL:
        return shared.catch_up(model, whole=True)
    stored = ListingVector.objects.filter(model=model.name, visible=True).count()
    if not (force or _is_due(stored)):
        return False
    if apart and stored > BUILT_AT_ONCE:
        subprocess.Popen([sys.executable, "-m", "django", "rebuild_snapshot"])
        return False
    floor = reader.current_transaction_floor()
    try:
        engine.build_snapshot(
            reader.directory(model),
            reader.rows_since(model, None),
            reader.identity(model),
            model.dimension,
            str(floor),
        )
    except engine.SnapshotBusy:
        return False
    except engine.SnapshotFailed as error:
        # The old one goes on serving; the next sweep tries again.
        log.warning("snapshot.failed", reason=str(error))
        EmbeddingModel.objects.filter(pk=model.pk).update(build_fault=str(error)[:300])
        return False
    EmbeddingModel.objects.filter(pk=model.pk).update(build_fault="")
    return True


def _is_due(stored: int) -> bool:
    serving = reader.serving()
    if serving is None:
        return False
    index = cast("HybridIndex", serving.index)
    if index.watermark is None:
        return True
    if index.watermark == str(reader.current_transaction_floor()):
        return False  # the oldest transaction is still the same: a new snapshot would reach no further
    # Rows of deleted listings leave no trace but this difference.
    behind = index.delta_size + abs(len(index) - stored)
    return behind > min(max(SNAPSHOT_LEAST, SNAPSHOT_SHARE * stored), SNAPSHOT_MOST)


def _adopt_foreign_rows() -> None:
    """Rows restored from another server's dump carry transaction numbers of the future: make them ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matches_listingvector SET transaction = pg_current_xact_id()::text::bigint"
            " WHERE transaction > pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )


def _forget_old_models(model: EmbeddingModel) -> None:
    """Once a model has served for a day, nobody reads the vectors of those before it."""
    if model.completed_at is None or timezone.now() - model.completed_at < _OLD_MODELS_KEPT:
        return
    ListingVector.objects.exclude(model=model.name).delete()
    EmbeddingModel.objects.exclude(pk=model.pk).delete()


# --- Feedback --------------------------------------------------------------------------------------
@transaction.atomic
def set_verdict(*, actor: User, organisation: Organisation, listing: Listing, verdict: Verdict) -> Feedback:
    """Shortlist or dismiss somebody else's public listing for the organisation (editors and owners)."""
    require(actor, organisation, Role.EDITOR)
    if not listings.public().filter(pk=listing.pk).exists():
        raise NotVisible
    if listing.organisation_id == organisation.pk:
        raise Conflict(_("This listing is your own."))
    kept, _created = Feedback.objects.update_or_create(
        organisation=organisation, listing=listing, defaults={"verdict": verdict, "user": actor}
    )
    dismissed = verdict == Verdict.DISMISSED
    feedback.record_verdict(decider=organisation, listing=listing, dismissed=dismissed, reference=kept.pk)
    if dismissed:
        _make_room(organisation)
    return kept


def _make_room(organisation: Organisation) -> None:
    """What was dismissed keeps its place in the lists until they are computed anew."""
    own = matchable(organisation).order_by("-updated_at", "-pk").values_list("pk", flat=True)[:OWN_LISTINGS]
    lists.mark(list(own))
    wake_lister()


@transaction.atomic
def clear_verdict(*, actor: User, organisation: Organisation, listing: Listing) -> None:
    """Take back what was decided about the listing; also of one that is not public any more."""
    require(actor, organisation, Role.EDITOR)
    kept = Feedback.objects.filter(organisation=organisation, listing=listing).first()
    if kept:
        feedback.forget_verdict(reference=kept.pk)
        kept.delete()
        _make_room(organisation)


# --- Saved searches --------------------------------------------------------------------------------
@transaction.atomic
def save_search(
    *, actor: User, name: str, query: str, filters: Filters, language: str, notify: bool = True
) -> SavedSearch:
    """Keep a search for its user. The same query with the same filters is kept once.

    Raises `InvalidInput`, and `Conflict` when the user has too many.
    """
    User.objects.select_for_update().get(pk=actor.pk)  # two at once must not pass the limit or double it
    name, query = _checked(tidy(name), "name", NAME_LENGTH), _checked(tidy(query), "query", QUERY_LENGTH)
    if not query and not filters:
        raise InvalidInput({"query": _("Type something or choose a filter first.")})
    own = SavedSearch.objects.filter(user=actor)
    stored = filters.as_dict()
    if known := own.filter(query=query, filters=stored).first():
        known.name, known.language, known.notify = name or known.name, language, notify
        known.save(update_fields=["name", "language", "notify", "updated_at"])
        return known
    if own.count() >= SAVED_SEARCHES:
        raise Conflict(
            _("You can keep %(number)d saved searches. Delete one first.") % {"number": SAVED_SEARCHES}
        )
    return SavedSearch.objects.create(
        user=actor,
        name=name or query[:NAME_LENGTH] or _("Search with filters"),
        query=query,
        filters=stored,
        language=language,
        notify=notify,
        checked_at=timezone.now(),
    )


def _checked(text: str, field: str, length: int) -> str:
    at_most(length, text, field)
    if has_hidden_characters(text):
        raise InvalidInput({field: _("This contains characters that cannot be seen.")})
    return text


def delete_saved_search(*, actor: User, public_id: str) -> None:
    """Raises `NotVisible` for one that is not the actor's own."""
    get_saved_search(actor, public_id).delete()
