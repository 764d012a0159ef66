from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.api.scopes import ALL_SCOPES
from lms.people.models import Region, User


def validate_scopes(value: list[str]) -> None:
    """Refuse anything but a list of scopes that exist."""
    if not isinstance(value, list) or set(value) - set(ALL_SCOPES):
        raise ValidationError(_("There is no such scope."))


class ApiClient(models.Model):
    """A system that uses the API: its scopes, its region (none: all regions), its key's hash."""

    name = models.CharField(
        _("name"), max_length=50, unique=True, help_text=_("It stands in the audit as the source.")
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_clients",
        verbose_name=_("region"),
        help_text=_("Empty: all regions."),
    )
    scopes = models.JSONField(_("scopes"), default=list, blank=True, validators=[validate_scopes])
    key_prefix = models.CharField(_("beginning of the key"), max_length=8, unique=True)
    key_hash = models.CharField(max_length=64, editable=False)
    key_made_at = models.DateTimeField(_("key made"), default=timezone.now, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """How the client is named in the audit of enrolments."""
        return f"api:{self.name}"

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def of_its_region(self, queryset: models.QuerySet, *, path: str) -> models.QuerySet:
        """``queryset`` cut to the client's region, which stands at ``path`` from its model."""
        return queryset if self.region_id is None else queryset.filter(**{path: self.region_id})


class IdempotentRequest(models.Model):
    """A POST with an ``Idempotency-Key``, and the answer that it got; kept for a day."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "key"], name="idempotency_key_is_used_once_by_a_client"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.key}"


class PersonalDataAccess(models.Model):
    """Which client was given whose personal data, where and when. Never changed or deleted."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="accesses")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="data_accesses")
    endpoint = models.CharField(_("request"), max_length=200)
    request_id = models.UUIDField(_("request id"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        indexes = [models.Index(fields=["person", "at"])]

    def __str__(self) -> str:
        return f"{self.client} · {self.person_id} · {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("A record of access is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A record of access is never deleted.")


from lms.api.events.models import Event, EventCounter  # noqa: E402, F401
from lms.api.scim.models import ScimGroup, ScimUser  # noqa: E402, F401
from lms.api.webhooks.models import (  # noqa: E402, F401
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
