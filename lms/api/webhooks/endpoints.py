"""Making endpoints and changing them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lms.api.models import ApiClient
from lms.api.webhooks.addresses import parsed
from lms.api.webhooks.models import WebhookEndpoint
from lms.api.webhooks.signing import new_secret, sealed

MOST_ENDPOINTS = 10
FORMER_SECRET_WORKS_FOR = timedelta(hours=24)


class TooManyEndpoints(Exception):
    """The client has as many endpoints as it may."""


@transaction.atomic
def add_endpoint(
    *, client: ApiClient, url: str, types: Iterable[str] = (), description: str = ""
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is not shown again.

    Raises ``addresses.AddressRefused`` for what is no address at all, and TooManyEndpoints. Whether
    the address may be called is judged at every delivery: names change what they stand for.
    """
    parsed(url)
    ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.webhook_endpoints.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        client=client,
        url=url,
        types=sorted(set(types)),
        description=description,
        secret=sealed(secret),
    )
    return endpoint, secret


def change_endpoint(
    endpoint: WebhookEndpoint,
    *,
    url: str,
    types: Iterable[str],
    description: str,
    is_active: bool,
) -> WebhookEndpoint:
    """Set what the client decides. Raises ``addresses.AddressRefused``.

    Switched off, it gets nothing and misses nothing: what happens meanwhile stands in the feed.
    """
    parsed(url)
    State = WebhookEndpoint.State
    endpoint.url, endpoint.description = url, description
    endpoint.types = sorted(set(types))
    if is_active:
        endpoint.state = State.ACTIVE
    elif endpoint.state == State.ACTIVE:
        endpoint.state = State.DISABLED
    endpoint.save()
    return endpoint


def rotate_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret; for a day deliveries carry the signatures of both."""
    secret = new_secret()
    endpoint.former_secret = endpoint.secret
    endpoint.former_secret_until = timezone.now() + FORMER_SECRET_WORKS_FOR
    endpoint.secret = sealed(secret)
    endpoint.save()
    return secret
