from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webinars.models.room import Room


class Poll(models.Model):
    """A question to a room with one answer each. Nobody is shown who chose what.

    ``options`` is a list of texts; ``version`` grows with every vote, so that the newer of two
    tallies can be told.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="polls")
    question = models.CharField(_("question"), max_length=300)
    options = models.JSONField(_("options"))
    prepared_as = models.CharField(max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "prepared_as"],
                condition=~Q(prepared_as=""),
                name="prepared_poll_is_in_a_room_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "closed"]), name="poll_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.question


class PollVote(models.Model):
    """The one answer of one person; ``choice`` counts the options from 0."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    choice = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["poll", "user"], name="person_votes_once_in_a_poll")
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.choice}"
