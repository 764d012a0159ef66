from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """That a person's data was erased: when, by whom, what became of it. Without the name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasure"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.CharField(_("source"), max_length=60)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    report = models.JSONField(_("report"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("erasure of personal data")
        verbose_name_plural = _("erasures of personal data")

    def __str__(self) -> str:
        return f"{self.person.uuid} · {self.at:%Y-%m-%d}"


class Merge(models.Model):
    """That ``person`` turned out to be ``into``: what was theirs belongs to the other entry now."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="merge"
    )
    into = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="merged"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.CharField(_("source"), max_length=60)
    report = models.JSONField(_("report"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("merge of two entries")
        verbose_name_plural = _("merges of entries")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(person=models.F("into")),
                name="nobody_is_merged_into_themselves",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person.uuid} → {self.into.uuid}"
