"""What the workers do for matches. Every task may be lost, repeated or run twice at once."""

from celery import shared_task
from celery.signals import worker_process_init

from mawsim.matches import actions, alerts, engine, exposure, frequencies, lists, weighing


@worker_process_init.connect
def _warm_model(**_: object) -> None:
    """Load the model beside the first tasks. Not here and now: Celery kills a child that starts slowly,
    and torch used in the parent would hang its children."""
    engine.warm_document_encoder()


@shared_task(name="matches.index_pending")
def index_pending(listing_id: int | None = None) -> None:
    actions.index_pending(listing_id=listing_id)


@shared_task(name="matches.rebuild_snapshot")
def rebuild_snapshot() -> None:
    actions.rebuild_snapshot(apart=True)


@shared_task(name="matches.count_terms")
def count_terms() -> None:
    frequencies.count_terms()


@shared_task(name="matches.alert_saved_searches")
def alert_saved_searches() -> None:
    alerts.alert_saved_searches()


@shared_task(name="matches.update_suggestions")
def update_suggestions() -> None:
    lists.update_pending()


@shared_task(name="matches.refresh_suggestions")
def refresh_suggestions() -> None:
    """A slice of the nightly pass; what follows from the whole is done when it is over."""
    current = lists.refresh()
    if current and current.finished_at:
        weighing.relearn()
        exposure.measure()
