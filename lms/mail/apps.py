from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "lms.mail"
    label = "mail"
    verbose_name = _("Letters")

    def ready(self) -> None:
        from lms.mail import (
            letters,  # noqa: F401  registers its job handler
            personal_data,  # noqa: F401  what is kept about people
        )
