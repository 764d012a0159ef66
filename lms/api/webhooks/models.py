from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.api.events.kinds import EventType
from lms.api.events.models import Event
from lms.api.models import ApiClient


def validate_types(value: list[str]) -> None:
    """Refuse anything but a list of types of events that exist."""
    if not isinstance(value, list) or set(value) - set(EventType.values):
        raise ValidationError(_("There is no such type of events."))


class WebhookEndpoint(models.Model):
    """An address of a client's system that hears of events; deleted ones leave no trace.

    Secrets are kept encrypted (``secrets``). After a rotation deliveries carry the signatures of
    both secrets until ``former_secret_until``.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("works")
        DISABLED = "disabled", _("switched off")
        GONE = "gone", _("switched off: it answered “410 Gone”")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(
        ApiClient,
        on_delete=models.CASCADE,
        related_name="webhook_endpoints",
        verbose_name=_("API client"),
    )
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=100, blank=True)
    types = models.JSONField(
        _("events"),
        default=list,
        blank=True,
        validators=[validate_types],
        help_text=_("None chosen: all that the client may see."),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.ACTIVE, editable=False
    )
    secret = models.TextField(editable=False)
    former_secret = models.TextField(blank=True, editable=False)
    former_secret_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["active", "disabled", "gone"]),
                name="webhook_endpoint_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one endpoint, sent until it is taken or given up.

    ``uuid`` is the webhook-id: the same in every try, so that a receiver can drop what it has.
    Without an ``event`` it is a test. ``taken_until``: a worker has it; one that dies has it no
    longer than that.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waits")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="deliveries")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    taken_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "delivered", "failed"]),
                name="webhook_delivery_state_is_known",
            ),
            models.UniqueConstraint(
                fields=["endpoint", "event"], name="event_is_delivered_to_an_endpoint_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="pending"), name="webhook_delivery_is_due"
            ),
            models.Index(fields=["endpoint", "created_at"], name="webhook_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}: {self.state}"


class WebhookAttempt(models.Model):
    """One try of a delivery, as the log shows it: what was answered, how long it took."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("when"), default=timezone.now)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    error = models.CharField(_("error"), max_length=40, blank=True)
    excerpt = models.CharField(_("beginning of the answer"), max_length=500, blank=True)
    duration_ms = models.PositiveIntegerField(_("milliseconds"))

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("try of a delivery")
        verbose_name_plural = _("tries of deliveries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
