from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.enrollment_states import OPEN_STATES, EnrollmentState
from courses.models.cohort import Cohort
from lms.people.models import Region, Role

_OPEN = [str(state) for state in sorted(OPEN_STATES)]


class EnrollmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> EnrollmentQuerySet:
        """One's own, one's cohorts' as a trainer, one's region's as its coordinator."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(
            Q(learner=user)
            | Q(cohort__trainers=user)
            | Q(learner__region__in=user.coordinated_regions())
        ).distinct()

    def in_region(self, region: Region) -> EnrollmentQuerySet:
        return self.filter(learner__region=region)

    def open(self) -> EnrollmentQuerySet:
        """Invited or active."""
        return self.filter(state__in=_OPEN)

    def studying(self) -> EnrollmentQuerySet:
        """Those whose pages open: active and completed."""
        return self.filter(state__in=[EnrollmentState.ACTIVE, EnrollmentState.COMPLETED])


class Enrollment(models.Model):
    """One person in one cohort. ``attempt`` counts repeats after a finished one."""

    STATE_LABELS = {
        EnrollmentState.INVITED: _("invited"),
        EnrollmentState.ACTIVE: _("studying"),
        EnrollmentState.COMPLETED: _("completed"),
        EnrollmentState.WITHDRAWN: _("withdrawn"),
        EnrollmentState.EXPIRED: _("expired"),
    }

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="enrollments",
        verbose_name=_("learner"),
        db_index=False,  # the first of a unique constraint
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        related_name="enrollments",
        verbose_name=_("cohort"),
        db_index=False,  # the first of an index
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=EnrollmentState.INVITED,
    )
    metadata = models.JSONField(
        _("notes of the region's systems"), default=dict, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("enrolled"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    activated_at = models.DateTimeField(_("began"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort", "attempt"], name="enrollment_attempt_is_counted_once"
            ),
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                condition=Q(state__in=_OPEN),
                name="enrollment_is_open_once_in_a_cohort",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in EnrollmentState]),
                name="enrollment_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
                name="completed_enrollment_says_when",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state"]), models.Index(fields=["updated_at"])]

    def __str__(self) -> str:
        return f"{self.learner} · {self.cohort}"

    @property
    def is_open(self) -> bool:
        return EnrollmentState(self.state) in OPEN_STATES


class EnrollmentTransition(models.Model):
    """The audit of an enrolment: who moved it where, when and why. Never changed or deleted."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="transitions")
    from_cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Where the person came from, when they were moved to another cohort."),
    )
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    source = models.CharField(_("source"), max_length=60)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("change of an enrolment")
        verbose_name_plural = _("changes of enrolments")
        indexes = [
            models.Index(
                fields=["actor"], condition=Q(actor__isnull=False), name="transition_by_a_person"
            ),
            models.Index(
                fields=["from_cohort"],
                condition=Q(from_cohort__isnull=False),
                name="transition_from_a_cohort",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
