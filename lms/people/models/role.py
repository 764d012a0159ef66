from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do besides learning; an administrator is a superuser."""

    TRAINER = "trainer", _("trainer")
    METHODOLOGIST = "methodologist", _("methodologist")
    COORDINATOR = "coordinator", _("region coordinator")


class RoleAssignment(models.Model):
    """One role of one person; a coordinator's is bound to a region."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    region = models.ForeignKey(
        "people.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("region"),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(region__isnull=True),
                name="role_is_given_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region"], name="role_is_given_once_in_a_region"
            ),
            models.CheckConstraint(
                condition=models.Q(role="coordinator", region__isnull=False)
                | (~models.Q(role="coordinator") & models.Q(region__isnull=True)),
                name="only_a_coordinator_has_a_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class RoleChange(models.Model):
    """That somebody was given a role or relieved of it: which, when, by whom. Never changed."""

    ADMINISTRATOR = "administrator"
    ROLES = (*Role.choices, (ADMINISTRATOR, _("administrator")))
    SOURCES = {
        "cms": _("pages of the editor"),
        "make_administrator": _("a command on the server"),
        "system": _("the platform itself"),
    }

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_changes"
    )
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    region = models.ForeignKey(
        "people.Region",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("region"),
    )
    is_given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.CharField(_("source"), max_length=60)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("role given or taken away")
        verbose_name_plural = _("roles given and taken away")

    def __str__(self) -> str:
        return f"{self.person.uuid} · {self.role} · {self.at:%Y-%m-%d}"

    @property
    def source_in_words(self) -> str:
        """Where the change came from when nobody is named; an unknown source as it is written."""
        return str(self.SOURCES.get(self.source, self.source))
