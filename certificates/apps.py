from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _on_course_completed(sender, enrollment_id: int, **kwargs) -> None:
    from certificates.issuing import request_when_named

    request_when_named(enrollment_id)


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        from certificates import (
            batches,  # noqa: F401  registers its job handler
            honours,  # noqa: F401  registers its job handler
            issuing,  # noqa: F401  registers its job handler
            personal_data,  # noqa: F401  what is kept about people
        )
        from certificates.defaults import ensure_default_template
        from courses.signals import course_completed

        course_completed.connect(_on_course_completed, dispatch_uid="certificates.issue")
        post_migrate.connect(ensure_default_template, sender=self)
