"""Celery workers and their clock as threads of the server process: the embedded default."""

from __future__ import annotations

import logging
import threading

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import state as worker_state
from django.db import close_old_connections

from lms.celery import app, make_app
from lms.jobs.queue import requeue_unfinished

logger = logging.getLogger(__name__)

DELIVERIES_AT_ONCE = 4


class EmbeddedWorker:
    """Runs tasks in this process. A kill loses the in-memory queue, not the job rows.

    Deliveries to the systems of others have threads of their own: one that hangs must not keep
    letters waiting. The queues that a worker serves belong to its Celery application, so each
    worker has one.
    """

    def __init__(self) -> None:
        deliveries = make_app(set_as_current=False)
        self._threads = [
            _thread_of(app, queue="celery", pool_cls="solo", concurrency=1),
            _thread_of(
                deliveries, queue="deliveries", pool_cls="threads", concurrency=DELIVERIES_AT_ONCE
            ),
        ]
        self._clock = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)

    def start(self) -> None:
        """Start the threads and queue again what the last process left unfinished."""
        for thread in self._threads:
            thread.start()
        self._clock.start()
        count = requeue_unfinished(after_restart=True)
        if count:
            logger.info("Queued %s unfinished jobs again", count)
        close_old_connections()

    def stop(self) -> None:
        self._clock.stop()
        worker_state.should_stop = 0
        for thread in self._threads:
            thread.join(timeout=10)


def _thread_of(app: Celery, *, queue: str, pool_cls: str, concurrency: int) -> threading.Thread:
    worker = app.WorkController(
        app=app,
        queues=[queue],
        pool_cls=pool_cls,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="INFO",
        hostname=f"embedded-{queue}",
    )
    return threading.Thread(target=worker.start, name=f"embedded-{queue}", daemon=True)
