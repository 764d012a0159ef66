"""The page type that trainers put into a course."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from courses.models import Activity, Enrollment


class Practicum(Activity):
    """A conversation in roles. People of a cohort find each other on this page."""

    scenario = models.ForeignKey(
        "webinars.Scenario",
        on_delete=models.PROTECT,
        related_name="practicums",
        verbose_name=_("scenario"),
    )
    rubric = models.ForeignKey(
        "webinars.Rubric",
        on_delete=models.PROTECT,
        related_name="practicums",
        verbose_name=_("rubric"),
    )
    people = models.PositiveSmallIntegerField(
        _("people in a group"), default=2, choices=[(2, "2"), (3, "3"), (4, "4")]
    )

    is_creatable = True
    content_panels = [
        *Activity.content_panels,
        FieldPanel("scenario"),
        FieldPanel("rubric"),
        FieldPanel("people"),
    ]
    template = "webinars/practicum.html"
    kind_label = _("practicum")
    icon_name = "users"

    class Meta:
        verbose_name = _("practicum")
        verbose_name_plural = _("practicums")

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from webinars.practicum.views import practicum_page

        return practicum_page(request, self, enrollment)
