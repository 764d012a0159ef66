from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webinars.models.room import Room


class Poll(models.Model):
    """A question to a room, answered once by each.

    ``options`` is a list of texts, empty for a word cloud; ``version`` grows with every vote, so
    that the newer of two tallies can be told. Of an anonymous poll nobody learns who chose what,
    neither here nor in the database (``webinars.live.anonymity``).
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("one option")
        MULTIPLE = "multiple", _("several options")
        SCALE = "scale", _("a scale")
        WORDS = "words", _("a word cloud")

    class State(models.TextChoices):
        DRAFT = "draft", _("prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="polls")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    question = models.CharField(_("question"), max_length=300)
    options = models.JSONField(_("options"))
    is_anonymous = models.BooleanField(_("anonymous"), default=True)
    is_result_live = models.BooleanField(_("the result is seen while people answer"), default=False)
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
            models.CheckConstraint(
                condition=Q(kind__in=["single", "multiple", "scale", "words"]),
                name="poll_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class PollVote(models.Model):
    """The one answer of one person: options counted from 0, or words.

    ``voter`` tells answers of different people apart; ``user`` is known only in a named poll.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    choices = models.JSONField(default=list)
    words = models.JSONField(default=list)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter"], name="person_votes_once_in_a_poll")
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.choices or self.words}"
