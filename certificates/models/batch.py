from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.template import CertificateTemplate
from courses.models import Cohort
from lms.jobs.models import Job
from lms.people.models import Role


class IssueBatchQuerySet(models.QuerySet):
    def visible_to(self, user) -> IssueBatchQuerySet:
        """Those of the cohorts that the person leads."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(cohort__in=user.trained_cohorts.all())


class IssueBatch(models.Model):
    """Certificates asked for at once for the people of a cohort.

    Its jobs carry a part of the people each, so that several workers share them.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="certificate_batches")
    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    jobs = models.ManyToManyField(Job, related_name="+")

    objects = IssueBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("batch of certificates")
        verbose_name_plural = _("batches of certificates")

    def __str__(self) -> str:
        return f"{self.cohort}: {self.created_at:%Y-%m-%d %H:%M}"
