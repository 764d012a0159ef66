"""Putting work into the queue, running it, and queueing again what a killed worker left."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lms.jobs.models import Job, JobItem

if TYPE_CHECKING:
    from lms.people.models import User

logger = logging.getLogger(__name__)

Handler = Callable[["Job"], None]
_handlers: dict[str, Handler] = {}

MAX_TRIES = 12
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=2)
"""A failing job is tried again after 10 s, 20 s, 40 s … 2 h: half a day in all, so that a mail
server that is away for an evening loses no letter."""
STALE_AFTER = timedelta(minutes=5)
"""A running job with no sign of life for this long belonged to a worker that died."""
ANNOUNCED_FOR = timedelta(seconds=30)
"""How long a queued job's message is given before it is announced again."""


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function as what a job of ``kind`` does.

    The handler must be idempotent: after a kill it runs again from the start. It reports with
    ``advance`` and ``record_item``, and raises when the job failed.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def enqueue(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
    total: int = 0,
    requested_by: User | None = None,
) -> Job:
    """Record a job and hand it to a worker once the transaction commits.

    ``key`` names the work: while a job of the same kind and key is unfinished it is returned
    instead of a second one. ``payload`` holds ids, not objects.
    """
    with transaction.atomic():
        job, created = Job.objects.get_or_create(
            kind=kind,
            key=key,
            state__in=[Job.State.QUEUED, Job.State.RUNNING],
            defaults={
                "payload": payload or {},
                "total": total,
                "requested_by": requested_by,
                "state": Job.State.QUEUED,
            },
        )
        if created:
            transaction.on_commit(lambda: _send(job.pk))
    return job


def enqueue_many(kind: str, work: Iterable[tuple[str, dict[str, Any], int]]) -> None:
    """Record jobs (key, payload, total) whose keys are certain to be new, as ``enqueue`` does."""
    jobs = Job.objects.bulk_create(
        Job(kind=kind, key=key, payload=payload, total=total) for key, payload, total in work
    )
    for job in jobs:
        transaction.on_commit(partial(_send, job.pk))


def _send(job_id: int) -> None:
    """Wake a worker; if the broker is away the row stays queued and is found again later."""
    from lms.jobs.tasks import run_job

    try:
        run_job.delay(job_id)
    except Exception:
        logger.exception("Could not reach the broker for job %s; it stays queued", job_id)


def run(job_id: int) -> None:
    """Run one job if nobody else does; records its end. Handler errors are logged, not raised."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        _handlers[job.kind](job)
    except Exception as error:
        logger.exception("Job %s (%s) failed, try %s", job.pk, job.kind, job.tries)
        _put_back(job, f"{type(error).__name__}: {error}")
    else:
        _mine(job).update(state=Job.State.SUCCEEDED, error="", finished_at=timezone.now())


def _mine(job: Job) -> QuerySet[Job]:
    """The row, as long as nobody has taken the job over from this worker."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)


def _put_back(job: Job, error: str) -> None:
    now = timezone.now()
    if job.tries >= MAX_TRIES:
        _mine(job).update(state=Job.State.FAILED, error=error, finished_at=now)
        return
    pause = min(FIRST_PAUSE * 2 ** (job.tries - 1), LONGEST_PAUSE)
    _mine(job).update(state=Job.State.QUEUED, error=error, heartbeat_at=now, not_before=now + pause)


def _claim(job_id: int) -> Job | None:
    """Take the job by compare-and-set, so that two workers never run it at once."""
    now = timezone.now()
    taken = (
        Job.objects.filter(pk=job_id)
        .filter(_is_due(now) | Q(state=Job.State.RUNNING, heartbeat_at__lt=now - STALE_AFTER))
        .filter(tries__lt=MAX_TRIES)
        .update(state=Job.State.RUNNING, heartbeat_at=now, tries=F("tries") + 1)
    )
    return Job.objects.get(pk=job_id) if taken else None


def _is_due(now: datetime) -> Q:
    return Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))


def advance(job: Job, *, done: int, total: int | None = None) -> None:
    """Show progress, which is also the sign of life."""
    fields: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now()}
    if total is not None:
        fields["total"] = total
    _mine(job).update(**fields)


def record_item(job: Job, *, key: str, outcome: str, message: str = "") -> None:
    """Say what became of one item; saying it again replaces it."""
    JobItem.objects.update_or_create(
        job=job, key=key, defaults={"outcome": outcome, "message": message}
    )


def requeue_unfinished(*, after_restart: bool = False) -> int:
    """Send again every job that waits or whose worker died; returns how many.

    ``after_restart``: this process is the only worker and has just started, so whatever is
    marked as running was cut off by the end of the last one.
    """
    now = timezone.now()
    if after_restart:
        Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.QUEUED)
    cut_off = Q(state=Job.State.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    # A job that ends its process each time it runs never raises: its tries are its only witness.
    Job.objects.filter(cut_off | Q(state=Job.State.QUEUED), tries__gte=MAX_TRIES).update(
        state=Job.State.FAILED, error="The worker ended while it ran.", finished_at=now
    )
    waiting = _is_due(now)
    if not after_restart:
        waiting &= Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - ANNOUNCED_FOR)
    job_ids = list(
        Job.objects.filter(waiting | cut_off).order_by("pk").values_list("pk", flat=True)
    )
    for job_id in job_ids:
        _send(job_id)
    return len(job_ids)
