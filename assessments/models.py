from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from courses.models import Activity, Enrollment


class Instrument(ClusterableModel):
    """A questionnaire in one wording. It freezes at the first answer; a change is a new version."""

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"))
    who_sees = models.TextField(_("who sees the answers"))
    instruction = models.TextField(_("instruction"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    options = models.JSONField(
        _("answer options"),
        help_text=_("Pairs of value and words, from the lowest to the highest."),
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)

    panels = [
        MultiFieldPanel([FieldPanel("code"), FieldPanel("version"), FieldPanel("title")]),
        FieldPanel("purpose"),
        FieldPanel("who_sees"),
        FieldPanel("instruction"),
        FieldPanel("minutes"),
        FieldPanel("options"),
        InlinePanel("scales", label=_("scales"), min_num=1),
        InlinePanel("items", label=_("items"), min_num=1),
    ]

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="instrument_version_is_made_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code}, {self.version})"

    def clean(self) -> None:
        super().clean()
        if self.pk and self.frozen_at:
            raise ValidationError(
                _("People have answered this version. Make a new version instead.")
            )

    @property
    def minimum(self) -> int:
        return min(value for value, _label in self.options)

    @property
    def maximum(self) -> int:
        return max(value for value, _label in self.options)


class Scale(Orderable):
    """What several items measure together."""

    instrument = ParentalKey(Instrument, on_delete=models.CASCADE, related_name="scales")
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what a higher score means"))
    next_practice = models.TextField(_("what to practise next"), blank=True)
    is_target = models.BooleanField(
        _("trained by the course"),
        default=True,
        help_text=_("A scale that the course does not train shows what changes by itself."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("scale")
        verbose_name_plural = _("scales")
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "code"], name="scale_code_is_unique_in_its_instrument"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Item(Orderable):
    """One statement of an instrument, keyed to one scale."""

    instrument = ParentalKey(Instrument, on_delete=models.CASCADE, related_name="items")
    code = models.SlugField(_("code"), max_length=40)
    scale_code = models.SlugField(_("scale"), max_length=40)
    text = models.TextField(_("statement"))
    is_reversed = models.BooleanField(
        _("reversed"), default=False, help_text=_("Agreeing means less of what the scale measures.")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "code"], name="item_code_is_unique_in_its_instrument"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:60]}"


class Wave(models.TextChoices):
    """When an instrument is administered."""

    PRE = "pre", _("before")
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

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from assessments.views import start_page

        return start_page(request, self, enrollment)


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> AttemptQuerySet:
        """One's own only: answers are shown to nobody else, whatever their role."""
        return self.filter(enrollment__learner=user) if user.is_authenticated else self.none()

    def submitted(self) -> AttemptQuerySet:
        return self.filter(submitted_at__isnull=False)


class Attempt(models.Model):
    """One person's answers to one assessment: a draft until it is submitted, then locked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="attempts")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    answers = models.JSONField(
        _("answers"),
        null=True,
        blank=True,
        help_text=_("Values in the order of the items, null where none; written at submission."),
    )
    item_seconds = models.JSONField(_("seconds for each item"), default=dict, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "assessment"], name="assessment_is_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, answers__isnull=True)
                | Q(submitted_at__isnull=False, answers__isnull=False),
                name="submitted_attempt_keeps_its_answers",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Response(models.Model):
    """The answer to one item. No value and a reason: the person could not say."""

    class Missing(models.TextChoices):
        CANNOT_SAY = "cannot_say", _("hard to say")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="responses")
    value = models.SmallIntegerField(_("value"), null=True, blank=True)
    missing = models.CharField(
        _("why there is no answer"), max_length=12, blank=True, choices=Missing.choices
    )
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "item"], name="item_is_answered_once_in_an_attempt"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, missing="")
                | (Q(value__isnull=True) & ~Q(missing="")),
                name="answer_has_a_value_or_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value}"


class ScaleScore(models.Model):
    """The score of one scale in a submitted attempt, in points of the answer options."""

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
