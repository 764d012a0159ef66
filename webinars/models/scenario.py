"""What a practicum is played from and judged by: authored by trainers in the CMS."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable

ROLES = [
    ("specialist", _("specialist")),
    ("client", _("client")),
    ("observer", _("observer")),
]


class RoleCardBlock(blocks.StructBlock):
    """What the player of one role knows; nobody else reads it."""

    role = blocks.ChoiceBlock(choices=ROLES, label=_("role"))
    knows = blocks.TextBlock(label=_("knows"), rows=3)
    wants = blocks.TextBlock(label=_("wants"), rows=2)
    feels = blocks.TextBlock(label=_("feels"), rows=2)
    must_not_reveal_early = blocks.TextBlock(
        label=_("does not reveal too early"), rows=2, required=False
    )
    goal = blocks.TextBlock(label=_("goal"), rows=2)

    class Meta:
        icon = "user"
        label = _("Role card")


class FactBlock(blocks.StructBlock):
    """Something that comes to light in the middle of the conversation."""

    role = blocks.ChoiceBlock(
        choices=[*ROLES, ("everyone", _("everyone"))], default="client", label=_("who learns it")
    )
    minute = blocks.IntegerBlock(
        min_value=0, max_value=60, default=3, label=_("minute of the conversation")
    )
    text = blocks.TextBlock(label=_("fact"), rows=2)

    class Meta:
        icon = "pick"
        label = _("Fact")


PLAYED_ROLES = ("specialist", "client", "observer")
LONGEST_MINUTES = 60


class Scenario(models.Model):
    """A situation with role cards. A practicum plays a copy taken when it begins.

    ``version`` grows when what is played has changed; a session says which one it plays.
    """

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    situation = models.TextField(_("situation"))
    goals = StreamField(
        [("goal", blocks.CharBlock())],
        verbose_name=_("goals"),
        blank=True,
        help_text=_(
            "What the group learns here; shown before the conversation and in the debrief."
        ),
    )
    safety_note = models.TextField(
        _("safety note"),
        blank=True,
        help_text=_("Shown before each round, in a pause, and when a round was too hard."),
    )
    roles = StreamField(
        [("role", RoleCardBlock())],
        verbose_name=_("role cards"),
        help_text=_("One card for the specialist, one for the client, one for the observer."),
    )
    facts = StreamField(
        [("fact", FactBlock())],
        verbose_name=_("facts that come to light"),
        blank=True,
        help_text=_("Shown to whoever is named, when the conversation has come to that minute."),
    )
    is_turn_based = models.BooleanField(
        _("speak by turns"),
        default=False,
        help_text=_("Nobody writes twice in a row: for scenes in which people should listen."),
    )
    phrases = StreamField(
        [("phrase", blocks.CharBlock())], verbose_name=_("phrases to try"), blank=True
    )
    briefing_minutes = models.PositiveSmallIntegerField(_("briefing, minutes"), default=2)
    roleplay_minutes = models.PositiveSmallIntegerField(_("role-play, minutes"), default=8)
    feedback_minutes = models.PositiveSmallIntegerField(_("feedback, minutes"), default=5)
    debrief_minutes = models.PositiveSmallIntegerField(_("debrief, minutes"), default=5)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    panels = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("situation"),
        FieldPanel("goals"),
        FieldPanel("safety_note"),
        FieldPanel("roles"),
        FieldPanel("facts"),
        FieldPanel("phrases"),
        FieldPanel("is_turn_based"),
        MultiFieldPanel(
            [
                FieldPanel("briefing_minutes"),
                FieldPanel("roleplay_minutes"),
                FieldPanel("feedback_minutes"),
                FieldPanel("debrief_minutes"),
            ],
            heading=_("Time"),
        ),
    ]

    class Meta:
        ordering = ["title"]
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.title

    def save(self, *arguments, **named) -> None:
        """Keep it; what was changed in substance gets the next version."""
        if self.pk is not None:
            kept = type(self).objects.filter(pk=self.pk).first()
            if kept is not None and kept.content() != self.content():
                self.version = kept.version + 1
        super().save(*arguments, **named)

    def clean(self) -> None:
        """Refuse a scenario that could not be played."""
        super().clean()
        cards = [block.value["role"] for block in self.roles]
        if sorted(cards) != sorted(PLAYED_ROLES):
            raise ValidationError(
                {
                    "roles": _(
                        "There must be exactly one card for the specialist, one for the client "
                        "and one for the observer."
                    )
                }
            )
        wrong = {
            name: _("From 1 to 60 minutes.")
            for name in ("briefing", "roleplay", "feedback", "debrief")
            if not 1 <= (getattr(self, f"{name}_minutes") or 0) <= LONGEST_MINUTES
        }
        if wrong:
            raise ValidationError({f"{name}_minutes": text for name, text in wrong.items()})
        if any(block.value["minute"] >= self.roleplay_minutes for block in self.facts):
            raise ValidationError(
                {"facts": _("A fact must come to light before the conversation ends.")}
            )

    def as_played(self) -> dict[str, Any]:
        """The copy that a practicum keeps: later edits do not reach those who play already."""
        return {**self.content(), "version": self.version}

    def content(self) -> dict[str, Any]:
        """What is played, without its version."""
        facts = [dict(block.value) for block in self.facts]
        return {
            "title": self.title,
            "situation": self.situation,
            "goals": [str(block.value) for block in self.goals],
            "safety_note": self.safety_note,
            "roles": {
                block.value["role"]: {
                    key: block.value[key]
                    for key in ("knows", "wants", "feels", "must_not_reveal_early", "goal")
                }
                for block in self.roles
            },
            "facts": sorted(facts, key=lambda fact: fact["minute"]),
            "is_turn_based": self.is_turn_based,
            "phrases": [str(block.value) for block in self.phrases],
            "minutes": {
                "briefing": self.briefing_minutes,
                "roleplay": self.roleplay_minutes,
                "feedback": self.feedback_minutes,
                "debrief": self.debrief_minutes,
            },
        }


class Rubric(ClusterableModel):
    """Criteria with four behavioural anchors each, from 0 (harmful) to 3 (adapts to the client)."""

    title = models.CharField(_("title"), max_length=200, unique=True)

    panels = [
        FieldPanel("title"),
        InlinePanel("criteria", label=_("criteria"), min_num=5, max_num=6),
    ]

    class Meta:
        ordering = ["title"]
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")

    def __str__(self) -> str:
        return self.title

    def as_played(self) -> list[dict[str, Any]]:
        """The copy that a practicum keeps."""
        return [
            {
                "code": criterion.code,
                "title": criterion.title,
                "description": criterion.description,
                "anchors": [getattr(criterion, f"anchor_{score}") for score in range(4)],
            }
            for criterion in self.criteria.order_by("sort_order", "pk")
        ]


class RubricCriterion(Orderable):
    rubric = ParentalKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what is looked at"), blank=True)
    anchor_0 = models.TextField(_("0: harmful or absent"))
    anchor_1 = models.TextField(_("1: begins"))
    anchor_2 = models.TextField(_("2: does it"))
    anchor_3 = models.TextField(_("3: adapts it to this person"))

    class Meta(Orderable.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "code"], name="criterion_code_is_unique_in_its_rubric"
            )
        ]

    def __str__(self) -> str:
        return self.title
