from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Questionnaires")

    def ready(self) -> None:
        from assessments import personal_data  # noqa: F401  what is kept about people
