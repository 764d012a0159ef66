"""From a page of the CMS to the learner's view of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from courses.models import Course
from courses.programme import leads
from lms.people.models import User


@hooks.register("register_page_header_buttons")
def see_it_as_a_learner(page: Page, user: User, view_name: str, next_url=None) -> Iterator[Button]:
    course = Course.objects.ancestor_of(page, inclusive=True).live().first()
    if course is not None and leads(user, course):
        yield Button(
            _("See it as a learner"),
            url=reverse("courses:as_learner", args=[course.pk]),
            icon_name="view",
            priority=15,
        )
