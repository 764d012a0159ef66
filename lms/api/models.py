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
    """A system that uses the API: its scopes, its region (none: all regions), its key's hash.

    It signs in with a key, or with tokens that it gets for one of its ``secrets`` (OAuth2).
    """

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
    client_id = models.CharField(
        _("client id"), max_length=19, unique=True, null=True, blank=True, editable=False
    )
    key_prefix = models.CharField(
        _("beginning of the key"), max_length=8, unique=True, null=True, blank=True, editable=False
    )
    key_hash = models.CharField(max_length=64, blank=True, editable=False)
    key_made_at = models.DateTimeField(_("key made"), null=True, blank=True, editable=False)
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

    narrowed_to: frozenset[str] | None = None
    """The scopes of the token in hand, which may be fewer than those of the client."""

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

    @property
    def granted(self) -> list[str]:
        """What the request in hand may use: of the client's scopes those of its token."""
        if self.narrowed_to is None:
            return self.scopes
        return [scope for scope in self.scopes if scope in self.narrowed_to]

    def may(self, scope: str) -> bool:
        return scope in self.granted

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
    """Who was shown whose personal data, where and when: a client of the API, or a ``reader`` who
    works here. Never changed; forgotten after ``ACCESSES_KEPT_DAYS``."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, blank=True, related_name="accesses"
    )
    reader = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="data_accesses")
    endpoint = models.CharField(_("request"), max_length=200)
    request_id = models.UUIDField(_("request id"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client__isnull=False, reader__isnull=True)
                | models.Q(client__isnull=True, reader__isnull=False),
                name="data_was_shown_to_a_client_or_a_person",
            )
        ]
        indexes = [models.Index(fields=["person", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.client or self.reader} · {self.person_id} · {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("A record of access is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A record of access is never deleted.")


from lms.api.events.models import Event, EventCounter  # noqa: E402, F401
from lms.api.oauth.models import AccessToken, ClientSecret  # noqa: E402, F401
from lms.api.request_log.models import ApiRequest  # noqa: E402, F401
from lms.api.scim.models import ScimGroup, ScimUser  # noqa: E402, F401
from lms.api.webhooks.models import (  # noqa: E402, F401
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
