from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort
from webinars.models.room import Room


class WebinarSessionQuerySet(models.QuerySet):
    def visible_to(self, user) -> WebinarSessionQuerySet:
        """Sessions of the cohorts that ``user`` learns in, trains or oversees."""
        return self.filter(cohort__in=Cohort.objects.visible_to(user))

    def run_by(self, user) -> WebinarSessionQuerySet:
        """Sessions that ``user`` may open, lead and close."""
        return self.filter(cohort__in=Cohort.objects.run_by(user))


class WebinarSession(models.Model):
    """The meeting of one cohort for one webinar. When it was opened and closed, its room knows."""

    webinar = models.ForeignKey(
        "webinars.Webinar",
        on_delete=models.PROTECT,
        related_name="sessions",
        verbose_name=_("webinar"),
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        related_name="webinar_sessions",
        verbose_name=_("cohort"),
    )
    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="webinar_session")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(_("changes of the time"), default=0, editable=False)
    """Raised with every move, so that calendars know the newer from the older."""
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = WebinarSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("webinar session")
        verbose_name_plural = _("webinar sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "cohort"], name="webinar_meets_once_for_a_cohort"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="webinar_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webinar} · {self.cohort}"

    @property
    def opened_at(self) -> datetime | None:
        return self.room.opened_at

    @property
    def closed_at(self) -> datetime | None:
        return self.room.closed_at
