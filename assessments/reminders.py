"""Letters about questionnaires: the one some weeks after is open; one closes soon."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from assessments.models import Administration, Assessment, Attempt, Wave
from assessments.windows import BEFORE, FOLLOW_UP_CLOSES, FOLLOW_UP_OPENS
from courses.enrollment_states import EnrollmentState
from courses.ics import absolute
from courses.models import Enrollment
from courses.reminders import Occasion
from lms.mail.reminding import Candidate, ReminderKind

BEFORE_CLOSING = timedelta(hours=48)


def occasions_between(people: Sequence[int], now: datetime) -> Mapping[int, list[Occasion]]:
    """What each person (by id) may be reminded of at ``now``; at most five queries."""
    found: dict[int, list[Occasion]] = {}
    for learner, occasion in [*_follow_ups(people, now), *_closing(people, now)]:
        found.setdefault(learner, []).append(occasion)
    return found


def _follow_ups(people: Sequence[int], now: datetime) -> Iterator[tuple[int, Occasion]]:
    """Once, as soon as the usual window some weeks after has opened."""
    sent = list(
        Attempt.objects.submitted()
        .filter(
            enrollment__learner__in=people,
            enrollment__state__in=[EnrollmentState.ACTIVE, EnrollmentState.COMPLETED],
            wave=Wave.POST,
            submitted_at__lte=now - FOLLOW_UP_OPENS,
            submitted_at__gt=now - FOLLOW_UP_CLOSES,
        )
        .select_related("enrollment__cohort__course")
    )
    if not sent:
        return
    paths = {attempt.enrollment.cohort.course.path for attempt in sent}
    below = functools.reduce(operator.or_, (Q(path__startswith=path) for path in paths))
    assessments = list(
        Assessment.objects.live()
        .filter(below, wave=Wave.FOLLOW_UP)
        .exclude(administrations__isnull=False)
    )
    done, _finished = _sent(attempt.enrollment for attempt in sent)
    for attempt in sent:
        enrollment = attempt.enrollment
        course = enrollment.cohort.course
        for assessment in assessments:
            is_ours = assessment.path.startswith(course.path)
            if (
                not is_ours
                or assessment.instrument_id != attempt.instrument_id
                or (enrollment.pk, assessment.pk) in done
            ):
                continue
            assert attempt.submitted_at is not None
            closes_at = attempt.submitted_at + FOLLOW_UP_CLOSES
            yield enrollment.learner_id, _occasion(enrollment, assessment, closes_at, "open")


def _closing(people: Sequence[int], now: datetime) -> Iterator[tuple[int, Occasion]]:
    """Two days before the cohort's own closing date, to whoever has not sent yet."""
    windows: dict[int, list[Administration]] = {}
    for window in (
        Administration.objects.filter(closes_at__gt=now, closes_at__lte=now + BEFORE_CLOSING)
        .filter(Q(opens_at=None) | Q(opens_at__lte=now))
        .select_related("assessment")
    ):
        windows.setdefault(window.cohort_id, []).append(window)
    if not windows:
        return
    enrollments = list(
        Enrollment.objects.filter(learner__in=people, cohort__in=windows)
        .studying()
        .select_related("cohort__course")
    )
    done, finished = _sent(enrollments)
    for enrollment in enrollments:
        for window in windows[enrollment.cohort_id]:
            if (enrollment.pk, window.assessment_id) in done or window.closes_at is None:
                continue
            asked = window.assessment
            if asked.wave in BEFORE and (enrollment.pk, asked.instrument_id) in finished:
                continue
            occasion = _occasion(enrollment, window.assessment, window.closes_at, "closing")
            yield enrollment.learner_id, occasion


Pairs = set[tuple[int, int]]


def _sent(enrollments: Iterable[Enrollment]) -> tuple[Pairs, Pairs]:
    """Enrolments with what they have sent, and with the versions sent after the course."""
    sent = list(
        Attempt.objects.filter(
            enrollment__in=list(enrollments), submitted_at__isnull=False
        ).values_list("enrollment_id", "assessment_id", "instrument_id", "wave")
    )
    return (
        {(enrollment, assessment) for enrollment, assessment, _instrument, _wave in sent},
        {(enrollment, used) for enrollment, _asked, used, wave in sent if wave == Wave.POST},
    )


def _occasion(
    enrollment: Enrollment, assessment: Assessment, closes_at: datetime, why: str
) -> Occasion:
    key = f"questionnaire:{enrollment.pk}:{assessment.pk}:{why}"
    context = {
        "title": assessment.title,
        "course": enrollment.cohort.course.title,
        "minutes": assessment.estimated_minutes,
        "link": absolute(assessment.get_url() or ""),
    }
    return Occasion(Candidate(ReminderKind.QUESTIONNAIRE, closes_at, key), context, closes_at)
