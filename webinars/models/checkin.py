from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.room import Room


class CheckIn(models.Model):
    """How people feel at one moment of a meeting. Only a distribution is ever shown."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("before the meeting")
        NOW = "now", _("right now")
        AFTER = "after", _("after the meeting")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="checkins")
    moment = models.CharField(max_length=8, choices=Moment.choices)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("emotion check-in")
        verbose_name_plural = _("emotion check-ins")
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(closed_at__isnull=True), name="one_checkin_is_open"
            ),
            models.CheckConstraint(
                condition=Q(moment__in=["before", "now", "after"]), name="checkin_moment_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.moment}"


class CheckInAnswer(models.Model):
    """1: it is very hard for me … 5: I feel well. Whose answer it is, nobody can tell."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="answers")
    voter = models.CharField(max_length=64)
    value = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("answer of a check-in")
        verbose_name_plural = _("answers of check-ins")
        constraints = [
            models.UniqueConstraint(fields=["checkin", "voter"], name="person_checks_in_once"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="checkin_value_is_on_the_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checkin_id}: {self.value}"
