"""Who is what in one room, beyond what the cohort says; and whose hand is up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.room import Room


class RoomMember(models.Model):
    """What the hosts of a room decided about one person; it holds for this room only.

    An empty ``role`` leaves the one that the cohort gives.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, blank=True)
    muted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("member of a room")
        verbose_name_plural = _("members of rooms")
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="person_is_a_member_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["", "cohost", "moderator", "participant", "observer"]),
                name="member_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.user_id}"


class RaisedHand(models.Model):
    """Somebody asks to speak; the queue is in the order of ``pk``."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hands")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("raised hand")
        verbose_name_plural = _("raised hands")
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="person_raises_one_hand")
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.user_id}"
