from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """A subject of the federation; ``code`` is its ISO 3166-2:RU code (ISO 3166-2:2020)."""

    code = models.CharField(_("code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=120)
    timezone = models.CharField(_("time zone"), max_length=40, default="Europe/Moscow")
    is_sandbox = models.BooleanField(
        _("to try the API in"),
        default=False,
        help_text=_("Its people are made up: they get no letters and stand in no report."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """An employer of social workers; belongs to one region, may have a parent body."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("region")
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="branches"
    )
    name = models.CharField(_("name"), max_length=250)
    inn = models.CharField(
        _("taxpayer number"),
        max_length=12,
        blank=True,
        help_text=_("Branches may share that of their parent."),
    )
    metadata = models.JSONField(
        _("notes of the region's systems"), default=dict, blank=True, editable=False
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"], name="organisation_name_is_unique_in_its_region"
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("pk")),
                name="organisation_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new name is a change of everybody who works here: systems that read them see it.

        Locked in one order: the organisation, so that two renames wait for each other, then its
        people by their ids, as whoever registers many does it. The name comes last: from then on
        nobody can be given the organisation before this transaction ends.
        """
        names = kwargs.get("update_fields")
        if not self._state.adding and (names is None or "name" in names):
            Organisation.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
            people = self.people.select_for_update(no_key=True, of=("self",))
            found = list(people.order_by("pk").values_list("pk", flat=True))
            self.people.model.objects.filter(pk__in=found).update(updated_at=timezone.now())
        super().save(*args, **kwargs)


class OrganisationId(models.Model):
    """What a region's own system calls an organisation; unique inside (region, system)."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    system = models.SlugField(_("system"), max_length=40, db_index=False)
    value = models.CharField(_("value"), max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="external_ids"
    )

    class Meta:
        verbose_name = _("external id of an organisation")
        verbose_name_plural = _("external ids of organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "system", "value"], name="organisation_id_names_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"
