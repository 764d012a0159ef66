"""Reminders to learners: what there is to remind of, and the letters.

Whether one goes out now is decided by ``lms.mail.reminding``. Running twice, or in two workers at
once, sends nothing twice: a reminder's row is unique for its day and for its occasion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from courses.agenda import Event, EventKind, events_of
from courses.deadlines import Deadline, deadlines_of
from courses.enrollment_states import EnrollmentState
from courses.ics import absolute, ics_of
from courses.models import Enrollment
from courses.programme import Programme, programmes_of
from courses.when import moment_in_words
from lms.mail.letters import Attachment, write_letter
from lms.mail.models import Reminder, ReminderSettings
from lms.mail.reminder_links import settings_link, unsubscribe_headers
from lms.mail.reminding import (
    QUIET_FROM,
    QUIET_UNTIL,
    Candidate,
    ReminderKind,
    Wishes,
    reminder_now,
)
from lms.people.models import User
from lms.people.zones import zone_of

BATCH = 200
"""How many people are looked at together."""
BEFORE_SESSION = timedelta(hours=24)
BEFORE_DEADLINE = timedelta(hours=48)
SILENT_FOR = timedelta(days=7)
REMEMBERED_FOR = timedelta(weeks=13)
"""Whoever has completed a course is written to this long: something comes some weeks later."""


@dataclass(frozen=True)
class Occasion:
    """A candidate with what its letter tells."""

    candidate: Candidate
    context: dict[str, Any]
    moment: datetime
    event: Event | None = field(default=None, compare=False)


OccasionSource = Callable[[Sequence[int], datetime], Mapping[int, Sequence[Occasion]]]
"""Occasions of people (by id) at a moment; a constant number of queries however many they are."""

_sources: list[OccasionSource] = []


def register_occasions(source: OccasionSource) -> None:
    """Let a room remind of its own things; called once, when the application starts."""
    if source not in _sources:
        _sources.append(source)


def send_reminders() -> int:
    """Write the reminders of this moment; returns how many. A constant number of reads a batch."""
    now = timezone.now()
    sent, last = 0, 0
    while batch := list(_people().filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        sent += _remind(batch, now)
    return sent


def _people() -> QuerySet[User]:
    """Learners who can be written to and study somewhere."""
    lately = timezone.now() - REMEMBERED_FOR
    studying = Enrollment.objects.filter(
        Q(state=EnrollmentState.ACTIVE)
        | Q(state=EnrollmentState.COMPLETED, completed_at__gt=lately)
    ).values("learner")
    return (
        User.objects.filter(pk__in=studying, is_active=True, is_synthetic=False)
        .exclude(email=None)
        .select_related("reminder_settings")
        .order_by("pk")
    )


def _remind(batch: Sequence[User], now: datetime) -> int:
    last_days = dict(
        Reminder.objects.filter(person__in=batch)
        .values("person")
        .annotate(last=Max("day"))
        .values_list("person", "last")
    )
    awake = {
        person.pk: person
        for person in batch
        if QUIET_UNTIL <= now.astimezone(zone_of(person)).hour < QUIET_FROM
    }
    occasions = occasions_of(list(awake), now)
    used = set(
        Reminder.objects.filter(
            person__in=awake,
            key__in={o.candidate.key for found in occasions.values() for o in found},
        ).values_list("person_id", "key")
    )
    sent = 0
    for pk, person in awake.items():
        fresh = {o.candidate: o for o in occasions.get(pk, []) if (pk, o.candidate.key) not in used}
        chosen = reminder_now(
            fresh,
            _wishes(person),
            last_sent_on=last_days.get(pk),
            zone=zone_of(person),
            now=now,
        )
        if chosen is not None:
            sent += _write(person, fresh[chosen], now)
    return sent


def _wishes(person: User) -> Wishes:
    chosen: ReminderSettings | None = getattr(person, "reminder_settings", None)
    if chosen is None:
        return Wishes()
    return Wishes(
        before_session=chosen.before_session,
        before_deadline=chosen.before_deadline,
        after_silence=chosen.after_silence,
        hour=chosen.hour,
    )


def occasions_of(people: Sequence[int], now: datetime) -> dict[int, list[Occasion]]:
    """What each person (by id) may be reminded of at ``now``, sent or not."""
    found = _of_courses(people, now)
    for source in _sources:
        for person, occasions in source(people, now).items():
            found.setdefault(person, []).extend(occasions)
    return found


def _of_courses(people: Sequence[int], now: datetime) -> dict[int, list[Occasion]]:
    enrollments = list(
        Enrollment.objects.filter(
            learner__in=people, state=EnrollmentState.ACTIVE, cohort__ends_at__gt=now
        ).select_related("cohort__course")
    )
    if not enrollments:
        return {}
    cohorts = {enrollment.cohort_id: enrollment.cohort for enrollment in enrollments}
    sessions: dict[int, list[Event]] = {}
    for event in events_of(list(cohorts.values()), now, now + BEFORE_SESSION):
        if event.kind is EventKind.SESSION and not event.is_cancelled and event.starts_at > now:
            sessions.setdefault(event.cohort_id, []).append(event)
    deadlines = deadlines_of(enrollments)
    found: dict[int, list[Occasion]] = {}
    for programme in programmes_of(enrollments):
        enrollment = programme.enrollment
        assert enrollment is not None
        own = found.setdefault(enrollment.learner_id, [])
        own.extend(_session(event) for event in sessions.get(enrollment.cohort_id, []))
        own.extend(_deadlines(deadlines.get(enrollment.pk, []), programme, now))
        own.extend(_silence(enrollment, programme, now))
    return found


def _session(event: Event) -> Occasion:
    key = f"session:{event.uid}:{event.starts_at:%Y%m%d%H%M}"
    context = {"title": event.title, "course": event.course_title, "link": absolute(event.url)}
    candidate = Candidate(ReminderKind.SESSION, event.starts_at, key)
    return Occasion(candidate, context, event.starts_at, event)


def _deadlines(
    deadlines: Sequence[Deadline], programme: Programme, now: datetime
) -> Iterator[Occasion]:
    locked = {row.activity.pk for row in programme.rows if row.is_locked}
    assert programme.enrollment is not None
    for deadline in deadlines:
        activity = deadline.activity
        if activity.pk in locked or not now < deadline.due_at <= now + BEFORE_DEADLINE:
            continue
        key = f"deadline:{programme.enrollment.pk}:{activity.pk}"
        context = {
            "title": activity.title,
            "course": programme.course.title,
            "minutes": activity.estimated_minutes,
            "link": absolute(activity.get_url() or ""),
        }
        candidate = Candidate(ReminderKind.DEADLINE, deadline.due_at, key)
        yield Occasion(candidate, context, deadline.due_at)


def _silence(enrollment: Enrollment, programme: Programme, now: datetime) -> Iterator[Occasion]:
    """Only where there is something to do; once for a spell, which the last visit names."""
    row = programme.next_row
    seen = enrollment.last_seen_at or enrollment.activated_at or enrollment.created_at
    since = max(seen, enrollment.cohort.starts_at)
    if row is None or since > now - SILENT_FOR:
        return
    key = f"silence:{enrollment.pk}:{since:%Y%m%d%H%M}"
    context = {
        "title": row.activity.title,
        "course": programme.course.title,
        "minutes": row.activity.estimated_minutes,
        "link": absolute(reverse("courses:home")),
    }
    yield Occasion(Candidate(ReminderKind.SILENCE, since + SILENT_FOR, key), context, since)


def _write(person: User, occasion: Occasion, now: datetime) -> bool:
    """The reminder and its letter, in one transaction; False if another worker was first."""
    zone, key = zone_of(person), occasion.candidate.key
    with translation.override(person.locale), timezone.override(zone):
        context = occasion.context | {
            "moment": moment_in_words(occasion.moment),
            "day": date_format(timezone.localtime(occasion.moment), "j E"),
            "settings_link": settings_link(person),
        }
        attachment = None
        if occasion.event is not None:
            attachment = Attachment(
                name="webinar.ics",
                text=ics_of([occasion.event]),
                subtype="calendar",
                parameters={"method": "PUBLISH"},
            )
    try:
        with transaction.atomic():
            Reminder.objects.create(person=person, key=key, day=now.astimezone(zone).date())
            write_letter(
                to=person,
                template=f"reminder_{occasion.candidate.kind}",
                key=f"remind:{person.pk}:{key}",
                context=context,
                headers=unsubscribe_headers(person),
                attachment=attachment,
            )
    except IntegrityError:
        return False
    return True
