"""How far a learner has come in the course of an enrolment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.models import Completion, Enrollment
from courses.programme import programme_of
from courses.progress import State
from lms.api.enrolments import EnrolmentView
from lms.api.preconditions import conditional
from lms.api.scopes import Scope


class ActivityProgress(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.CharField(help_text=_("Kind of activity, for example “lesson”."))
    is_required = serializers.BooleanField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    outcome = serializers.ChoiceField(choices=Completion.Outcome.values, allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ProgressSerializer(serializers.Serializer):
    """Answers to questionnaires and their scores are not here: they are the learner's own."""

    enrolment = serializers.UUIDField(help_text=_("Id of the enrolment."))
    state = serializers.CharField(help_text=_("State of the enrolment."))
    units_done = serializers.IntegerField(help_text=_("Required activities that are done."))
    units_total = serializers.IntegerField(help_text=_("Required activities of the course."))
    percent = serializers.IntegerField(min_value=0, max_value=100)
    last_activity_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the learner last came in or finished something.")
    )
    updated_at = serializers.DateTimeField()
    activities = ActivityProgress(many=True)


def progress_of(enrollment: Enrollment) -> dict[str, Any]:
    """The progress as the API shows it; a constant number of queries."""
    programme = programme_of(enrollment.cohort.course, enrollment)
    finished = {completion.activity_id: completion for completion in enrollment.completions.all()}
    moments = [completion.at for completion in finished.values()]
    activities = []
    for row in programme.rows:
        completion = finished.get(row.activity.pk)
        activities.append(
            {
                "id": row.activity.translation_key,
                "title": row.activity.title,
                "kind": row.activity.content_type.model,
                "is_required": row.activity.is_required,
                "state": row.state,
                "outcome": completion.outcome if completion else None,
                "finished_at": completion.at if completion else None,
            }
        )
    return {
        "enrolment": enrollment.uuid,
        "state": enrollment.state,
        "units_done": programme.done,
        "units_total": programme.total,
        "percent": programme.percent,
        "last_activity_at": _latest(enrollment.activated_at, *moments),
        "updated_at": _latest(enrollment.updated_at, *moments),
        "activities": activities,
    }


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


class EnrolmentProgress(EnrolmentView):
    scopes = {"GET": (Scope.PROGRESS_READ,)}
    serializer_class = ProgressSerializer

    @extend_schema(
        operation_id="enrolment_progress",
        summary=_("Progress of one enrolment"),
        tags=["progress"],
    )
    @conditional
    def get(self, request: Request, enrolment_id: str) -> Response:
        return self.single(progress_of(self.find(self.get_queryset(), enrolment_id)))
