"""Settings of every size of installation; the environment decides the size.

Without ``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` this is the embedded default:
SQLite under ``var/``, an in-process channel layer and cache, and a worker thread in the server.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

# Many processes share the cores already: threads of linear algebra would only wait for one another
# (on a busy machine a product of tables took 60 ms instead of 2). Said before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CACHE_PREFIX = env.str("CACHE_PREFIX", default="berezhno")
"""Begins every name in Redis, so that several installations may share a server."""
IS_EMBEDDED = not DATABASE_URL
if DATABASE_URL and not CELERY_BROKER_URL and not env.bool("TESTING", default=False):
    raise ImproperlyConfigured("CELERY_BROKER_URL must be set when DATABASE_URL is.")


def _secret_key() -> str:
    """The key from the environment, or, embedded only, one made once and kept under var/."""
    key = env.str("SECRET_KEY", default="")
    if key:
        return key
    if not IS_EMBEDDED:
        raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL is.")
    from lms.settings.keyfile import read_or_create_key

    return read_or_create_key(VAR_DIR / "secret-key")


SECRET_KEY = _secret_key()

# --- Where we are -----------------------------------------------------------------------------
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
"""The address that people and QR codes use; links in letters and certificates begin with it."""
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
LIVE_URL = env.str("LIVE_URL", default="").rstrip("/")
"""Where the sockets of live rooms are (wss://…); empty: on the address of the page itself."""
HELP_EMAIL = env.str("HELP_EMAIL", default="")
HELP_PHONE = env.str("HELP_PHONE", default="")
HELP_HOURS = env.str("HELP_HOURS", default="")
"""Whom people ask for help, as the page «Help» says; what is empty is not said."""
LIVE_ALLOWED_ORIGINS = env.list("LIVE_ALLOWED_ORIGINS", default=[PUBLIC_URL])
"""Exact origins from which a browser may open a live room; the page's own host always may."""

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # the CMS shows our pages in its preview frame

# --- What we are made of ----------------------------------------------------------------------
INSTALLED_APPS = [
    "lms",
    "lms.people",
    "lms.jobs",
    "lms.mail",
    "frontend",
    "courses",
    "assessments",
    "webinars",
    "certificates",
    "lms.insights",
    "lms.api",
    "lms.demo",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "courses.cms.users_app.CmsUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "channels",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "lms.api.middleware.ApiAnswerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "frontend.compression.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.people.middleware.PersonalSettingsMiddleware",
    "frontend.nul_bytes.RefuseNulBytes",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "frontend.csp.ContentSecurityPolicyMiddleware",
    "frontend.own_device.KeepOutOfCaches",
    "frontend.own_device.ForgetOnSignOut",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "lms.urls"
CSRF_FAILURE_VIEW = "frontend.errors.csrf_failure"
ASGI_APPLICATION = "lms.asgi.application"
WSGI_APPLICATION = "lms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "frontend.context.site",
            ],
            "builtins": ["frontend.templatetags.components"],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------
if IS_EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "lms.sqlite",
            "NAME": VAR_DIR / "berezhno.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }
else:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": CACHE_PREFIX,
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": CACHE_PREFIX},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- Background work --------------------------------------------------------------------------
CELERY_IS_EMBEDDED = not CELERY_BROKER_URL
CELERY_BROKER_URL = CELERY_BROKER_URL or "memory://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
if CELERY_IS_EMBEDDED:
    CELERY_BROKER_TRANSPORT_OPTIONS["polling_interval"] = 0.02
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{CACHE_PREFIX}:"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_QUEUES = [Queue("celery"), Queue("deliveries")]
"""A worker without ``-Q`` serves both; where there are several, deliveries have their own."""
CELERY_TASK_ROUTES = {"api.send_deliveries": {"queue": "deliveries"}}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict] = {
    "requeue-unfinished-jobs": {"task": "jobs.requeue_unfinished", "schedule": 15.0},
    "request-missing-certificates": {"task": "certificates.request_missing", "schedule": 60.0},
    "erase-register-details": {
        "task": "certificates.erase_register_details",
        "schedule": 86400.0,
    },
    "publish-scheduled-pages": {"task": "courses.publish_scheduled", "schedule": 300.0},
    "expire-enrolments": {"task": "courses.expire_enrollments", "schedule": 3600.0},
    "look-after-requests": {"task": "courses.look_after_requests", "schedule": 900.0},
    "send-reminders": {"task": "courses.send_reminders", "schedule": 900.0},
    "close-stale-attendance": {"task": "webinars.close_stale_attendance", "schedule": 60.0},
    "retire-inactive-people": {"task": "courses.retire_inactive_people", "schedule": 86400.0},
    "forget-old-imports": {"task": "courses.forget_old_imports", "schedule": 86400.0},
    "deliver-events": {"task": "api.deliver_events", "schedule": 5.0},
    "forget-old-events": {"task": "api.forget_old_events", "schedule": 3600.0},
    "forget-old-commands": {"task": "webinars.forget_old_commands", "schedule": 3600.0},
    "erase-transcripts": {"task": "webinars.erase_transcripts", "schedule": 3600.0},
    "close-forgotten-practicums": {
        "task": "webinars.close_forgotten_practicums",
        "schedule": 3600.0,
    },
}

for _entry in CELERY_BEAT_SCHEDULE.values():
    # A worker that was busy or away need not hear how often it was called.
    _entry["options"] = {"expires": _entry["schedule"]}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "courses:home"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
"""How many proxies stand before the pages: limits by address count the visitor's, not theirs."""
ACCOUNT_ADAPTER = "lms.people.adapters.InvitedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "lms.people.naming.address"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
MFA_TOTP_ISSUER = "Berezhno"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": env.str("OIDC_NAME", default="SSO"),
                    "client_id": env.str("OIDC_CLIENT_ID", default=""),
                    "secret": env.str("OIDC_SECRET", default=""),
                    "settings": {"server_url": env.str("OIDC_SERVER_URL", default="")},
                }
            ],
        }
    }
    if env.str("OIDC_SERVER_URL", default="")
    else {}
)
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)

# --- Words and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("ru", "Русский"), ("en", "English")]
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
USE_I18N = True

# --- Files ------------------------------------------------------------------------------------
NPM_DIR = BASE_DIR / "frontend" / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [
    ("fonts", NPM_DIR / "@fontsource" / "golos-text" / "files"),
]
STATICFILES_DIRS = [entry for entry in STATICFILES_DIRS if entry[1].is_dir()]
WHITENOISE_USE_FINDERS = IS_EMBEDDED
WHITENOISE_AUTOREFRESH = False
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=IS_EMBEDDED)
"""Whether page processes serve uploads themselves, instead of a web server before them."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if IS_EMBEDDED
            else "frontend.static_storage.HashedStaticFiles"
        )
    },
}

# --- Certificates -----------------------------------------------------------------------------
ISSUER_KEYS_DIR = Path(env.str("ISSUER_KEYS_DIR", default=str(VAR_DIR / "keys")))
"""What `manage.py make_issuer_keys` writes; whoever has these files can issue in our name."""
ISSUER_PKCS11_MODULE = env.str("ISSUER_PKCS11_MODULE", default="")
"""The library of a hardware module that keeps the private keys instead (PKCS #11)."""
ISSUER_PKCS11_TOKEN = env.str("ISSUER_PKCS11_TOKEN", default="berezhno")
ISSUER_PKCS11_PIN = env.str("ISSUER_PKCS11_PIN", default="")
TIMESTAMP_URL = env.str("TIMESTAMP_URL", default="")
"""An authority (RFC 3161) that says when a certificate was signed; none: the signature alone."""
TIMESTAMP_ROOTS = env.str("TIMESTAMP_ROOTS", default="")
"""A PEM file with the authority's roots; with it files hold all that a check in decades needs."""

# --- Letters ----------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Бережно <noreply@localhost>")
SERVER_EMAIL = env.str("SERVER_EMAIL", default="noreply@localhost")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 30
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

# --- Wagtail ----------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Бережно"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILDOCS_SERVE_METHOD = "direct"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "mp4", "mp3", "vtt", "txt", "zip"]
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"  # with its codes and second factors
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list = []

# --- API --------------------------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)
"""How many requests one client of the API may make in a minute."""
API_TOKEN_REQUESTS_PER_MINUTE = env.int("API_TOKEN_REQUESTS_PER_MINUTE", default=60)
"""How many tokens one client, and one address, may ask for in a minute."""
API_REQUESTS_KEPT_DAYS = env.int("API_REQUESTS_KEPT_DAYS", default=30)
"""How long it can be read what the clients of the API asked, and how it ended."""
EVENTS_KEPT_DAYS = env.int("EVENTS_KEPT_DAYS", default=90)
"""How long the feed of events reaches back."""
ACCESSES_KEPT_DAYS = env.int("ACCESSES_KEPT_DAYS", default=1095)
"""How long it can be read who was given whose personal data."""
INACTIVE_PEOPLE_KEPT_DAYS = env.int("INACTIVE_PEOPLE_KEPT_DAYS", default=0)
"""After how many days without a visit people are written to and then erased; 0: never."""
INACTIVE_PEOPLE_WARNED_DAYS = env.int("INACTIVE_PEOPLE_WARNED_DAYS", default=30)
"""How many days lie between the letter and erasing."""
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
"""Networks (10.20.0.0/16) that webhooks may go to though they are not public, also by HTTP."""
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lms.api.parsers.SafeJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lms.api.negotiation.OneForm",
    "DEFAULT_AUTHENTICATION_CLASSES": ["lms.api.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["lms.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["lms.api.throttling.ClientThrottle"],
    "DEFAULT_SCHEMA_CLASS": "lms.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "lms.api.problems.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Berezhno API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["lms.api.schema.only_public_endpoints"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "lms.api.schema.with_problem_schema",
    ],
    "COMPONENT_SPLIT_PATCH": False,  # what a PATCH may leave out, its serializer says
    "SERVERS": [{"url": PUBLIC_URL}],
    "ENUM_NAME_OVERRIDES": {
        "EventType": "lms.api.events.kinds.EventType",
        "EnrolmentState": "lms.api.enrolments.STATES",
        "LearnerState": "lms.api.learners.LEARNER_STATES",
        "WriteOutcome": "lms.api.answers.OUTCOMES",
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# --- Log --------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # They report every page that is saved, several times, or that they were loaded.
        name: {"level": "WARNING"}
        for name in (
            *("django_tasks", "wagtail", "modelsearch", "pikepdf"),
            # Beside the pages in one process, the clock's every tick would hide what matters.
            *(("celery.beat", "celery.worker", "celery.app.trace") if CELERY_IS_EMBEDDED else ()),
        )
    },
}
