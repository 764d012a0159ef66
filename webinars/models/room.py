"""The live room and its log. Written through ``webinars.live.log`` and ``webinars.live.commands``.

Their shape is that of docs/architecture.md, decision 5: an event has its number before anybody
hears of it, and a number is never used twice or left out.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """A place where people meet live. What happens in it depends on its kind."""

    class Kind(models.TextChoices):
        WEBINAR = "webinar", _("webinar")
        PRACTICUM = "practicum", _("practicum")
        BREAKOUT = "breakout", _("breakout group")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=250)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("live room")
        verbose_name_plural = _("live rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(opened_at__isnull=True)
                | Q(closed_at__gte=F("opened_at")),
                name="room_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["webinar", "practicum", "breakout"]),
                name="room_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether people may act in it now; hosts may act before, too."""
        return self.opened_at is not None and self.closed_at is None


class Stream(models.Model):
    """One sequence of events of a room. Who may read it is decided by its kind, never by event.

    ``head_seq`` is the number of the last event; the row's lock puts appends in order.
    ``epoch`` changes only when a backup is restored: numbers of another epoch mean nothing.
    ``floor_seq``: events up to this number are no longer kept.
    """

    class Kind(models.TextChoices):
        ROOM = "room", _("everyone in the room")
        STAFF = "staff", _("hosts and moderators")
        ME = "me", _("one person")
        OBSERVERS = "obs", _("observers and hosts")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="streams")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)
    head_seq = models.PositiveBigIntegerField(default=0)
    floor_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("stream of a room")
        verbose_name_plural = _("streams of rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "kind"],
                condition=Q(owner__isnull=True),
                name="shared_stream_is_one_in_its_room",
            ),
            models.UniqueConstraint(
                fields=["room", "kind", "owner"],
                condition=Q(owner__isnull=False),
                name="private_stream_is_one_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="me", owner__isnull=False)
                | (~Q(kind="me") & Q(owner__isnull=True)),
                name="only_a_private_stream_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(floor_seq__lte=F("head_seq")), name="stream_floor_is_not_above_its_head"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}:{self.kind}"


class RoomEvent(models.Model):
    """Something that happened, for good: message, poll, phase.

    Never changed, but for words that are taken out of it: by their author (``log.redact``), or
    with everything that names somebody who is erased (``webinars.live.erasing``).

    ``actor_role`` is the role in which the person acted at that moment.
    """

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_role = models.CharField(max_length=20, blank=True)
    cmd_id = models.CharField(max_length=26, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["stream", "seq"]
        verbose_name = _("event of a room")
        verbose_name_plural = _("events of rooms")
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_number_is_used_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_numbers_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class RoomState(models.Model):
    """How one thing of a room stands now: the slide, the timer, slow mode. Written through
    ``webinars.live.room_state``; ``version`` grows by one with every change."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="states")
    key = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("state of a room")
        verbose_name_plural = _("states of rooms")
        constraints = [
            models.UniqueConstraint(fields=["room", "key"], name="state_is_one_in_its_room")
        ]

    def __str__(self) -> str:
        return f"{self.room_id}:{self.key}"


class RoomCommand(models.Model):
    """What a person asked for, under the id that their browser gave it, and what was answered.

    Asking again with the same id gets the same answer and changes nothing.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="commands")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cmd_id = models.CharField(max_length=26)
    op = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("command in a room")
        verbose_name_plural = _("commands in rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "user", "cmd_id"], name="command_id_is_used_once"
            )
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.op} {self.cmd_id}"


class NamelessCommand(models.Model):
    """A command without a name, such as an anonymous vote: nothing says whose it was, or what.

    ``key`` comes from person and id (``webinars.live.anonymity.command_key``). The id is of chance
    and known to the browser only, so the key leads nowhere, but finds the answer for whoever sends
    the same again.
    """

    key = models.CharField(max_length=64, unique=True)
    result = models.JSONField(default=dict)
    at = models.DateTimeField()
    """To the hour only."""

    class Meta:
        verbose_name = _("command without a name")
        verbose_name_plural = _("commands without names")
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return self.key[:8]
