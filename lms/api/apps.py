from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "lms.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        from lms.api import holdings  # noqa: F401  what is kept about people
        from lms.api.events import bulk, hooks
        from lms.api.idempotency import forget_answers_about
        from lms.api.personal_data import record_reader
        from lms.people.signals import person_erased, personal_data_shown

        hooks.connect()
        bulk.connect()
        personal_data_shown.connect(record_reader, dispatch_uid="access_log")
        person_erased.connect(forget_answers_about, dispatch_uid="idempotent_answers")
