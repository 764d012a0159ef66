from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from courses.models import Course, Enrollment


class CertificateTemplate(models.Model):
    """What a certificate says and who signs it. A used version is locked; change makes the next."""

    class Kind(models.TextChoices):
        PARTICIPATION = "participation", _("certificate of participation")
        COMPLETION = "completion", _("certificate of completion")
        HONOUR = "honour", _("honour")

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
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
    body = models.TextField(
        _("text"),
        default="Настоящий сертификат подтверждает участие в программе",
        help_text=_("Stands between the name and the programme."),
    )
    issuer_name = models.CharField(_("issuer"), max_length=200)
    signer_name = models.CharField(_("who signs"), max_length=120)
    signer_position = models.CharField(_("position of who signs"), max_length=160)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)

    panels = [
        MultiFieldPanel(
            [FieldPanel("code"), FieldPanel("version"), FieldPanel("course"), FieldPanel("kind")],
            heading=_("Template"),
        ),
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("body")], heading=_("Words")),
        MultiFieldPanel(
            [
                FieldPanel("issuer_name"),
                FieldPanel("signer_name"),
                FieldPanel("signer_position"),
            ],
            heading=_("Issuer"),
        ),
    ]

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="template_version_is_made_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} ({self.code}, {self.version})"

    def clean(self) -> None:
        super().clean()
        if self.pk and self.locked_at:
            raise ValidationError(
                _("Certificates have been issued with this version. Make a new version instead.")
            )


class RegisterCounter(models.Model):
    """The last registration number of a year; its row is locked while a number is taken."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user) -> CertificateQuerySet:
        """One's own, one's cohorts' as a trainer, one's region's as its coordinator."""
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))


def _private_storage():
    return storages["private"]


class Certificate(models.Model):
    """An issued document: what it says is a snapshot, its file is written once and kept."""

    class State(models.TextChoices):
        ISSUED = "issued", _("valid")
        SUSPENDED = "suspended", _("suspended")
        REVOKED = "revoked", _("revoked")
        SUPERSEDED = "superseded", _("superseded")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=40, unique=True)
    code = models.CharField(_("verification code"), max_length=12, unique=True)
    enrollment = models.ForeignKey(
        Enrollment,
        on_delete=models.PROTECT,
        related_name="certificates",
        verbose_name=_("enrolment"),
    )
    template = models.ForeignKey(
        CertificateTemplate,
        on_delete=models.PROTECT,
        related_name="certificates",
        verbose_name=_("template"),
    )
    snapshot = models.JSONField(_("what it says"))
    pdf = models.FileField(_("file"), storage=_private_storage, upload_to="certificates/%Y/%m")
    pdf_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ISSUED)
    superseded_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    issued_at = models.DateTimeField(_("issued"))
    changed_at = models.DateTimeField(_("state changed"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "template"],
                condition=~Q(state="superseded"),
                name="certificate_is_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_by__isnull=False)
                | (~Q(state="superseded") & Q(superseded_by__isnull=True)),
                name="superseded_certificate_names_the_new_one",
            ),
        ]

    def __str__(self) -> str:
        return self.number
