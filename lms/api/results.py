"""Results of one enrolment: what was answered, finished or passed, and never how a person scored.

Learners are promised that only they see their answers and their own result («Ваши ответы и личный
результат видите только вы»), and ratings of a practicum are for its group and trainers. So a region
reads that a questionnaire was sent and when, as it reads in the progress, and of scores only why
there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import Assessment, Wave
from courses.models import Activity, Completion, Course, Enrollment
from lms.api.enrolments import STATES
from lms.api.pagination import PageAnswer
from lms.api.preconditions import conditional
from lms.api.read_back import ReadBackFilters, ReadBackList, with_changes
from webinars.models import Practicum


class ResultState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"


class NoScore(StrEnum):
    """Why there is no score."""

    LEARNERS_OWN = "learners-own"
    NOT_SCORED = "not-scored"


class ResultSerializer(serializers.Serializer):
    """One questionnaire, or one required activity that has an outcome."""

    activity = serializers.UUIDField(help_text=_("Id of the activity, as in the progress."))
    title = serializers.CharField()
    kind = serializers.CharField(help_text=_("Kind of activity, for example “assessment”."))
    code = serializers.CharField(
        allow_null=True, help_text=_("Code of the questionnaire; null for other activities.")
    )
    wave = serializers.ChoiceField(
        choices=Wave.values,
        allow_null=True,
        help_text=_("When the questionnaire is asked; null for other activities."),
    )
    state = serializers.ChoiceField(
        choices=[state.value for state in ResultState],
        help_text=_("“open”: a questionnaire that has not been sent."),
    )
    passed = serializers.BooleanField(
        allow_null=True, help_text=_("Whether it counts towards the course; null: still open.")
    )
    attempt = serializers.IntegerField(help_text=_("Which attempt at the course it belongs to."))
    graded_at = serializers.DateTimeField(allow_null=True, help_text=_("When it became so."))
    score = serializers.FloatField(
        allow_null=True, help_text=_("null; “no_score” says why. Other kinds may bring scores.")
    )
    no_score = serializers.ChoiceField(
        choices=[reason.value for reason in NoScore],
        allow_null=True,
        help_text=_(
            "“learners-own”: learners are promised that only they see their answers and results, "
            "and ratings of a practicum stay with its group and trainers. “not-scored”: it has no "
            "score."
        ),
    )


ANSWERED_AND_OPEN = OpenApiExample(
    "answered",
    summary=_("One questionnaire is sent, the other is still open"),
    value={
        "enrolment": "0d0e7a3c-6f0a-4b5e-9a49-2f3f2f1d7c11",
        "cohort": "5d8d2f0e-8a1c-4a68-9d0a-3d9a3f6b1c22",
        "learner": "f2b7c1d4-1e57-4a3b-8f0c-7a6d5e4f3b33",
        "state": "active",
        "updated_at": "2026-11-12T08:30:00Z",
        "results": [
            {
                "activity": "9a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c44",
                "title": "Анкета до курса",
                "kind": "assessment",
                "code": "careful-communication",
                "wave": "pre",
                "state": "answered",
                "passed": True,
                "attempt": 1,
                "graded_at": "2026-11-12T08:30:00Z",
                "score": None,
                "no_score": "learners-own",
            },
            {
                "activity": "1f2e3d4c-5b6a-4789-90ab-cdef01234555",
                "title": "Анкета после курса",
                "kind": "assessment",
                "code": "careful-communication",
                "wave": "post",
                "state": "open",
                "passed": None,
                "attempt": 1,
                "graded_at": None,
                "score": None,
                "no_score": "learners-own",
            },
        ],
    },
    response_only=True,
)


class EnrolmentResultsSerializer(serializers.Serializer):
    """The results of one enrolment, in the order of the programme."""

    enrolment = serializers.UUIDField(help_text=_("Id of the enrolment."))
    cohort = serializers.UUIDField(help_text=_("Id of the cohort."))
    learner = serializers.UUIDField(help_text=_("Learner's id."))
    state = serializers.ChoiceField(choices=STATES, help_text=_("State of the enrolment."))
    updated_at = serializers.DateTimeField()
    results = ResultSerializer(many=True)


class ResultsPage(PageAnswer):
    items = EnrolmentResultsSerializer(many=True)


class ResultsView(ReadBackList):
    serializer_class = EnrolmentResultsSerializer


class EnrolmentResults(ResultsView):
    @extend_schema(
        operation_id="enrolment_results",
        summary=_("Results of one enrolment: what was answered and finished, and when"),
        description=_(
            "Scores of questionnaires are given to nobody but the learner; “GET "
            "/cohorts/{cohort_id}/results” and the report of the course tell of groups."
        ),
        tags=["results"],
        examples=[ANSWERED_AND_OPEN],
    )
    @conditional
    def get(self, request: Request, enrolment_id: str) -> Response:
        found = self.find(with_changes(self.get_queryset()), enrolment_id)
        (line,) = results_of([found])
        return self.single(line)


class ResultList(ResultsView):
    @extend_schema(
        operation_id="result_list",
        summary=_("Results of your learners, in the order of their last change"),
        description=_("One line an enrolment, as “GET /enrolments/{enrolment_id}/results” has it."),
        tags=["results"],
        parameters=[ReadBackFilters],
        responses=ResultsPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ReadBackFilters)
        page = self.page_of_changes(parameters)
        lines = EnrolmentResultsSerializer(results_of(page.rows), many=True).data
        return Response(page.answer(lines))


def results_of(enrollments: Sequence[Enrollment]) -> list[dict[str, Any]]:
    """In the order of ``enrollments``; queries grow with the courses among them only."""
    completions: dict[int, dict[int, tuple[str, datetime]]] = defaultdict(dict)
    for enrollment_id, activity_id, outcome, at in Completion.objects.filter(
        enrollment__in=enrollments
    ).values_list("enrollment_id", "activity_id", "outcome", "at"):
        completions[enrollment_id][activity_id] = outcome, at
    courses = {one.cohort.course_id: one.cohort.course for one in enrollments}
    programmes = {pk: _Programme(course) for pk, course in courses.items()}
    return [
        {
            "enrolment": one.uuid,
            "cohort": one.cohort.uuid,
            "learner": one.learner.uuid,
            "state": one.state,
            "updated_at": one.changed_at,  # type: ignore[attr-defined]
            "results": programmes[one.cohort.course_id].results(one, completions[one.pk]),
        }
        for one in enrollments
    ]


class _Programme:
    """The live activities of a course, and which of them are questionnaires."""

    def __init__(self, course: Course) -> None:
        self._activities = course.outline().activities
        self._questionnaires: Mapping[int, tuple[str, str]] = {
            pk: (code, wave)
            for pk, code, wave in Assessment.objects.filter(
                pk__in=[activity.pk for activity in self._activities]
            ).values_list("pk", "instrument__code", "wave")
        }

    def results(
        self, enrollment: Enrollment, finished: Mapping[int, tuple[str, datetime]]
    ) -> list[dict[str, Any]]:
        return [
            self._result(activity, enrollment, *finished.get(activity.pk, ("", None)))
            for activity in self._activities
            if activity.pk in self._questionnaires
            or (activity.is_required and activity.pk in finished)
        ]

    def _result(
        self, activity: Activity, enrollment: Enrollment, outcome: str, at: datetime | None
    ) -> dict[str, Any]:
        code, wave = self._questionnaires.get(activity.pk, (None, None))
        return {
            "activity": activity.translation_key,
            "title": activity.title,
            "kind": activity.content_type.model,
            "code": code,
            "wave": wave,
            "state": _state(outcome, is_questionnaire=code is not None),
            "passed": outcome != Completion.Outcome.FAILED if outcome else None,
            "attempt": enrollment.attempt,
            "graded_at": at,
            "score": None,
            "no_score": _why_no_score(activity),
        }


def _state(outcome: str, *, is_questionnaire: bool) -> str:
    if not outcome:
        return ResultState.OPEN
    if is_questionnaire and outcome == Completion.Outcome.COMPLETED:
        return ResultState.ANSWERED
    return ResultState(outcome)


_OWN = (Assessment, Practicum)


def _why_no_score(activity: Activity) -> NoScore:
    kind = activity.content_type.model_class()
    is_own = kind is not None and issubclass(kind, _OWN)
    return NoScore.LEARNERS_OWN if is_own else NoScore.NOT_SCORED
