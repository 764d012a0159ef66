"""Settings of the test run: the same code, quicker passwords, letters in memory."""

import os
from urllib.parse import urlsplit

os.environ["TESTING"] = "true"

from lms.settings.base import *  # noqa: F403
from lms.settings.base import CACHES, DATABASES, IS_EMBEDDED, REDIS_URL, STORAGES, VAR_DIR

VAR_DIR = VAR_DIR / "test"
VAR_DIR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "media"
ISSUER_KEYS_DIR = VAR_DIR / "keys"
STORAGES["private"]["OPTIONS"] = {"location": VAR_DIR / "private", "base_url": None}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True  # each client of a test would read all static files at its start
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
if REDIS_URL:
    # A database of its own for each worker of the run: tests empty their cache.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    address = urlsplit(REDIS_URL)
    number = int(address.path.strip("/") or 0) - worker
    CACHES["default"]["LOCATION"] = address._replace(path=f"/{number % 16}").geturl()
if IS_EMBEDDED:
    # A file, not memory: threads of one test share it, as they do in the embedded installation.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
