from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models.certificate import Certificate
from certificates.models.provider import Provider
from lms.vault import SealedField


class FrdoDetails(models.Model):
    """What the federal register of documents (ФИС ФРДО) asks about a person, and nobody else.

    Encrypted, asked for once a document of further training was issued, and erased as soon as the
    register has accepted it. ``snils``: eleven digits; ``birth_date``: ISO 8601.
    """

    class Sex(models.TextChoices):
        FEMALE = "Жен", _("female")
        MALE = "Муж", _("male")

    class Level(models.TextChoices):
        HIGHER = "Высшее образование", _("higher education")
        SECONDARY = "Среднее профессиональное образование", _("secondary vocational education")

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="frdo_details"
    )
    birth_date = SealedField(_("date of birth"))
    sex = SealedField(_("sex"))
    snils = SealedField(_("SNILS"))
    citizenship = SealedField(_("citizenship, the country’s code (Russia: 643)"))
    level = SealedField(_("education before this programme"))
    diploma_surname = SealedField(_("family name in the diploma"))
    diploma_series = SealedField(_("series of the diploma"), blank=True)
    diploma_number = SealedField(_("number of the diploma"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("details for the federal register")
        verbose_name_plural = _("details for the federal register")

    def __str__(self) -> str:
        return str(self.learner)


class FrdoSheet(models.Model):
    """That a sheet was taken for the federal register: by whom, with which documents.

    The sheet itself is not kept. ``accepted_at``: when the register took it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="frdo_sheets")
    certificates = models.ManyToManyField(Certificate, related_name="frdo_sheets")
    made_at = models.DateTimeField(_("taken"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted by the register"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("sheet for the federal register")
        verbose_name_plural = _("sheets for the federal register")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False) | Q(accepted_by__isnull=True),
                name="sheet_is_accepted_by_somebody_at_some_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.made_at:%Y-%m-%d %H:%M}"
