from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.careful_speech.categories import Category

TITLES = {
    Category.BLAME.value: _("Reproach"),
    Category.COMMAND.value: _("Order"),
    Category.INVALIDATION.value: _("Feeling brushed aside"),
    Category.BUREAUCRATESE.value: _("Officialese"),
    Category.ABSOLUTE.value: _("Always and never"),
    Category.THREAT.value: _("Threat"),
    Category.BRUSH_OFF.value: _("Left without help"),
    Category.EMPATHY.value: _("Sympathy"),
    Category.OPEN_QUESTION.value: _("Open question"),
    Category.REFLECTION.value: _("Heard and said back"),
    Category.PERMISSION.value: _("Asked for consent"),
    Category.NEXT_STEP.value: _("Clear next step"),
}
"""The categories in words that do not blame whoever said the line."""

CATEGORIES = list(TITLES.items())
_ALL = list(TITLES)


class SpeechRule(models.Model):
    """A rule of the lexicon. The rules that ship with the product come in by a migration."""

    class Effect(models.TextChoices):
        NAMES = "names", _("gives the hint")
        CLEARS = "clears", _("takes the hint back")

    name = models.SlugField(
        _("short name"),
        max_length=80,
        unique=True,
        help_text=_("Latin letters, digits and hyphens; it is kept with «I disagree»."),
    )
    category = models.CharField(_("category"), max_length=20, choices=CATEGORIES)
    effect = models.CharField(
        _("what it does"), max_length=6, choices=Effect.choices, default=Effect.NAMES
    )
    pattern = models.CharField(
        _("pattern"),
        max_length=200,
        help_text=_(
            "Words, parted by spaces. A word in its dictionary form stands for all its forms. "
            "a|b — either; … — up to six words; ^ — the beginning of the sentence; "
            "<приказ>, <будущее>, <чувство> — kinds of words."
        ),
    )
    must = models.TextField(
        _("lines that it must match"), max_length=4000, help_text=_("One a line, at least one.")
    )
    must_not = models.TextField(
        _("lines that it must not match"),
        max_length=4000,
        help_text=_("One a line, at least one: like the others in words, but harmless."),
    )
    is_on = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["category", "name"]
        verbose_name = _("rule of the speech hints")
        verbose_name_plural = _("rules of the speech hints")
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=_ALL), name="speech_rule_has_a_known_category"
            ),
            models.CheckConstraint(
                condition=Q(effect__in=["names", "clears"]), name="speech_rule_has_a_known_effect"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Runs the rule's own examples; what does not come out right is said field by field."""
        from courses.speech_lexicon import errors_of

        super().clean()
        if errors := errors_of(self):
            raise ValidationError(errors)


class Disagreement(models.Model):
    """A person finds a hint wrong. Read when the next version of the hints is made."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="hint_disagreements",
        verbose_name=_("person"),
    )
    line = models.CharField(_("line"), max_length=2000)
    category = models.CharField(_("category"), max_length=20, choices=CATEGORIES)
    rule = models.CharField(_("rule"), max_length=80)
    version = models.CharField(_("version of the hints"), max_length=40)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("disagreement with a hint")
        verbose_name_plural = _("disagreements with hints")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "line", "category", "rule", "version"],
                name="one_disagreement_a_person_and_hint",
            ),
            models.CheckConstraint(
                condition=Q(category__in=_ALL), name="disagreement_has_a_known_category"
            ),
        ]

    def __str__(self) -> str:
        return self.line[:60]
