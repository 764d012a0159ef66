"""When a cohort may answer its questionnaires, in the CMS: whoever leads the cohort decides."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.permission_policies.base import BasePermissionPolicy

from assessments.models import Administration, Assessment
from courses.cms.cohorts import LedCohorts
from courses.cms.columns import MomentColumn
from courses.cms.own import within_own_courses
from courses.cms.scoped import ScopedViewSet
from courses.models import Cohort
from lms.people.models import User


class LedAdministrations(BasePermissionPolicy):
    """The rights follow those to the cohort."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return LedCohorts(Cohort).user_has_permission(user, action)

    def user_has_permission_for_instance(
        self, user: User, action: str, instance: Administration
    ) -> bool:
        allowed = self.instances_user_has_any_permission_for(user, [action])
        return allowed.filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(
        self, user: User, actions
    ) -> QuerySet[Administration]:
        if not self.user_has_permission(user, "view"):
            return Administration.objects.none()
        return Administration.objects.filter(cohort__in=Cohort.objects.run_by(user))

    def users_with_any_permission(self, actions) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)


class AdministrationForm(WagtailAdminModelForm):
    class Meta:
        model = Administration
        fields = ["cohort", "assessment", "opens_at", "closes_at"]
        widgets = {"opens_at": AdminDateTimeInput, "closes_at": AdminDateTimeInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.run_by(self.for_user)
        self.fields["assessment"].queryset = Assessment.objects.filter(
            pk__in=within_own_courses(self.for_user).values("pk")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cohort, assessment = cleaned.get("cohort"), cleaned.get("assessment")
        if cohort and assessment and not assessment.path.startswith(cohort.course.path):
            raise ValidationError(
                {"assessment": _("This questionnaire belongs to another course than the cohort.")}
            )
        return cleaned


class AdministrationViewSet(ScopedViewSet):
    """Dates of questionnaires; without them the usual time holds (``assessments.windows``)."""

    model = Administration
    icon = "date"
    menu_label = gettext_lazy("Times of questionnaires")
    menu_name = "administrations"
    menu_order = 155
    add_to_admin_menu = True
    list_display = [
        "assessment",
        "cohort",
        MomentColumn("opens_at", label=gettext_lazy("opens")),
        MomentColumn("closes_at", label=gettext_lazy("closes")),
    ]

    def get_form_class(self, for_update: bool = False):
        return AdministrationForm
