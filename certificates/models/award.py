from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.certificate import Certificate
from lms.people.models import Region, Role


class AwardQuerySet(models.QuerySet):
    def decided_by(self, user) -> AwardQuerySet:
        """Nominations that ``user`` may decide: their regions', all for content staff."""
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(region__in=user.coordinated_regions())

    def on_the_board(self) -> AwardQuerySet:
        """What its holder agreed to have shown and what is valid, the newest first."""
        return self.filter(
            state=Award.State.AGREED,
            is_shown=True,
            certificate__state=Certificate.State.ISSUED,
        ).order_by("-agreed_at", "-pk")


class Award(models.Model):
    """An award or thanks: nominated in words, decided by the region, agreed to by the person.

    There are no points and no places: an award says what somebody did, and nothing about others.
    """

    class Kind(models.TextChoices):
        THANKS = "thanks", _("thanks")
        AWARD = "award", _("award")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a decision")
        DECLINED = "declined", _("not supported")
        OFFERED = "offered", _("waits for the person’s consent")
        AGREED = "agreed", _("given")
        REFUSED = "refused", _("the person refused it")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.THANKS)
    nominee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="awards",
        verbose_name=_("person"),
    )
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="nominations",
        verbose_name=_("who nominates"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="awards", verbose_name=_("region")
    )
    reason = models.CharField(_("what for"), max_length=400)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    created_at = models.DateTimeField(_("nominated"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.CharField(_("note on the decision"), max_length=400, blank=True)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    is_shown = models.BooleanField(_("shown on the region’s page"), default=False)
    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="award"
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(
                fields=["nominee", "nominated_by"],
                condition=Q(state="proposed"),
                name="one_open_nomination_of_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(nominee=models.F("nominated_by")),
                name="nobody_nominates_themselves",
            ),
            models.CheckConstraint(
                condition=Q(is_shown=False) | Q(state="agreed", agreed_at__isnull=False),
                name="only_what_was_agreed_to_is_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nominee}: {self.get_kind_display()}"
