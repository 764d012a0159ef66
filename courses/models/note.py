from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.enrollment import Enrollment


class LessonNote(models.Model):
    """A learner's own words beside a lesson. Nobody else may read them, staff included."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="notes")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], name="lesson_has_one_note_of_a_learner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.version}"


class LessonPosition(models.Model):
    """Where a learner stopped in a lesson: the block they read, the second of its video."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="positions")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.CASCADE, related_name="positions")
    block = models.CharField(max_length=40, blank=True)
    video = models.CharField(max_length=40, blank=True, help_text="The block of the video.")
    second = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("position in a lesson")
        verbose_name_plural = _("positions in lessons")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], name="lesson_has_one_position_of_a_learner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.block}"
