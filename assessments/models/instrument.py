from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.fields import StreamField
from wagtail.models import Orderable

from assessments.blocks import ChoiceBlock
from assessments.cms.forms import InstrumentForm
from assessments.cms.panels import INSTRUMENT_PANELS, ITEM_PANELS, SCALE_PANELS
from assessments.scoring import JUDGEMENT_KINDS, UNSCORED_KINDS, Kind

FORMS = ("A", "B")
SATISFACTION = (0, 10)


class Instrument(ClusterableModel):
    """One version of a questionnaire. It freezes at the first answer; a change is a new version.

    All versions share the code. Parallel forms are in the items: an item of no form is in all.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(
        _("version"), default=1, validators=[MinValueValidator(1)]
    )
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"))
    who_sees = models.TextField(_("who sees the answers"))
    instruction = models.TextField(_("instruction"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    options = models.JSONField(
        _("answer options"),
        help_text=_("One a line, from the lowest to the highest: “0 Never”."),
    )
    rating_options = models.JSONField(
        _("options for rating a reply"),
        default=list,
        blank=True,
        help_text=_("For situations, one a line: “1 Does harm”. Not needed without situations."),
    )
    judgement_instruction = models.TextField(
        _("instruction for situations"), blank=True, help_text=_("Shown above each situation.")
    )
    then_instruction = models.TextField(
        _("instruction for looking back"),
        blank=True,
        help_text=_("For the questions asked again about the time before the course."),
    )
    is_normed = models.BooleanField(
        _("normed"),
        default=False,
        help_text=_("Tried on enough people. Until then every result says that it is not."),
    )
    draw_seed = models.PositiveIntegerField(
        _("seed of the draw"),
        default=2026,
        help_text=_("Who begins with form A and who with B is drawn from this number."),
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)

    base_form_class = InstrumentForm
    panels = INSTRUMENT_PANELS

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="instrument_version_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="instrument_versions_count_from_one"
            ),
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

    class Role(models.TextChoices):
        TARGET = "target", _("trained by the course")
        CONTROL = "control", _("not trained, for comparison")
        RISK = "risk", _("a burden, watched with care")

    class Strand(models.TextChoices):
        SELF_REPORT = "self_report", _("what people say of themselves")
        JUDGEMENT = "judgement", _("how they judge situations")
        SATISFACTION = "satisfaction", _("satisfaction, 0 to 10")

    instrument = ParentalKey(Instrument, on_delete=models.CASCADE, related_name="scales")
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what a higher score means"))
    next_practice = models.TextField(_("what to practise next"), blank=True)
    strand = models.CharField(
        _("kind of evidence"), max_length=12, choices=Strand.choices, default=Strand.SELF_REPORT
    )
    role = models.CharField(
        _("place in the result"),
        max_length=8,
        choices=Role.choices,
        default=Role.TARGET,
        help_text=_("A scale that the course does not train shows what changes by itself."),
    )
    higher_is_better = models.BooleanField(
        _("more is better"), default=True, help_text=_("Not for hiding feelings or exhaustion.")
    )

    panels = SCALE_PANELS

    class Meta(Orderable.Meta):
        verbose_name = _("scale")
        verbose_name_plural = _("scales")
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "code"], name="scale_code_is_unique_in_its_instrument"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["target", "control", "risk"]),
                name="scale_is_target_control_or_risk",
            ),
            models.CheckConstraint(
                condition=Q(strand__in=["self_report", "judgement", "satisfaction"]),
                name="scale_strand_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_target(self) -> bool:
        return self.role == self.Role.TARGET

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest score that the scale can have."""
        if self.strand == self.Strand.JUDGEMENT:
            return 0, 2
        if self.strand == self.Strand.SATISFACTION:
            return SATISFACTION
        return self.instrument.minimum, self.instrument.maximum


class ItemKind(models.TextChoices):
    """What is asked and how: see ``scoring.Kind``."""

    LABELLED = Kind.LABELLED.value, _("statement with labelled answers")
    RATE_EACH = Kind.RATE_EACH.value, _("situation: rate each reply")
    BEST_WORST = Kind.BEST_WORST.value, _("situation: the best and the worst reply")
    RECOGNITION = Kind.RECOGNITION.value, _("recognise a feeling")
    SATISFACTION = Kind.SATISFACTION.value, _("satisfaction, 0 to 10")
    INSTRUCTED = Kind.INSTRUCTED.value, _("check of attention: a named answer")
    REFLECTION = Kind.REFLECTION.value, _("open question")


class Item(Orderable):
    """One question of an instrument, keyed to one scale."""

    class Form(models.TextChoices):
        A = "A", _("form A")
        B = "B", _("form B")

    instrument = ParentalKey(Instrument, on_delete=models.CASCADE, related_name="items")
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(
        _("kind"), max_length=12, choices=ItemKind.choices, default=ItemKind.LABELLED
    )
    form = models.CharField(
        _("form"),
        max_length=1,
        choices=Form.choices,
        blank=True,
        help_text=_("Empty: in both forms."),
    )
    scale_code = models.SlugField(
        _("scale"),
        max_length=40,
        blank=True,
        help_text=_("Empty for open questions and checks of attention."),
    )
    text = models.TextField(_("text"))
    is_reversed = models.BooleanField(
        _("reversed"), default=False, help_text=_("Agreeing means less of what the scale measures.")
    )
    allows_not_applicable = models.BooleanField(
        _("may not apply"),
        default=False,
        help_text=_("Offers “There were no such conversations”; it counts as no answer."),
    )
    is_asked_looking_back = models.BooleanField(
        _("asked again looking back"),
        default=False,
        help_text=_("After the course, about the time before it. Six to eight in all."),
    )
    expected = models.PositiveSmallIntegerField(
        _("the answer to choose"),
        null=True,
        blank=True,
        help_text=_("For a check of attention only: the value that the text asks for."),
    )
    choices = StreamField(
        [("choice", ChoiceBlock())],
        verbose_name=_("replies or feelings to choose from"),
        blank=True,
        help_text=_("For situations and feelings."),
    )
    image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    audio = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("audio"),
    )
    described = models.TextField(
        _("the picture or audio in words"),
        blank=True,
        help_text=_("For those who do not see or hear it. Do not name the feeling."),
    )

    panels = ITEM_PANELS

    class Meta(Orderable.Meta):
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "code"], name="item_code_is_unique_in_its_instrument"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="item_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(form__in=["", "A", "B"]), name="item_is_of_form_a_b_or_both"
            ),
            models.CheckConstraint(
                condition=Q(kind="instructed", expected__isnull=False)
                | (~Q(kind="instructed") & Q(expected__isnull=True)),
                name="only_a_check_of_attention_expects_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(kind="labelled") | Q(is_reversed=False, is_asked_looking_back=False),
                name="only_a_labelled_item_is_reversed_or_asked_again",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["instructed", "reflection"], scale_code="")
                | (~Q(kind__in=["instructed", "reflection"]) & ~Q(scale_code="")),
                name="item_has_a_scale_exactly_when_it_is_scored",
            ),
            models.CheckConstraint(
                condition=Q(image__isnull=True, audio__isnull=True) | ~Q(described=""),
                name="picture_and_audio_are_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:60]}"

    def clean(self) -> None:
        """What one item needs by its kind; the database refuses the same, but less kindly."""
        super().clean()
        problems = dict(self._problems(Kind(self.kind)))
        if problems:
            raise ValidationError(problems)

    def _problems(self, kind: Kind) -> Iterator[tuple[str, str]]:
        if kind in UNSCORED_KINDS and self.scale_code:
            yield "scale_code", _("This kind of question belongs to no scale.")
        if kind not in UNSCORED_KINDS and not self.scale_code:
            yield "scale_code", _("Say which scale it belongs to.")
        if (kind is Kind.INSTRUCTED) == (self.expected is None):
            yield "expected", _("For a check of attention, and only for it.")
        if kind is not Kind.LABELLED:
            for name in ("is_reversed", "is_asked_looking_back"):
                if getattr(self, name):
                    yield name, _("For statements with labelled answers only.")
        if kind in JUDGEMENT_KINDS and len(self.choices or ()) < 2:
            yield "kind", _("At least two answers to choose from.")
        if (self.image_id or self.audio_id) and not self.described:
            yield "described", _("Say it in words for those who do not see or hear it.")
