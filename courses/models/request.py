from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.cohort import Cohort
from lms.people.models import Role


class RequestState(models.TextChoices):
    PENDING = "pending", _("waits for a decision")
    WAITING = "waiting", _("in the waiting list")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("taken back")
    TOLD = "told", _("told that a cohort is open")


OPEN_REQUESTS = (RequestState.PENDING, RequestState.WAITING)
_OPEN = sorted(state.value for state in OPEN_REQUESTS)


class EnrollmentRequestQuerySet(models.QuerySet):
    def open(self) -> EnrollmentRequestQuerySet:
        return self.filter(state__in=_OPEN)

    def for_a_place(self) -> EnrollmentRequestQuerySet:
        return self.filter(cohort__isnull=False)

    def for_news(self) -> EnrollmentRequestQuerySet:
        """Those who wish to be told when a cohort opens."""
        return self.filter(cohort__isnull=True)

    def decided_by(self, user) -> EnrollmentRequestQuerySet:
        """Requests that ``user`` may decide: of their region, of their cohorts, never their own."""
        if not user.is_authenticated:
            return self.none()
        others = self.exclude(person=user)
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return others
        may = Q(person__region__in=user.coordinated_regions())
        if user.has_role(Role.TRAINER):
            may |= Q(cohort__in=Cohort.objects.filter(trainers=user))
        return others.filter(may)


class EnrollmentRequest(models.Model):
    """A person's wish for a place in a cohort; without a cohort, to hear when one opens."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="enrollment_requests",
        verbose_name=_("person"),
    )
    course = models.ForeignKey(
        "courses.Course",
        on_delete=models.CASCADE,
        related_name="enrollment_requests",
        verbose_name=_("course"),
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("cohort"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RequestState.choices, default=RequestState.PENDING
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = EnrollmentRequestQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("request for a place")
        verbose_name_plural = _("requests for places")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course"],
                condition=Q(state__in=_OPEN),
                name="request_is_open_once_in_a_course",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="request_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, decided_at__isnull=True)
                | (~Q(state__in=_OPEN) & Q(decided_at__isnull=False)),
                name="decided_request_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="declined_request_says_why"
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.cohort or self.course}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS
