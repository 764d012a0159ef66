from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "lms.mail"
    label = "mail"
    verbose_name = _("Letters")

    def ready(self) -> None:
        from lms.mail import (  # noqa: F401  register job handlers, and what is kept about people
            letters,
            letters_many,
            personal_data,
        )
