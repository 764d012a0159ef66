"""A Celery worker and its clock as threads of the server process: the embedded default."""

from __future__ import annotations

import logging
import threading

from celery.beat import EmbeddedService
from celery.worker import state as worker_state
from django.db import close_old_connections

from lms.celery import app
from lms.jobs.queue import requeue_unfinished

logger = logging.getLogger(__name__)


class EmbeddedWorker:
    """Runs tasks in this process. A kill loses the in-memory queue, not the job rows."""

    def __init__(self) -> None:
        self._worker = app.WorkController(
            pool_cls="solo",
            concurrency=1,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            loglevel="INFO",
            hostname="embedded",
        )
        self._thread = threading.Thread(target=self._run, name="embedded-worker", daemon=True)
        self._clock = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)

    def start(self) -> None:
        """Start the threads and queue again what the last process left unfinished."""
        self._thread.start()
        self._clock.start()
        count = requeue_unfinished(after_restart=True)
        if count:
            logger.info("Queued %s unfinished jobs again", count)
        close_old_connections()

    def stop(self) -> None:
        self._clock.stop()
        worker_state.should_stop = 0
        self._thread.join(timeout=10)

    def _run(self) -> None:
        self._worker.start()
