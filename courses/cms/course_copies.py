"""“Create after this pattern”: a new course, and if wanted a cohort, from one of one's own."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from courses.cms.own import is_only_trainer, own_courses, sees_everything
from courses.copying import copy_cohort, copy_course, shift_to
from courses.models import Cohort, Course
from lms.people.models import User


class CourseCopyForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title of the new course"), max_length=255)
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=gettext_lazy("A cohort to copy too"),
        required=False,
        empty_label=gettext_lazy("Without a cohort"),
        help_text=gettext_lazy("Its dates and webinars move along; its people do not."),
    )
    cohort_title = forms.CharField(
        label=gettext_lazy("Title of the new cohort"), max_length=200, required=False
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day of the new cohort"), required=False, widget=AdminDateInput
    )

    def __init__(self, *args, course: Course, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.run_by(user).filter(course=course)

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        has_day = cleaned.get("first_day") or "first_day" in self.errors
        if cleaned.get("cohort") and not has_day:
            self.add_error("first_day", _("Say when the new cohort begins."))
        return cleaned


def copy(request: HttpRequest, course_id: int) -> HttpResponse:
    if not (sees_everything(request.user) or is_only_trainer(request.user)):
        raise PermissionDenied
    course = get_object_or_404(own_courses(request.user), pk=course_id)
    initial = {"title": _("%(title)s (new)") % {"title": course.title}}
    form = CourseCopyForm(request.POST or None, initial=initial, course=course, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _copied(course, form.cleaned_data, request.user)
        messages.success(
            request, _("The course “%(title)s” is ready as a draft.") % {"title": made.title}
        )
        return redirect("wagtailadmin_explore", made.pk)
    context = {"course": course, "form": form, "heading": _("Create after this pattern")}
    return TemplateResponse(
        request, "courses/cms/copy_course.html", context, status=422 if form.errors else 200
    )


@transaction.atomic
def _copied(course: Course, wanted: dict, user: User) -> Course:
    made, pages = copy_course(course=course, title=wanted["title"], owner=user)
    if cohort := wanted["cohort"]:
        copy_cohort(
            cohort=cohort,
            course=made,
            pages=pages,
            title=wanted["cohort_title"] or cohort.title,
            trainer=user,
            shift=shift_to(
                wanted["first_day"],
                starts_at=cohort.starts_at,
                zone=timezone.get_current_timezone(),
            ),
        )
    return made


@hooks.register("register_page_header_buttons")
def copy_button(page: Page, user: User, view_name: str, next_url: str | None = None):
    if page.specific_class is Course and own_courses(user).filter(pk=page.pk).exists():
        yield Button(
            _("Create after this pattern"),
            reverse("cms_copy_course", args=[page.pk]),
            icon_name="copy",
            priority=45,
        )


@hooks.register("before_copy_page")
def courses_are_copied_here(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The CMS's own copy would lead the new course's prerequisites back into the old one."""
    if page.specific_class is Course:
        return redirect("cms_copy_course", page.pk)
    return None
