"""The Celery application; tasks live in the ``tasks`` module of each room."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.base")


def make_app(*, set_as_current: bool = True) -> Celery:
    made = Celery("berezhno", set_as_current=set_as_current)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.autodiscover_tasks()
    return made


app = make_app()


@worker_process_init.connect
def spare_the_collector(**kwargs: object) -> None:
    """Leave what is loaded by now out of garbage collection.

    A batch of an import makes enough objects for a full collection, and nearly all that one walks
    is code and settings: a third of the processor time of an import.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 50)
