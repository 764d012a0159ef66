from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.api.events.kinds import OF_CERTIFICATES, EventType
from lms.people.models import Region


class EventQuerySet(models.QuerySet):
    def numbered(self) -> EventQuerySet:
        """Those that stand in the feed: their transaction is committed and their place is final."""
        return self.filter(position__isnull=False)


class Event(models.Model):
    """Something that happened to a region's people. Thin: ids and states, no personal data.

    Written in the transaction of the change, without a place in the order; ``position`` (in the
    feed of all regions) and ``number`` (1, 2, 3 … in the region's) are given after the commit by
    ``numbering.number_events``, so that a reader who has seen a place has seen all before it.

    A log: its references are not looked up by the database at every row, and what waits for its
    place is in no index of places.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(_("what happened"), max_length=40, choices=EventType.choices)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("region"),
        db_index=False,
        db_constraint=False,
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="events",
        db_constraint=False,
    )
    object_id = models.UUIDField(_("id of what it is about"))
    data = models.JSONField(_("details"), default=dict)
    is_quiet = models.BooleanField(_("without webhooks"), default=False)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    position = models.PositiveBigIntegerField(null=True, editable=False)
    number = models.PositiveBigIntegerField(_("number"), null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(
                fields=["position"],
                condition=Q(position__isnull=False),
                name="event_has_one_place_in_the_feed",
            ),
            models.UniqueConstraint(
                fields=["region", "number"],
                condition=Q(number__isnull=False),
                name="event_has_one_number_in_its_region",
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True, number__isnull=True)
                | Q(position__isnull=False, number__isnull=False),
                name="event_has_both_numbers_or_none",
            ),
        ]
        indexes = [
            models.Index(
                F("id"), condition=Q(position__isnull=True), name="event_waits_for_its_number"
            ),
            models.Index(
                fields=["region", "position"],
                condition=Q(position__isnull=False),
                name="event_of_a_region_in_order",
            ),
            models.Index(
                fields=["object_id", "id"],
                condition=Q(type__in=OF_CERTIFICATES),
                name="event_of_a_certificate",
            ),
            models.Index(fields=["occurred_at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class EventCounter(models.Model):
    """The last number given, by region; the row without a region counts the whole feed.

    ``forgotten`` is the highest number that retention has deleted. The row of the whole feed is
    locked while numbers are given, which keeps them without gaps.
    """

    region = models.OneToOneField(Region, on_delete=models.PROTECT, null=True, related_name="+")
    last = models.PositiveBigIntegerField(default=0)
    forgotten = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(region__isnull=True), name="one_counter_of_all_events"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region or '*'}: {self.last}"
