"""The Celery application; tasks live in the ``tasks`` module of each room."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.base")

app = Celery("berezhno")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
