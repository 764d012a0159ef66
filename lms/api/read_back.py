"""Reading back in bulk: progress of many, attendance at webinars, results of a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import DateTimeField, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.cohort_progress import rows_of
from courses.models import Cohort, Enrollment
from lms.api.cohorts import CohortView
from lms.api.enrolments import STATES, EnrolmentView
from lms.api.fields import StrictSerializer
from lms.api.pagination import ChangedSince, Page, PageAnswer
from lms.api.preconditions import conditional
from lms.api.scopes import Scope
from lms.insights.figures import Figures, figures_of
from webinars.attendance import counted
from webinars.models import AttendanceSegment, WebinarSession


class ProgressLine(serializers.Serializer):
    """How far one enrolment is. The single activities: “GET /enrolments/{id}/progress”."""

    enrolment = serializers.UUIDField(help_text=_("Id of the enrolment."))
    cohort = serializers.UUIDField(help_text=_("Id of the cohort."))
    learner = serializers.UUIDField(help_text=_("Learner's id."))
    state = serializers.ChoiceField(choices=STATES)
    units_done = serializers.IntegerField(help_text=_("Required activities that are done."))
    units_total = serializers.IntegerField(help_text=_("Required activities of the course."))
    percent = serializers.IntegerField(min_value=0, max_value=100)
    last_finished_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the learner last finished an activity.")
    )
    updated_at = serializers.DateTimeField()


class ProgressPage(PageAnswer):
    items = ProgressLine(many=True)


class ReadBackFilters(ChangedSince):
    cohort = serializers.UUIDField(required=False, help_text=_("Id of a cohort."))
    enrolment = serializers.UUIDField(required=False, help_text=_("Id of an enrolment."))


class ReadBackList(EnrolmentView):
    """Enrolments of the region, narrowed by the filters that the lists here share."""

    scopes = {"GET": (Scope.PROGRESS_READ,)}

    def model_queryset(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.select_related("cohort__course", "learner")

    def rows(self, parameters: dict[str, Any]) -> QuerySet[Enrollment]:
        rows = self.get_queryset()
        if "cohort" in parameters:
            rows = rows.filter(cohort__uuid=parameters["cohort"])
        if "enrolment" in parameters:
            rows = rows.filter(uuid=parameters["enrolment"])
        return rows

    def page_of_changes(self, parameters: dict[str, Any]) -> Page:
        """In the order in which the enrolments, or what was finished in them, changed last."""
        rows = with_changes(self.rows(parameters))
        rows = self.changed_since(rows, parameters, by="changed_at")
        return self.page(rows, parameters, by="changed_at")


def with_changes(rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """``changed_at``: when the enrolment or what was finished in it changed last."""
    latest = Coalesce(Max("completions__at"), "updated_at", output_field=DateTimeField())
    return rows.annotate(changed_at=Greatest("updated_at", latest))


class ProgressList(ReadBackList):
    serializer_class = ProgressLine

    @extend_schema(
        operation_id="progress_list",
        summary=_("Progress of your learners, in the order of its last change"),
        tags=["progress"],
        parameters=[ReadBackFilters],
        responses=ProgressPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ReadBackFilters)
        page = self.page_of_changes(parameters)
        return Response(page.answer(ProgressLine(_progress_lines(page.rows), many=True).data))


def _progress_lines(enrollments: Sequence[Enrollment]) -> list[dict[str, Any]]:
    """In the order of ``enrollments``; queries grow with the cohorts among them only."""
    by_cohort: dict[Cohort, list[Enrollment]] = defaultdict(list)
    for enrollment in enrollments:
        by_cohort[enrollment.cohort].append(enrollment)
    lines = {}
    for cohort, members in by_cohort.items():
        for row in rows_of(cohort, members, cohort.course.outline()):
            lines[row.enrollment.pk] = {
                "enrolment": row.enrollment.uuid,
                "cohort": cohort.uuid,
                "learner": row.enrollment.learner.uuid,
                "state": row.enrollment.state,
                "units_done": row.done,
                "units_total": row.total,
                "percent": row.percent,
                "last_finished_at": row.last_completion,
                "updated_at": row.enrollment.changed_at,  # type: ignore[attr-defined]
            }
    return [lines[enrollment.pk] for enrollment in enrollments]


class Presence(serializers.Serializer):
    """One webinar of the cohort and how long the learner was there while it was open."""

    webinar = serializers.UUIDField(help_text=_("Id of the activity."))
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True, help_text=_("null: not held yet."))
    closed_at = serializers.DateTimeField(allow_null=True)
    is_cancelled = serializers.BooleanField()
    minutes = serializers.IntegerField(help_text=_("Minutes there; two tabs count once."))
    needed_minutes = serializers.IntegerField(help_text=_("From how many it counts."))
    is_counted = serializers.BooleanField()


class AttendanceLine(serializers.Serializer):
    """The webinars of one enrolment's cohort."""

    enrolment = serializers.UUIDField(help_text=_("Id of the enrolment."))
    learner = serializers.UUIDField(help_text=_("Learner's id."))
    webinars = Presence(many=True)


class AttendancePage(PageAnswer):
    items = AttendanceLine(many=True)


class AttendanceList(ReadBackList):
    serializer_class = AttendanceLine

    @extend_schema(
        operation_id="attendance_list",
        summary=_("Attendance of your learners at webinars"),
        description=_("“updated_since” keeps those who were at a webinar at that moment or later."),
        tags=["progress"],
        parameters=[ReadBackFilters],
        responses=AttendancePage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ReadBackFilters)
        rows = self.rows(parameters)
        if "updated_since" in parameters:
            since = AttendanceSegment.objects.filter(
                user=OuterRef("learner"),
                session__cohort=OuterRef("cohort"),
                last_seen_at__gte=parameters["updated_since"],
            )
            rows = rows.filter(Exists(since))
        page = self.page(rows, parameters, by="created_at")
        return Response(page.answer(AttendanceLine(_attendance_lines(page.rows), many=True).data))


def _attendance_lines(enrollments: Sequence[Enrollment]) -> list[dict[str, Any]]:
    """In the order of ``enrollments``; queries grow with the webinars held only."""
    sessions: dict[int, list[WebinarSession]] = defaultdict(list)
    for session in WebinarSession.objects.filter(
        cohort__in={enrollment.cohort_id for enrollment in enrollments}
    ).select_related("webinar", "room"):
        sessions[session.cohort_id].append(session)
    learners: dict[int, set[int]] = defaultdict(set)
    for enrollment in enrollments:
        learners[enrollment.cohort_id].add(enrollment.learner_id)
    attended = {
        session.pk: counted(session, learners[cohort_id])
        for cohort_id, held in sessions.items()
        for session in held
    }
    return [
        {
            "enrolment": enrollment.uuid,
            "learner": enrollment.learner.uuid,
            "webinars": [
                _presence(session, attended[session.pk][enrollment.learner_id])
                for session in sessions[enrollment.cohort_id]
            ],
        }
        for enrollment in enrollments
    ]


def _presence(session: WebinarSession, attended: Any) -> dict[str, Any]:
    return {
        "webinar": session.webinar.translation_key,
        "title": session.webinar.title,
        "starts_at": session.starts_at,
        "opened_at": session.opened_at,
        "closed_at": session.closed_at,
        "is_cancelled": session.cancelled_at is not None,
        "minutes": attended.minutes,
        "needed_minutes": attended.needed_minutes,
        "is_counted": attended.is_counted,
    }


class ResultsSerializer(serializers.Serializer):
    """Numbers of people and means. null: hidden, because few people stand behind it."""

    course = serializers.UUIDField()
    invited = serializers.IntegerField(allow_null=True)
    begun = serializers.IntegerField(allow_null=True)
    completed = serializers.IntegerField(allow_null=True)
    certified = serializers.IntegerField(allow_null=True)
    answered_twice = serializers.IntegerField(
        allow_null=True, help_text=_("Answered before and after, and let it count.")
    )
    median_days = serializers.IntegerField(
        allow_null=True, help_text=_("From the first visit to the end.")
    )
    is_hidden = serializers.BooleanField(
        help_text=_("The whole group is hidden: it would give a small one away.")
    )


def _results(figures: Figures) -> dict[str, Any]:
    return {
        "course": figures.course.translation_key,
        **figures.shown,
        "median_days": figures.median_days,
        "is_hidden": figures.is_hidden,
    }


class ResultsParameters(StrictSerializer):
    among = serializers.ChoiceField(
        choices=["cohort", "course"],
        default="cohort",
        help_text=_("“course”: your learners in all cohorts of the same course."),
    )


class CohortResults(CohortView):
    scopes = {"GET": (Scope.RESULTS_READ,)}
    serializer_class = ResultsSerializer

    @extend_schema(
        operation_id="cohort_results",
        summary=_("Results of your learners in a cohort, as numbers"),
        description=_(
            "By the rules of the dashboards: numbers of fewer than five people are hidden, means "
            "of fewer than ten, and whatever would let them be worked out. Gains are in the report "
            "of the course."
        ),
        tags=["results"],
        parameters=[ResultsParameters],
    )
    @conditional
    def get(self, request: Request, cohort_id: str) -> Response:
        parameters = self.parameters(ResultsParameters)
        cohort: Cohort = self.find(self.get_queryset(), cohort_id)
        seen = self.client.of_its_region(Enrollment.objects.all(), path="learner__region")
        figures = figures_of(
            seen,
            course=cohort.course,
            region=self.client.region,
            cohort=cohort if parameters["among"] == "cohort" else None,
        )
        return self.tagged(ResultsSerializer(_results(figures)).data)
