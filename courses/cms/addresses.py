"""The pages that courses add to the CMS, under its own address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from wagtail import hooks

from courses.cms import course_copies, moving, people
from courses.cms.menu import catalog_address


def programmes(request: HttpRequest) -> HttpResponseRedirect:
    """The catalogue in the explorer, wherever it is in the tree."""
    return redirect(catalog_address())


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("programmes/", programmes, name="cms_programmes"),
        path("cohorts/<int:cohort_id>/people/", people.people, name="cms_cohort_people"),
        path("cohorts/<int:cohort_id>/people.xlsx", people.people_xlsx, name="cms_people_xlsx"),
        path("cohorts/<int:cohort_id>/move/", moving.move_people, name="cms_cohort_move"),
        path("cohorts/<int:cohort_id>/letter/", people.letter, name="cms_cohort_letter"),
        path("courses/<int:course_id>/copy/", course_copies.copy, name="cms_copy_course"),
    ]
