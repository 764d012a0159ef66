"""Reports that have been taken. What was shown once stays as it was."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Instrument
from courses.models import Course


class ReportSnapshot(models.Model):
    """The gains of a programme at one moment: numbers that may be shown, and nothing else.

    ``states`` and ``rounds`` are for the next report only (see ``reports.freezing`` and
    ``reports.observing``): who is in this one.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="report_snapshots")
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="report_snapshots"
    )
    taken_at = models.DateTimeField(_("taken"), default=timezone.now)
    checked_at = models.DateTimeField(_("compared with the answers"), default=timezone.now)
    checked_by = models.CharField(
        _("version of the method that compared"), max_length=20, blank=True
    )
    method = models.CharField(_("version of the method"), max_length=20)
    data_hash = models.CharField(_("hash of the data"), max_length=64)
    rounds = models.BinaryField(_("whose practicums are in it"), default=b"")
    states = models.BinaryField(_("who is in it"))
    content = models.JSONField(_("numbers"))

    class Meta:
        ordering = ["-taken_at", "-pk"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["course", "-taken_at"], name="report_latest_of_a_course")]

    def __str__(self) -> str:
        return f"{self.course}, {self.taken_at:%Y-%m-%d %H:%M}"
