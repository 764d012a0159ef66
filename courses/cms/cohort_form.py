"""The form of a cohort in the CMS."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from courses.cms.own import is_only_trainer, own_courses
from courses.enrolling import places_taken
from courses.models import Cohort
from lms.people.models import Role, User
from lms.people.zones import zone_in_words


class CohortForm(WagtailAdminModelForm):
    """A trainer chooses among their own courses and leads the cohort that they make."""

    class Meta:
        model = Cohort
        fields = [
            "title",
            "course",
            "starts_at",
            "ends_at",
            "enrollment_closes_at",
            "capacity",
            "regions",
            "trainers",
        ]
        widgets = {
            "starts_at": AdminDateTimeInput,
            "ends_at": AdminDateTimeInput,
            "enrollment_closes_at": AdminDateTimeInput,
            "regions": forms.CheckboxSelectMultiple,
            "trainers": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = own_courses(self.for_user)
        clock = _("By your own clock: %(zone)s.") % {"zone": zone_in_words(timezone.now())}
        for name in ("starts_at", "ends_at", "enrollment_closes_at"):
            self.fields[name].help_text = f"{self.fields[name].help_text} {clock}".strip()
        leading = Q(role_assignments__role__in=[Role.TRAINER, Role.METHODOLOGIST])
        if self.instance.pk:
            leading |= Q(pk__in=self.instance.trainers.values("pk"))
        self.fields["trainers"].queryset = User.objects.filter(
            pk__in=User.objects.filter(leading, is_active=True).values("pk")
        )

    def clean_course(self):
        course = self.cleaned_data["course"]
        moved = self.instance.pk and course.pk != Cohort.objects.get(pk=self.instance.pk).course_id
        if moved and self.instance.enrollments.exists():
            raise ValidationError(
                _("People are enrolled in this cohort already, so its course stays.")
            )
        return course

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        taken = places_taken(self.instance) if self.instance.pk else 0
        if capacity is not None and capacity < taken:
            raise ValidationError(
                _("%(taken)d places are taken already: the cohort cannot have fewer."),
                params={"taken": taken},
            )
        return capacity

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        closes_at = cleaned.get("enrollment_closes_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end must come after the beginning."))
        elif ends_at and closes_at and closes_at > ends_at:
            self.add_error(
                "enrollment_closes_at", _("Enrolment must close before the cohort ends.")
            )
        return cleaned

    def _save_m2m(self):
        is_new = not self.instance.trainers.exists()
        super()._save_m2m()
        if is_new and is_only_trainer(self.for_user):
            self.instance.trainers.add(self.for_user)
