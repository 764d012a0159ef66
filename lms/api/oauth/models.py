"""What OAuth2 keeps: secrets of clients and the tokens given for them, both as hashes only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.api.models import ApiClient


class ClientSecretQuerySet(models.QuerySet["ClientSecret"]):
    def working(self) -> ClientSecretQuerySet:
        return self.filter(Q(works_until=None) | Q(works_until__gt=timezone.now()))


class ClientSecret(models.Model):
    """One secret of a client. After a rotation the former works beside the new one for a while."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(_("last characters"), max_length=4)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    works_until = models.DateTimeField(_("works until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ClientSecretQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("client secret")
        verbose_name_plural = _("client secrets")

    def __str__(self) -> str:
        return f"{self.client}: …{self.ending}"

    @property
    def is_working(self) -> bool:
        return self.works_until is None or self.works_until > timezone.now()


class AccessToken(models.Model):
    """A token of an hour. It carries no more than the scopes that its client still has."""

    secret = models.ForeignKey(ClientSecret, on_delete=models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"{self.secret} · {self.made_at:%Y-%m-%d %H:%M}"
