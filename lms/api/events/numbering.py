"""Giving committed events their places, and forgetting the old ones.

Ids of rows are handed out before their transactions commit, so a reader who goes by them can miss
a row that commits late. Counting inside the domain's transactions would make every enrolment of a
region wait for every other. So places are given afterwards, to committed rows only, by one process
at a time: whoever reads the feed, and the clock.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from lms.api.events.models import Event, EventCounter

BATCH = 5000

_PLACES = """
UPDATE api_event SET position = given.position, number = given.number
FROM (
    SELECT waiting.id,
           %s + row_number() OVER (ORDER BY waiting.id) AS position,
           coalesce(counter.last, 0)
               + row_number() OVER (PARTITION BY waiting.region_id ORDER BY waiting.id) AS number
    FROM api_event AS waiting
    LEFT JOIN api_eventcounter AS counter ON counter.region_id = waiting.region_id
    WHERE waiting.position IS NULL AND waiting.id <= %s
) AS given
WHERE api_event.id = given.id
"""


def number_events() -> int:
    """Give every committed event its place; returns how many. Costs one query when none waits."""
    count = 0
    while number := _number_batch():
        count += number
    return count


def _number_batch() -> int:
    from lms.api.webhooks.delivering import plan_deliveries

    if not Event.objects.filter(position__isnull=True).exists():
        return 0
    EventCounter.objects.get_or_create(region=None)
    with transaction.atomic():
        counter = EventCounter.objects.select_for_update().get(region=None)
        waiting = Event.objects.filter(position__isnull=True).order_by("pk")
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_PLACES, [counter.last, ids[-1]])
        placed = Event.objects.filter(position__gt=counter.last)
        for row in (
            placed.order_by().values("region").annotate(events=Count("pk"), last=Max("number"))
        ):
            EventCounter.objects.update_or_create(
                region_id=row["region"], defaults={"last": row["last"]}
            )
        before = counter.last
        counter.last = placed.aggregate(last=Max("position"))["last"]
        counter.save(update_fields=["last"])
        plan_deliveries(Event.objects.filter(position__gt=before, position__lte=counter.last))
        return counter.last - before


def forget_old_events() -> int:
    """Delete what is older than ``EVENTS_KEPT_DAYS``; a cursor from before gets a typed answer."""
    limit = timezone.now() - timedelta(days=settings.EVENTS_KEPT_DAYS)
    with transaction.atomic():
        counter = EventCounter.objects.select_for_update().filter(region=None).first()
        if counter is None:
            return 0
        # From the front only, so that the feed stays without gaps.
        young = Event.objects.numbered().filter(occurred_at__gte=limit)
        kept_from = young.aggregate(first=Min("position"))["first"] or counter.last + 1
        count, _by_model = Event.objects.filter(position__lt=kept_from).delete()
        if count:
            counter.forgotten = kept_from - 1
            counter.save(update_fields=["forgotten"])
    return count
