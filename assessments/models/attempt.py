from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment, Wave
from assessments.models.instrument import Instrument, Item, Scale
from assessments.vectors import unpack
from courses.models import Enrollment


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> AttemptQuerySet:
        """One's own only: answers are shown to nobody else, whatever their role."""
        return self.filter(enrollment__learner=user) if user.is_authenticated else self.none()

    def submitted(self) -> AttemptQuerySet:
        """Sent, and not erased since."""
        return self.filter(submitted_at__isnull=False, erased_at=None)


class Attempt(models.Model):
    """One person's answers to one assessment: a draft until it is submitted, then locked.

    ``wave`` and ``form`` are written when it begins and stay, whatever becomes of the assessment.
    The totals are written at submission: a report over many people reads nothing else.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="attempts")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="attempts")
    wave = models.CharField(_("wave"), max_length=12, choices=Wave.choices)
    form = models.CharField(_("form"), max_length=1, choices=Item.Form.choices, blank=True)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased by the person"), null=True, blank=True)
    vector = models.BinaryField(
        _("answers"),
        null=True,
        blank=True,
        help_text=_("A byte for each value in the order of the sheet; written at submission."),
    )
    self_report = models.FloatField(_("self-report, mean of the trained scales"), null=True)
    judgement = models.FloatField(_("judgement of situations, mean points"), null=True)
    yardstick = models.FloatField(_("mean of what is asked again looking back"), null=True)
    critical_errors = models.PositiveSmallIntegerField(_("critical errors"), default=0)
    item_seconds = models.JSONField(_("seconds for each item"), default=dict, blank=True)
    fast_pages = models.PositiveSmallIntegerField(_("pages answered too fast"), null=True)
    longest_run = models.PositiveSmallIntegerField(_("longest run of one answer"), null=True)
    failed_instructed = models.PositiveSmallIntegerField(_("failed checks of attention"), null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "assessment"], name="assessment_is_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, vector__isnull=True, erased_at__isnull=True)
                | Q(submitted_at__isnull=False, vector__isnull=False, erased_at__isnull=True)
                | Q(submitted_at__isnull=False, vector__isnull=True, erased_at__isnull=False),
                name="submitted_attempt_keeps_its_answers_until_erased",
            ),
            models.CheckConstraint(
                condition=Q(wave__in=["pre", "pre_again", "post", "then", "follow_up"]),
                name="attempt_wave_is_known",
            ),
            models.CheckConstraint(
                condition=Q(form__in=["", "A", "B"]), name="attempt_is_of_form_a_b_or_the_only_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["instrument", "wave", "enrollment"],
                condition=Q(submitted_at__isnull=False, erased_at__isnull=True),
                name="submitted_attempts_of_a_wave",
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def is_sent_before(self, other: Attempt) -> bool:
        """Whether both are sent, and this one not later than the other."""
        mine, theirs = self.submitted_at, other.submitted_at
        return mine is not None and theirs is not None and mine <= theirs

    @property
    def values(self) -> list[int | None] | None:
        """The answers in the order of the sheet, None where there is none; None in a draft."""
        return None if self.vector is None else unpack(self.vector)


class Response(models.Model):
    """The answer to one part of an item: a value, or words, or the reason why there is none."""

    class Missing(models.TextChoices):
        CANNOT_SAY = "cannot_say", _("hard to say")
        NOT_APPLICABLE = "not_applicable", _("there were no such conversations")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="responses")
    part = models.PositiveSmallIntegerField(
        _("part"),
        default=0,
        help_text=_("Which reply was rated, from 0; best 0 and worst 1; else 0."),
    )
    value = models.SmallIntegerField(_("value"), null=True, blank=True)
    text = models.TextField(_("own words"), blank=True)
    missing = models.CharField(
        _("why there is no answer"), max_length=16, blank=True, choices=Missing.choices
    )
    key = models.CharField(_("key of the sending"), max_length=40, blank=True)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "item", "part"], name="item_is_answered_once_in_an_attempt"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, missing="", text="")
                | (Q(value__isnull=True, text="") & ~Q(missing=""))
                | (Q(value__isnull=True, missing="") & ~Q(text="")),
                name="answer_is_a_value_words_or_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value}"


class ScaleScore(models.Model):
    """The score of one scale in a submitted attempt, in points of the scale's span."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="scores")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="scores")
    mean = models.FloatField(_("mean"), null=True, blank=True)
    answered = models.PositiveSmallIntegerField(_("items answered"))
    of_items = models.PositiveSmallIntegerField(_("of items"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "scale"], name="scale_is_scored_once"),
            models.CheckConstraint(
                condition=Q(answered__lte=F("of_items")), name="no_more_answers_than_items"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scale_id}: {self.mean}"
