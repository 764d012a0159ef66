from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import PreviewableMixin

from certificates.models.provider import Provider
from certificates.wording import VARIABLES, says_qualification, unknown_variables, uses
from courses.models import Course

is_colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("A colour is written like #0f5c5c."))
LEAST_HOURS = 16
"""A programme of further training is never shorter (Order 266 of 24.03.2025, paragraph 18)."""


class LockedTemplate(Exception):
    """Certificates were issued with this version; it can no longer be changed."""


class CertificateTemplateQuerySet(models.QuerySet):
    def of_courses(self) -> CertificateTemplateQuerySet:
        """All but those of awards."""
        return self.exclude(kind=CertificateTemplate.Kind.HONOUR)

    def put_to_use(self) -> CertificateTemplateQuerySet:
        """All but drafts."""
        return self.exclude(state=CertificateTemplate.State.DRAFT)


class CertificateTemplate(PreviewableMixin, models.Model):
    """What a certificate says, how it looks and who signs it.

    A version that was used is locked; a change makes the next one.
    """

    class Kind(models.TextChoices):
        PARTICIPATION = "participation", _("certificate of participation")
        COMPLETION = "completion", _("certificate of completion")
        QUALIFICATION = "qualification", _("document of further training (licensed providers)")
        HONOUR = "honour", _("honour")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("in use")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Orientation(models.TextChoices):
        LANDSCAPE = "landscape", _("landscape")
        PORTRAIT = "portrait", _("portrait")

    class Border(models.TextChoices):
        BAND = "band", _("band on the left")
        FRAME = "frame", _("frame")
        PLAIN = "plain", _("none")

    class NameCase(models.TextChoices):
        NOMINATIVE = "nominative", _("who: nominative")
        DATIVE = "dative", _("to whom: dative")

    code = models.SlugField(
        _("code"), max_length=60, help_text=_("The same for all versions of one template.")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.DRAFT, editable=False
    )
    course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate_templates",
        verbose_name=_("course"),
        help_text=_("Empty: for every course without a template of its own."),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind.choices, default=Kind.PARTICIPATION
    )
    heading = models.CharField(_("heading"), max_length=80, default="Сертификат участника")
    name_case = models.CharField(
        _("form of the name"), max_length=12, choices=NameCase.choices, default=NameCase.NOMINATIVE
    )
    body = models.TextField(
        _("text"),
        max_length=600,
        default="Настоящий сертификат подтверждает участие в программе",
        help_text=_("Stands between the name and the programme."),
    )
    programme = models.CharField(
        _("programme"), max_length=250, blank=True, help_text=_("Empty: the title of the course.")
    )
    hours = models.PositiveSmallIntegerField(
        _("hours"), null=True, blank=True, help_text=_("Empty: the hours of the course.")
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="templates", verbose_name=_("provider")
    )
    signer_name = models.CharField(_("who signs"), max_length=120)
    signer_position = models.CharField(_("position of who signs"), max_length=160)
    orientation = models.CharField(
        _("page"), max_length=12, choices=Orientation.choices, default=Orientation.LANDSCAPE
    )
    border = models.CharField(
        _("border"), max_length=12, choices=Border.choices, default=Border.BAND
    )
    primary = models.CharField(
        _("main colour"), max_length=7, default="#0f5c5c", validators=[is_colour]
    )
    accent = models.CharField(
        _("second colour"), max_length=7, default="#d98872", validators=[is_colour]
    )
    ground = models.CharField(
        _("colour of the paper"), max_length=7, default="#fbf8f3", validators=[is_colour]
    )
    emblem = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("emblem"),
    )
    signature = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture of the signature"),
    )
    seal = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture of the seal"),
    )
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)

    objects = CertificateTemplateQuerySet.as_manager()

    panels = [
        MultiFieldPanel(
            [FieldPanel("code"), FieldPanel("kind"), FieldPanel("course")], heading=_("Template")
        ),
        MultiFieldPanel(
            [
                FieldPanel("heading"),
                FieldPanel("name_case"),
                FieldPanel("body"),
                HelpPanel(template="certificates/cms/variables.html"),
                FieldRowPanel([FieldPanel("programme"), FieldPanel("hours")]),
            ],
            heading=_("Words"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("provider"),
                FieldPanel("signer_name"),
                FieldPanel("signer_position"),
                FieldPanel("signature"),
                FieldPanel("seal"),
            ],
            heading=_("Who issues"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("orientation"), FieldPanel("border")]),
                FieldRowPanel([FieldPanel("primary"), FieldPanel("accent"), FieldPanel("ground")]),
                FieldPanel("emblem"),
            ],
            heading=_("Look"),
        ),
    ]

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="template_version_is_made_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="honour") | models.Q(course__isnull=True),
                name="honour_belongs_to_no_course",
                violation_error_message=_("An honour belongs to no course: leave it empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading} ({self.code}, {self.version})"

    def save(self, *args, **kwargs) -> None:
        """Raises LockedTemplate when what is printed would change in a version that was used."""
        touches_words = set(kwargs.get("update_fields") or ["all"]) - {"state", "locked_at"}
        used = type(self).objects.filter(pk=self.pk, locked_at__isnull=False)
        if self.pk and touches_words and used.exists():
            raise LockedTemplate(str(self))
        super().save(*args, **kwargs)

    @property
    def words(self) -> str:
        """Everything that its author wrote to be printed."""
        return " ".join([self.heading, self.body, self.programme])

    @property
    def needs_dative(self) -> bool:
        """Whether the dative of the name is printed anywhere."""
        return self.name_case == self.NameCase.DATIVE or uses(self.body, "name_dative")

    def clean(self) -> None:
        from certificates.looks import check_look

        super().clean()
        if self.pk and self.locked_at:
            raise ValidationError(
                _("Certificates have been issued with this version. Make a new version instead.")
            )
        problems: dict[str, Any] = {}
        if unknown := unknown_variables(self.body):
            problems["body"] = _("There is no variable %(name)s. There are: %(known)s.") % {
                "name": ", ".join(f"{{{name}}}" for name in unknown),
                "known": ", ".join(f"{{{name}}}" for name in VARIABLES),
            }
        if self.provider_id:
            problems |= self._problems_of_licence()
        if problems:
            raise ValidationError(problems)
        if self.provider_id:
            check_look(self)

    def _problems_of_licence(self) -> dict[str, Any]:
        is_licensed = self.provider.is_licensed_on(timezone.localdate())
        if self.kind == self.Kind.QUALIFICATION:
            if not is_licensed:
                return {
                    "kind": _(
                        "Documents of further training are issued only by a provider whose licence "
                        "is recorded. Choose another kind, or record the licence of the provider."
                    )
                }
            if self.hours is not None and self.hours < LEAST_HOURS:
                return {"hours": _("A programme of further training has at least 16 hours.")}
        elif says_qualification(self.words):
            return {
                "heading" if says_qualification(self.heading) else "body": _(
                    "These words belong to a document of further training. They stand only on that "
                    "kind, and only where the provider’s licence is recorded."
                )
            }
        return {}

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("usual", _("Usual name")), ("long", _("Long name and programme"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from certificates.previewing import preview_response

        return preview_response(request, self, is_long=mode_name == "long")
