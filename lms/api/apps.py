from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "lms.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        from lms.api import holdings  # noqa: F401  what is kept about people
        from lms.api.events import bulk, hooks

        hooks.connect()
        bulk.connect()
