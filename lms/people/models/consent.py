from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """What a person agreed to, in which wording, when; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        PERSONAL_DATA = "personal-data", _("processing of personal data for the training")
        ANSWERS = "answers", _("use of questionnaire answers in group results")
        NORMING = "norming", _("use of questionnaire answers to check the questionnaire itself")
        TRANSCRIPT = "transcript", _("keeping the transcript of a practicum")
        LIBRARY = "library", _("showing a round of a practicum in the library of excellent rounds")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    wording = models.CharField(_("wording version"), max_length=20)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "wording"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_stands_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.purpose}"
