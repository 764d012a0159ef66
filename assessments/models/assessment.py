from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from assessments.models.instrument import Instrument
from courses.models import Activity, Cohort, Enrollment


class Wave(models.TextChoices):
    """When an instrument is administered."""

    PRE = "pre", _("before")
    PRE_AGAIN = "pre_again", _("before, a second time (for those who wait)")
    POST = "post", _("after")
    THEN = "then", _("looking back at the time before")
    FOLLOW_UP = "follow_up", _("some weeks later")


class Assessment(Activity):
    """An activity in which an instrument is answered, at one wave."""

    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.PROTECT,
        related_name="assessments",
        verbose_name=_("instrument"),
    )
    wave = models.CharField(_("wave"), max_length=12, choices=Wave.choices)

    is_creatable = True
    content_panels = [
        *Activity.content_panels,
        FieldPanel("instrument"),
        FieldPanel("wave"),
    ]
    template = "assessments/start.html"
    kind_label = _("questionnaire")
    icon_name = "clipboard-list"

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        constraints = [
            models.CheckConstraint(
                condition=Q(wave__in=["pre", "pre_again", "post", "then", "follow_up"]),
                name="assessment_wave_is_known",
            )
        ]

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from assessments.views import start_page

        return start_page(request, self, enrollment)


class Administration(models.Model):
    """When one cohort may answer an assessment. Without one, ``windows`` says the usual time."""

    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,
        related_name="administrations",
        verbose_name=_("questionnaire"),
    )
    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="administrations", verbose_name=_("cohort")
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)

    class Meta:
        ordering = ["cohort", "opens_at", "pk"]
        verbose_name = _("time of answering")
        verbose_name_plural = _("times of answering")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "cohort"], name="assessment_has_one_window_in_a_cohort"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="window_closes_after_it_opens",
                violation_error_message=_("The end must come after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.cohort}"
