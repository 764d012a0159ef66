"""Courses: what a region's people may study; the programme in the words of a training centre."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from courses.models import Course
from lms.api.cohorts import CourseSerializer
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView


class CoursePage(PageAnswer):
    items = CourseSerializer(many=True)


class CourseView(ApiView):
    """Published courses, and those with a cohort that is open to the region."""

    scopes = {"GET": (Scope.COHORTS_READ,)}
    region_path = "cohorts__regions"
    missing_code = "course-not-found"
    serializer_class = CourseSerializer

    def model_queryset(self) -> QuerySet[Course]:
        return Course.objects.all()

    def get_queryset(self) -> QuerySet[Course]:
        own = Q(pk__in=self.in_region(Course.objects.order_by()).values("pk"))
        return self.model_queryset().filter(own | Q(live=True))

    def find(self, queryset: QuerySet, identifier: str) -> Course:
        """By the id that all languages of a course share."""
        try:
            found = queryset.filter(translation_key=uuid.UUID(identifier)).order_by("pk").first()
        except ValueError:
            found = None
        if found is None:
            raise Problem(self.missing_code)
        return found


class Courses(CourseView):
    @extend_schema(
        operation_id="course_list",
        summary=_("Courses"),
        description=_("“updated_since” keeps those that were published anew since."),
        tags=["courses"],
        parameters=[ChangedSince],
        responses=CoursePage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ChangedSince)
        rows = self.get_queryset()
        if since := parameters.get("updated_since"):
            rows = rows.filter(last_published_at__gte=since)
        return self.listed(self.page(rows, parameters, by="pk"))


class CourseDetail(CourseView):
    @extend_schema(operation_id="course", summary=_("One course"), tags=["courses"])
    @conditional
    def get(self, request: Request, course_id: str) -> Response:
        return self.single(self.find(self.get_queryset(), course_id))
