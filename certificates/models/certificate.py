from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models.template import CertificateTemplate
from courses.models import Cohort, Enrollment
from lms.people.models import Role


class RegisterCounter(models.Model):
    """The last registration number of a year; its row is locked while a number is taken."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class RegisterEntry(models.Model):
    """A number that was taken for one certificate before it was drawn.

    ``purpose`` names the certificate to be made. A worker that dies between the number and the
    file leaves this row, and the next try goes on with the same number: the register has no gaps
    and no number stands on two papers.
    """

    purpose = models.CharField(max_length=120, unique=True)
    number = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=12, unique=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    taken_at = models.DateTimeField(default=timezone.now)
    status_list = models.PositiveIntegerField(null=True)
    status_index = models.PositiveIntegerField(null=True)
    """The place in the status lists that machines read (Bitstring Status List 1.0)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="status_place_is_taken_once"
            )
        ]

    def __str__(self) -> str:
        return self.number


class FrozenCertificate(Exception):
    """What a certificate says never changes; a correction is a new certificate."""


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user) -> CertificateQuerySet:
        """One's own, one's cohorts' as a trainer, one's region's as its coordinator."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(
            Q(learner=user)
            | Q(cohort__in=user.trained_cohorts.all())
            | Q(learner__region__in=user.coordinated_regions())
        )

    def valid(self) -> CertificateQuerySet:
        return self.filter(state=Certificate.State.ISSUED)

    def standing(self) -> CertificateQuerySet:
        """All but those that a newer one replaces."""
        return self.exclude(state=Certificate.State.SUPERSEDED)


def _private_storage():
    return storages["private"]


class ReasonClass(models.TextChoices):
    """Why a certificate changed its state, in words that the public may read."""

    ISSUED_IN_ERROR = "issued-in-error", _("issued in error")
    NOT_COMPLETED = "not-completed", _("the programme was not completed")
    FALSE_FACTS = "false-facts", _("the facts behind it are not true")
    HOLDER_ASKED = "holder-asked", _("at the holder’s request")
    UNDER_REVIEW = "under-review", _("under review")
    REVIEW_ENDED = "review-ended", _("the review has ended")
    NAME_CHANGED = "name-changed", _("the holder’s name has changed")
    CORRECTED = "corrected", _("a mistake was corrected")
    LOST = "lost", _("the paper was lost")
    DAMAGED = "damaged", _("the paper was damaged")


class Certificate(models.Model):
    """An issued document: what it says is a snapshot, its file is written once and kept."""

    class State(models.TextChoices):
        ISSUED = "issued", _("valid")
        SUSPENDED = "suspended", _("suspended")
        REVOKED = "revoked", _("revoked")
        SUPERSEDED = "superseded", _("superseded")

    MAY_CHANGE = frozenset(
        {"state", "changed_at", "reason_class", "superseded_by", "shows_initials"}
    )
    """Everything else stays as it was issued."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=40, unique=True)
    code = models.CharField(_("verification code"), max_length=12, unique=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="certificates",
        verbose_name=_("holder"),
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("cohort"),
    )
    enrollment = models.ForeignKey(
        Enrollment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
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
    credential = models.TextField(_("credential"), blank=True)
    status_list = models.PositiveIntegerField(null=True, editable=False)
    status_index = models.PositiveIntegerField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ISSUED)
    superseded_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    is_replacement = models.BooleanField(_("replaces another"), default=False)
    is_duplicate = models.BooleanField(_("duplicate"), default=False)
    issued_at = models.DateTimeField(_("issued"))
    changed_at = models.DateTimeField(_("state changed"), null=True, blank=True)
    reason_class = models.CharField(
        _("reason"), max_length=20, choices=ReasonClass.choices, blank=True
    )
    shows_initials = models.BooleanField(_("the public page shows initials only"), default=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort", "template"],
                condition=Q(is_replacement=False),
                name="certificate_is_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_by__isnull=False)
                | (~Q(state="superseded") & Q(superseded_by__isnull=True)),
                name="superseded_certificate_names_the_new_one",
            ),
        ]
        indexes = [
            models.Index(fields=["pdf_sha256"]),
            models.Index(fields=["status_list", "state"]),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args, **kwargs) -> None:
        """Raises FrozenCertificate for anything but a change of state."""
        if self.pk and not set(kwargs.get("update_fields") or ["all"]) <= self.MAY_CHANGE:
            raise FrozenCertificate(self.number)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise FrozenCertificate(self.number)


class CertificateEvent(models.Model):
    """The audit of a certificate: who did what, when and why. Never changed or deleted."""

    class Action(models.TextChoices):
        ISSUED = "issued", _("issued")
        SUSPENDED = "suspended", _("suspended")
        RESTORED = "restored", _("restored")
        REVOKED = "revoked", _("revoked")
        REPLACED = "replaced", _("replaced by a corrected one")
        DUPLICATED = "duplicated", _("replaced by a duplicate")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    action = models.CharField(_("what happened"), max_length=12, choices=Action.choices)
    reason_class = models.CharField(max_length=20, choices=ReasonClass.choices, blank=True)
    reason = models.CharField(_("reason in words"), max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    source = models.CharField(
        _("source"), max_length=60, blank=True, help_text=_("Which system, where it was no person.")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("change of a certificate")
        verbose_name_plural = _("changes of certificates")

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.action}"
