"""What the page of results can be narrowed by; the choice stands in the address."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort, Course, Enrollment
from lms.insights.scope import reported_enrollments, sees_all_regions
from lms.people.models import Region, User

LONGEST_ID = 18
"""Digits of a number that every database can be asked for."""


class OneOf(forms.ModelChoiceField):
    """One of the rows on offer, by its id; anything else is an error on the page."""

    def to_python(self, value: Any) -> Any:
        if len(str(value or "")) > LONGEST_ID:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ProgrammeFilters(forms.Form):
    """Offers only what lies in ``enrollments``, the scope of the viewer."""

    course = OneOf(Course.objects.none(), label=_("Programme"), empty_label=None)
    region = OneOf(
        Region.objects.none(), label=_("Region"), required=False, empty_label=_("All regions")
    )
    cohort = OneOf(
        Cohort.objects.none(), label=_("Cohort"), required=False, empty_label=_("All cohorts")
    )

    def __init__(self, data: Any, *, enrollments: QuerySet[Enrollment]):
        courses = Course.objects.filter(cohorts__enrollments__in=enrollments)
        self.courses = list(
            courses.annotate(people=Count("cohorts__enrollments")).order_by("-people", "title")
        )
        values = {name: data.get(name, "") for name in ("course", "region", "cohort")}
        if not values["course"] and self.courses:
            values["course"] = str(self.courses[0].pk)
        super().__init__(values)
        self.fields["course"].queryset = courses.distinct().order_by("title")
        self.fields["region"].queryset = Region.objects.filter(
            people__enrollments__in=enrollments
        ).distinct()
        cohorts = Cohort.objects.filter(enrollments__in=enrollments).distinct()
        with suppress(ValidationError):  # which is said beside the field
            cohorts = cohorts.filter(course=self.fields["course"].clean(values["course"]))
        self.fields["cohort"].queryset = cohorts.order_by("title")


class ReportFilters(forms.Form):
    """Offers the programmes and the regions whose reports the reader may see."""

    course = OneOf(Course.objects.none(), label=_("Programme"), empty_label=None)
    region = OneOf(
        Region.objects.none(),
        label=_("Region"),
        required=False,
        empty_label=_("The whole programme"),
    )

    def __init__(self, data: Any, *, user: User):
        values = {name: data.get(name, "") for name in ("course", "region")}
        self.sees_whole = sees_all_regions(user)
        seen = reported_enrollments(user)
        courses = Course.objects.filter(cohorts__enrollments__in=seen)
        largest = courses.annotate(people=Count("cohorts__enrollments")).order_by("-people").first()
        regions = Region.objects.filter(people__enrollments__in=seen).distinct().order_by("name")
        if not values["course"] and largest:
            values["course"] = str(largest.pk)
        if not self.sees_whole and not values["region"] and (own := regions.first()):
            values["region"] = str(own.pk)
        super().__init__(values)
        self.has_choice = largest is not None
        self.fields["course"].queryset = courses.distinct().order_by("title")
        self.fields["region"].queryset = regions
        if not self.sees_whole:
            self.fields["region"].empty_label = None
            self.fields["region"].required = True


class CourseFilter(forms.Form):
    """One of ``courses``; the largest unless another is chosen."""

    course = OneOf(Course.objects.none(), label=_("Programme"), empty_label=None)

    def __init__(self, data: Any, *, courses: QuerySet[Course]):
        seen = Course.objects.filter(pk__in=courses.values("pk"))
        largest = seen.annotate(people=Count("cohorts__enrollments")).order_by("-people").first()
        self.has_choice = largest is not None
        chosen = data.get("course", "") or (str(largest.pk) if largest else "")
        super().__init__({"course": chosen})
        self.fields["course"].queryset = seen.order_by("title")
