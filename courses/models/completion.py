from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.enrollment import Enrollment


class CompletionQuerySet(models.QuerySet):
    def visible_to(self, user) -> CompletionQuerySet:
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))

    def counting(self) -> CompletionQuerySet:
        """Those that count towards the course."""
        return self.exclude(outcome=Completion.Outcome.FAILED)


class Completion(models.Model):
    """The ledger: who finished what. Written by ``courses.ledger.record_completion`` only."""

    class Outcome(models.TextChoices):
        COMPLETED = "completed", _("completed")
        PASSED = "passed", _("passed")
        FAILED = "failed", _("not passed")
        WAIVED = "waived", _("waived by the trainer")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="completions")
    activity = models.ForeignKey(
        "courses.Activity", on_delete=models.PROTECT, related_name="completions"
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    score = models.FloatField(_("score"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "activity"], name="activity_is_completed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.outcome}"
