"""The calendar: a page, one event as a file, and a subscription for one's own calendar program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from courses.agenda import Event, agenda_of, event_of
from courses.calendar_feeds import address_of, feed_of, find_feed, renew_feed
from courses.ics import ics_of
from courses.models import CalendarFeed
from courses.when import zone_in_words
from lms.people.zones import zone_of

DAYS_AHEAD = 60


@dataclass(frozen=True)
class Day:
    date: date
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Month:
    first: date
    days: tuple[Day, ...]


def months_of(events: list[Event]) -> list[Month]:
    """The events by months and days of the active time zone."""
    days = [
        Day(day, tuple(found))
        for day, found in groupby(events, key=lambda e: timezone.localdate(e.starts_at))
    ]
    return [
        Month(first, tuple(found))
        for first, found in groupby(days, key=lambda day: day.date.replace(day=1))
    ]


@never_cache
@login_required
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    events = agenda_of(request.user, today, today + timedelta(days=DAYS_AHEAD))
    feed = CalendarFeed.objects.filter(person=request.user).first()
    address = address_of(feed) if feed else ""
    context = {
        "months": months_of([event for event in events if event.starts_at >= today]),
        "zone": zone_in_words(now),
        "days_ahead": DAYS_AHEAD,
        "feed": feed,
        "address": address,
        "webcal": f"webcal://{address.split('://')[-1]}",
    }
    return render(request, "courses/calendar.html", context)


@login_required
@require_POST
def new_feed(request: HttpRequest) -> HttpResponse:
    renew_feed(request.user)
    messages.success(request, _("The new address is ready. An earlier one no longer works."))
    return redirect("courses:calendar")


@never_cache
@login_required
@require_GET
def event_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of the person's own events, for «Add to calendar»."""
    event = event_of(request.user, uid)
    if event is None:
        raise Http404
    return _calendar_file(ics_of([event]), f"{uid}.ics")


@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The agenda of whoever the secret address belongs to; calendar programs have no session."""
    found = find_feed(token)
    if found is None:
        raise Http404
    person = found.person
    with translation.override(person.locale), timezone.override(zone_of(person)):
        return _calendar_file(feed_of(person, name=_("Berezhno: my learning")), "berezhno.ics")


def _calendar_file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
