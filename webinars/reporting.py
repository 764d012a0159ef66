"""What a webinar was, for its trainer: who was there when, what was said and felt, what stays."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from courses.cms.people_sheet import harmless
from courses.models import Enrollment
from frontend import charts
from lms.people.models import User
from webinars import attendance
from webinars.live.features.checkin import distribution
from webinars.models.attendance import AttendanceSegment
from webinars.models.poll import Poll
from webinars.models.room import RoomEvent, Stream
from webinars.models.webinar import WebinarSession
from webinars.segments import present_at_once
from webinars.summary import Result, result_of

MOST_POINTS = 240


@dataclass(frozen=True)
class AttendanceRow:
    """One line of the host's list: first in, last out, what is counted."""

    learner: User
    attended: attendance.Attended
    joined_at: datetime | None
    left_at: datetime | None


def attendance_list(session: WebinarSession) -> list[AttendanceRow]:
    """Every learner of the cohort and what is counted for them, absent ones included."""
    learners = [
        enrollment.learner
        for enrollment in Enrollment.objects.studying()
        .filter(cohort=session.cohort)
        .select_related("learner")
        .order_by("learner__family_name", "learner__given_name")
    ]
    found = attendance.counted(session, [learner.pk for learner in learners])
    stays: dict[int, list[tuple[datetime, datetime]]] = {}
    for user_id, joined, seen in _segments(session):
        stays.setdefault(user_id, []).append((joined, seen))
    return [
        AttendanceRow(
            learner,
            found[learner.pk],
            min((joined for joined, _seen in stays.get(learner.pk, [])), default=None),
            max((seen for _joined, seen in stays.get(learner.pk, [])), default=None),
        )
        for learner in learners
    ]


def _segments(session: WebinarSession) -> list[tuple[int, datetime, datetime]]:
    learners = Enrollment.objects.studying().filter(cohort=session.cohort).values("learner_id")
    return list(
        AttendanceSegment.objects.filter(session=session, user_id__in=learners).values_list(
            "user_id", "joined_at", "last_seen_at"
        )
    )


def attendance_curve(session: WebinarSession) -> list[tuple[datetime, int]]:
    """The most learners who were there at once in each minute (in a long meeting more sparsely)."""
    if session.opened_at is None:
        return []
    end = session.closed_at or timezone.now()
    span = max((end - session.opened_at).total_seconds(), 60)
    step = timedelta(seconds=max(60, span / MOST_POINTS))
    changes = deque(present_at_once(_segments(session), begins=session.opened_at, ends=end))
    curve = []
    moment, here = session.opened_at, 0
    while moment <= end:
        while changes and changes[0][0] <= moment:
            here = changes.popleft()[1]
        most = here
        while changes and changes[0][0] < moment + step:
            here = changes.popleft()[1]
            most = max(most, here)
        curve.append((moment, most))
        moment += step
    return curve


@dataclass(frozen=True)
class Report:
    """Everything that the room's report shows."""

    attendance: list[AttendanceRow]
    curve: list[tuple[datetime, int]]
    activity: list[tuple[str, int]]
    checkins: list[dict[str, Any]]
    polls: list[Result]
    ratings: dict[str, Any]

    @property
    def present(self) -> int:
        return sum(1 for row in self.attendance if row.attended.seconds)

    @property
    def took_part(self) -> int:
        return sum(1 for row in self.attendance if row.attended.is_counted)

    @property
    def most_at_once(self) -> int:
        return max((count for _moment, count in self.curve), default=0)


def report_of(session: WebinarSession) -> Report:
    polls = Poll.objects.filter(room=session.room).exclude(state=Poll.State.DRAFT)
    return Report(
        attendance=attendance_list(session),
        curve=attendance_curve(session),
        activity=_activity(session),
        checkins=[
            {"checkin": checkin, **distribution(checkin)} for checkin in session.room.checkins.all()
        ],
        polls=[result_of(poll) for poll in polls],
        ratings=_ratings(session),
    )


def _activity(session: WebinarSession) -> list[tuple[str, int]]:
    """How often what was done, and by how many people."""
    counted = Counter(
        RoomEvent.objects.filter(
            stream__room=session.room, stream__kind=Stream.Kind.ROOM
        ).values_list("type", flat=True)
    )
    speakers = (
        RoomEvent.objects.filter(stream__room=session.room, type="chat.sent")
        .values("actor_id")
        .distinct()
        .count()
    )
    return [
        (_("Messages in the chat"), counted["chat.sent"]),
        (_("People who wrote in the chat"), speakers),
        (_("Questions"), counted["qa.asked"]),
        (_("Raised hands"), counted["hand.raised"]),
        (_("Shared notes"), counted["note.added"]),
        (_("Polls held"), session.room.polls.filter(state=Poll.State.CLOSED).count()),
    ]


def _ratings(session: WebinarSession) -> dict[str, Any]:
    """What may be told of them, without names and in no order that would tell them.

    ``total``: people who have rated; ``counted``: those of whom the numbers are.
    """
    found = list(session.ratings.order_by("?").values_list("words", "told_value", "told_words"))
    told = Counter(value for _words, value, _told in found if value is not None)
    counted = sum(told.values())
    return {
        "total": len(found),
        "counted": counted,
        "mean": sum(value * n for value, n in told.items()) / counted if counted else None,
        "by": [(value, told[value]) for value in range(5, 0, -1)] if counted else [],
        "words": [words for _words, _value, words in found if words],
        "has_more_words": any(words and not told for words, _value, told in found),
    }


def curve_chart(report: Report) -> str:
    """The attendance curve as a picture, with its words for those who do not see it."""
    if not report.curve:
        return ""
    times = [timezone.localtime(moment).strftime("%H:%M") for moment, _count in report.curve]
    return mark_safe(  # noqa: S308  the chart escapes its texts
        charts.curve(
            [count for _moment, count in report.curve],
            first=times[0],
            last=times[-1],
            title=_("Learners in the room"),
            description=_("From {first} to {last}; at most {n} at once.").format(
                first=times[0], last=times[-1], n=report.most_at_once
            ),
        )
    )


def attendance_csv(session: WebinarSession) -> str:
    """The list for a spreadsheet: UTF-8 with a mark, semicolons, local times."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, delimiter=";")
    writer.writerow(
        [_("Learner"), _("E-mail"), _("Joined"), _("Left"), _("Minutes"), _("Took part")]
    )
    for row in attendance_list(session):
        writer.writerow(
            [
                harmless(str(row.learner)),
                harmless(row.learner.email or ""),
                _moment(row.joined_at),
                _moment(row.left_at),
                row.attended.minutes,
                _("Yes") if row.attended.is_counted else _("No"),
            ]
        )
    return target.getvalue()


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%d.%m.%Y %H:%M") if moment is not None else ""
