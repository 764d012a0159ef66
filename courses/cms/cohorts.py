"""Cohorts in the CMS: trainers plan and change those that they lead."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.cms.cohort_form import CohortForm
from courses.cms.columns import MomentColumn
from courses.cms.menu import Place
from courses.cms.own import is_only_trainer, own_courses, sees_everything
from courses.cms.scoped import ScopedIndex, ScopedViewSet
from courses.enrolling import HOLDS_NO_PLACE
from courses.models import Cohort
from lms.people.models import User


class LedCohorts(BasePermissionPolicy):
    """Whoever leads a cohort changes it; one that people were enrolled in is not deleted."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if not user.is_authenticated or not user.is_active:
            return False
        return sees_everything(user) or is_only_trainer(user)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Cohort) -> bool:
        if action == "delete" and instance.enrollments.exists():
            return False
        return (
            self.instances_user_has_any_permission_for(user, [action])
            .filter(pk=instance.pk)
            .exists()
        )

    def instances_user_has_any_permission_for(self, user: User, actions) -> QuerySet[Cohort]:
        if not self.user_has_permission(user, "view"):
            return Cohort.objects.none()
        return Cohort.objects.run_by(user)

    def users_with_any_permission(self, actions) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)


register_permission_policy(Cohort, LedCohorts(Cohort))


def courses_of_the_reader(request):
    return own_courses(request.user)


class CohortFilters(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(
        queryset=courses_of_the_reader, label=_("Course"), empty_label=_("All")
    )
    when = django_filters.ChoiceFilter(
        label=_("Time"),
        method="in_time",
        choices=[("now", _("Under way")), ("ahead", _("Ahead")), ("past", _("Ended"))],
        empty_label=_("All"),
    )

    class Meta:
        model = Cohort
        fields = ["course", "when"]

    def in_time(self, cohorts: QuerySet[Cohort], name: str, value: str) -> QuerySet[Cohort]:
        now = timezone.now()
        return {
            "now": cohorts.filter(starts_at__lte=now, ends_at__gt=now),
            "ahead": cohorts.filter(starts_at__gt=now),
            "past": cohorts.filter(ends_at__lte=now),
        }[value]


class CohortIndex(ScopedIndex):
    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .select_related("course")
            .annotate(taken=Count("enrollments", filter=~Q(enrollments__state__in=HOLDS_NO_PLACE)))
        )


class PlacesColumn(Column):
    def get_value(self, instance):
        if instance.capacity is None:
            return str(instance.taken)
        return _("%(taken)d of %(capacity)d") % {
            "taken": instance.taken,
            "capacity": instance.capacity,
        }


class PeopleColumn(Column):
    """The way from the list to the cohort's people."""

    def get_value(self, instance):
        address = reverse("cms_cohort_people", args=[instance.pk])
        return format_html('<a href="{}">{}</a>', address, _("Progress and letters"))


class CohortViewSet(ScopedViewSet):
    model = Cohort
    icon = "group"
    menu_label = _("Cohorts")
    menu_name = "cohorts"
    menu_order = Place.COHORTS
    add_to_admin_menu = True
    list_display = [
        "title",
        "course",
        MomentColumn("starts_at", label=_("Starts"), sort_key="starts_at"),
        MomentColumn("ends_at", label=_("Ends"), sort_key="ends_at"),
        PlacesColumn("taken", label=_("Places taken")),
        PeopleColumn("people", label=_("People")),
    ]
    search_fields = ["title"]
    filterset_class = CohortFilters
    index_view_class = CohortIndex

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return CohortForm


@hooks.register("register_admin_viewset")
def cohort_viewset() -> CohortViewSet:
    return CohortViewSet("cohorts")
