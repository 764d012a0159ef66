"""Settings whose clock finds forgotten jobs at once, for tests that would only wait for it."""

from lms.settings.base import *  # noqa: F403
from lms.settings.base import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE["requeue-unfinished-jobs"]["schedule"] = 2.0
