from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.enrollment_states import HOLDS_NO_PLACE
from lms.people.models import Region, Role


class CohortQuerySet(models.QuerySet):
    def visible_to(self, user) -> CohortQuerySet:
        """Cohorts that ``user`` learns in, trains, or whose region they coordinate."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(
            Q(trainers=user)
            | Q(regions__in=user.coordinated_regions())
            | Q(enrollments__learner=user)
        ).distinct()

    def run_by(self, user) -> CohortQuerySet:
        """Cohorts where ``user`` may lead: their trainer's, and all for staff of content."""
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(trainers=user)

    def open_to_region(self, region: Region) -> CohortQuerySet:
        """Cohorts that people of ``region`` may be enrolled in."""
        return self.filter(regions=region)

    def taking_people(self) -> CohortQuerySet:
        """Cohorts whose enrolment is open now, full ones too."""
        now = timezone.now()
        return self.filter(
            Q(enrollment_closes_at__gt=now) | Q(enrollment_closes_at__isnull=True, ends_at__gt=now)
        )

    def with_places_taken(self) -> CohortQuerySet:
        """Each with ``places_taken``, counted by the database in the same query."""
        held = ~Q(enrollments__state__in=HOLDS_NO_PLACE)
        return self.annotate(places_taken=models.Count("enrollments", filter=held, distinct=True))


class Cohort(models.Model):
    """One run of a course: dates, places, trainers, and the regions that it is open to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(
        "courses.Course",
        on_delete=models.PROTECT,
        related_name="cohorts",
        verbose_name=_("course"),
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    enrollment_closes_at = models.DateTimeField(_("enrolment closes"), null=True, blank=True)
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    regions = models.ManyToManyField(Region, related_name="cohorts", verbose_name=_("regions"))
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="trained_cohorts",
        blank=True,
        verbose_name=_("trainers"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="cohort_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def places_left(self) -> int | None:
        """None where places are not limited. Asked of cohorts ``with_places_taken`` only."""
        if self.capacity is None:
            return None
        taken: int = self.places_taken  # type: ignore[attr-defined]
        return max(0, self.capacity - taken)

    @property
    def is_enrollment_open(self) -> bool:
        return timezone.now() < (self.enrollment_closes_at or self.ends_at)
