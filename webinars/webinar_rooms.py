"""The rules of webinar rooms: cohort and trainers make the roles, staying makes the attendance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q

from courses.models import Cohort, Enrollment
from lms.people.models import User
from webinars import attendance
from webinars.breakouts import close_due
from webinars.live.members import decided_role, with_decisions
from webinars.live.permissions import Role
from webinars.live.rooms import RoomRules
from webinars.models.attendance import AttendanceSegment
from webinars.models.room import Room
from webinars.models.webinar import WebinarSession
from webinars.slides import deck_of
from webinars.stage import stage_videos


def session_of(room: Room) -> WebinarSession:
    return WebinarSession.objects.select_related("webinar", "cohort", "room").get(room=room)


class WebinarRules(RoomRules):
    """Trainers of the cohort host, its learners take part, nobody else comes in."""

    def role_in(self, room: Room, user: User) -> Role | None:
        """In one query: it is asked before every command."""
        learns = Enrollment.objects.studying().filter(cohort=OuterRef("cohort_id"), learner=user.pk)
        leads = Cohort.trainers.through.objects.filter(cohort=OuterRef("cohort_id"), user=user.pk)
        cohort_id, is_learner, is_trainer, *decided = (
            WebinarSession.objects.filter(room=room)
            .annotate(
                decided=FilteredRelation("room__members", condition=Q(room__members__user=user.pk))
            )
            .values_list(
                "cohort_id", Exists(learns), Exists(leads), "decided__role", "decided__removed_at"
            )
            .get()
        )
        role = Role.PARTICIPANT if is_learner else None
        if is_trainer or self._is_content_staff(user, cohort_id):
            role = Role.HOST
        return decided_role(role, *decided)

    def roles_in(self, room: Room, users: Iterable[User]) -> dict[int, Role]:
        people = list(users)
        cohort_id = WebinarSession.objects.values_list("cohort_id", flat=True).get(room=room)
        learners = (
            Enrollment.objects.studying()
            .filter(cohort_id=cohort_id, learner__in=people)
            .values_list("learner_id", flat=True)
        )
        roles = dict.fromkeys(learners, Role.PARTICIPANT)
        trainers = set(
            Cohort.trainers.through.objects.filter(
                cohort_id=cohort_id, user_id__in=[user.pk for user in people]
            ).values_list("user_id", flat=True)
        )
        for user in people:
            if user.pk in trainers or self._is_content_staff(user, cohort_id):
                roles[user.pk] = Role.HOST
        return with_decisions(room, roles)

    def _is_content_staff(self, user: User, cohort_id: int) -> bool:
        """Administrators and methodologists may lead any webinar."""
        return user.is_staff and Cohort.objects.run_by(user).filter(pk=cohort_id).exists()

    def people_of(self, room: Room, start: int, count: int) -> list[User]:
        cohort = session_of(room).cohort
        learners = Enrollment.objects.studying().filter(cohort=cohort).values("learner_id")
        everyone = User.objects.filter(
            Q(pk__in=learners) | Q(pk__in=cohort.trainers.values("pk")), is_active=True
        )
        return list(everyone.order_by("family_name", "given_name", "pk")[start : start + count])

    def present_in(self, room: Room) -> list[int]:
        here = AttendanceSegment.objects.filter(session__room=room, left_at=None).values("user_id")
        roles = self.roles_in(room, User.objects.filter(pk__in=here))
        return sorted(pk for pk, role in roles.items() if role is Role.PARTICIPANT)

    def slide_count(self, room: Room) -> int:
        deck = deck_of(session_of(room).webinar)
        return deck.page_count if deck is not None else 0

    def stage_video(self, room: Room, key: str) -> dict[str, Any] | None:
        return stage_videos(session_of(room).webinar).get(key)

    has_deadlines = True

    def meet_deadlines(self, room: Room, *, now: datetime) -> None:
        close_due(room, now=now)

    def record_presence(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime
    ) -> dict[int, dict[str, Any]]:
        session = session_of(room)
        people = list(user_ids)
        if session.closed_at is None:
            attendance.see(session, user_ids=people, hub=hub, at=at)
        found = attendance.counted(session, people)
        attendance.complete_those_who_stayed(session, found)
        return {user_id: shown(attended) for user_id, attended in found.items()}

    def record_departure(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime, reason: str
    ) -> None:
        session = session_of(room)
        people = list(user_ids)
        ended = AttendanceSegment.Reason(reason)
        attendance.part(session, user_ids=people, hub=hub, at=at, reason=ended)
        attendance.complete_those_who_stayed(session, attendance.counted(session, people))


def shown(attended: attendance.Attended) -> dict[str, Any]:
    """What a person's own page is told about their attendance."""
    return {
        "seconds": attended.seconds,
        "needed": attended.needed_minutes,
        "counted": attended.is_counted,
    }
