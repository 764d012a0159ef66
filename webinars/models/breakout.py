from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.room import Room


class Breakout(models.Model):
    """One division of a room into groups. Who was where is kept for the debrief."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="breakouts")
    task = models.CharField(_("task"), max_length=1000, blank=True)
    opened_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("work in groups")
        verbose_name_plural = _("work in groups")
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(closed_at__isnull=True), name="one_breakout_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.created_at:%H:%M}"


class BreakoutGroup(models.Model):
    """A group with a live room of its own: chat and notes that nobody else reads."""

    breakout = models.ForeignKey(Breakout, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="breakout_group")
    help_asked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["breakout", "number"]
        verbose_name = _("breakout group")
        verbose_name_plural = _("breakout groups")
        constraints = [
            models.UniqueConstraint(fields=["breakout", "number"], name="group_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.breakout_id}: {self.number}"


class BreakoutSeat(models.Model):
    """Somebody's place in a group."""

    breakout = models.ForeignKey(Breakout, on_delete=models.CASCADE, related_name="seats")
    group = models.ForeignKey(BreakoutGroup, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("place in a group")
        verbose_name_plural = _("places in groups")
        constraints = [
            models.UniqueConstraint(fields=["breakout", "user"], name="person_sits_in_one_group")
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.user_id}"
