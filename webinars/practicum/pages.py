"""The page type that trainers put into a course."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

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
    wait_minutes = models.PositiveSmallIntegerField(
        _("longest wait in the queue, minutes"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_(
            "After that a smaller group begins; whoever is alone is offered a dialogue simulator."
        ),
    )
    keep_days = models.PositiveSmallIntegerField(
        _("transcripts are kept, days"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("People agree to this time before they begin; then the lines are erased."),
    )
    requires_review = models.BooleanField(
        _("a trainer's review is required"),
        default=False,
        help_text=_("The practicum counts when a trainer has accepted it."),
    )
    simulator = models.ForeignKey(
        "courses.Dialogue",
        verbose_name=_("dialogue simulator for whoever waits alone"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    is_creatable = True
    content_panels = [
        *Activity.content_panels,
        FieldPanel("scenario"),
        FieldPanel("rubric"),
        MultiFieldPanel(
            [FieldPanel("people"), FieldPanel("wait_minutes"), FieldPanel("simulator")],
            heading=_("Groups"),
        ),
        FieldPanel("requires_review"),
        FieldPanel("keep_days"),
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
