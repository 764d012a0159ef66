from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Questionnaires")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from assessments import personal_data  # noqa: F401  what is kept about people
        from assessments.reference import notice_withdrawal
        from assessments.reminders import occasions_between
        from courses.reminders import register_occasions
        from lms.people.models import Consent

        register_occasions(occasions_between)
        post_save.connect(notice_withdrawal, sender=Consent)
