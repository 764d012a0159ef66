from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from webinars.models.webinar import WebinarSession


class AttendanceSegment(models.Model):
    """One unbroken stay of a person in a webinar, as one server process saw it.

    ``left_at`` is empty while they are there. Somebody with two tabs on two processes has two
    segments at once; what counts is their union (``webinars.attendance.merged_seconds``).
    """

    class Reason(models.TextChoices):
        LEFT = "left", _("left")
        LOST = "lost", _("connection lost")
        CLOSED = "closed", _("webinar closed")

    session = models.ForeignKey(WebinarSession, on_delete=models.CASCADE, related_name="attendance")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendance"
    )
    hub = models.CharField(max_length=40)
    joined_at = models.DateTimeField(_("joined"))
    last_seen_at = models.DateTimeField(_("last seen"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, blank=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user", "hub"],
                condition=Q(left_at__isnull=True),
                name="attendance_is_open_once_in_a_process",
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("joined_at")),
                name="attendance_is_seen_after_joining",
            ),
        ]
        indexes = [models.Index(fields=["left_at", "last_seen_at"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.joined_at:%H:%M}"
