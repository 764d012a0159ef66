"""Webhook endpoints of the caller: making, changing, rotating, testing, and the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.events.kinds import TEST_TYPE, EventType
from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.pagination import ChangedSince, PageAnswer, PageParameters
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.api.webhooks.addresses import AddressRefused, parsed
from lms.api.webhooks.delivering import resend, send_test
from lms.api.webhooks.endpoints import (
    TooManyEndpoints,
    add_endpoint,
    change_endpoint,
    rotate_secret,
)
from lms.api.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


class EndpointSerializer(ShownModel):
    """Where the caller's system hears of events. The secret is shown only when it is made."""

    id = serializers.UUIDField(source="uuid")
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices),
        help_text=_("Empty: every type that your key may see."),
    )
    state = serializers.ChoiceField(choices=WebhookEndpoint.State.values)
    former_secret_until = serializers.DateTimeField(
        allow_null=True, help_text=_("Until then deliveries carry the former signature, too.")
    )

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "url",
            "description",
            "types",
            "state",
            "former_secret_until",
            "created_at",
            "updated_at",
        ]


class EndpointWithSecret(serializers.Serializer):
    """The answer that alone shows the secret."""

    secret = serializers.CharField(help_text=_("“whsec_…”: copy it now, it is not shown again."))
    endpoint = EndpointSerializer()


class EndpointPage(PageAnswer):
    items = EndpointSerializer(many=True)


class EndpointBody(StrictSerializer):
    url = Text(max_length=500, help_text=_("https://…; redirects are not followed."))
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices),
        default=list,
        max_length=len(EventType.values),
        help_text=_("Left out: every type that your key may see."),
    )
    description = Text(max_length=100, allow_blank=True, default="")

    def validate_url(self, url: str) -> str:
        try:
            parsed(url)
        except AddressRefused as refused:
            message = _("This is no address that webhooks can be sent to.")
            raise serializers.ValidationError(message, code=refused.reason) from None
        return url


class EndpointChange(EndpointBody):
    is_active = serializers.BooleanField(
        default=True, help_text=_("false: nothing is sent; the feed goes on.")
    )


class AttemptSerializer(ShownModel):
    error = serializers.CharField(
        help_text=_("Why there was no answer, for example “timed-out” or “address-forbidden”.")
    )

    class Meta:
        model = WebhookAttempt
        fields = ["at", "status", "error", "excerpt", "duration_ms"]


class DeliverySerializer(ShownModel):
    """One message to an endpoint and every try to bring it there."""

    id = serializers.UUIDField(source="uuid", help_text=_("The “webhook-id” of the message."))
    event = serializers.UUIDField(
        source="event.uuid", allow_null=True, default=None, help_text=_("null: a test.")
    )
    type = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values)
    next_try_at = serializers.SerializerMethodField()
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = WebhookDelivery
        fields = ["id", "event", "type", "state", "tries", "created_at", "next_try_at", "attempts"]

    def get_type(self, delivery: WebhookDelivery) -> str:
        return delivery.event.type if delivery.event else TEST_TYPE

    def get_next_try_at(self, delivery: WebhookDelivery) -> datetime | None:
        return delivery.due_at if delivery.state == WebhookDelivery.State.PENDING else None


class DeliveryPage(PageAnswer):
    items = DeliverySerializer(many=True)


class DeliveryFilters(PageParameters):
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values, required=False)


class WebhookView(ApiView):
    """Endpoints belong to a client, not to a region: another client's do not exist."""

    missing_code = "webhook-endpoint-not-found"
    serializer_class = EndpointSerializer
    http_method_names = ["get", "head", "post", "put", "delete"]

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.filter(client=self.client).select_related("client")

    def endpoint(self, endpoint_id: str) -> WebhookEndpoint:
        return self.find(self.get_queryset(), endpoint_id)

    def with_secret(self, endpoint: WebhookEndpoint, secret: str) -> dict[str, Any]:
        return {"secret": secret, "endpoint": EndpointSerializer(endpoint).data}


class EndpointList(WebhookView):
    scopes = {"GET": (Scope.WEBHOOKS_MANAGE,), "POST": (Scope.WEBHOOKS_MANAGE,)}
    problems = ("too-many-webhook-endpoints",)

    @extend_schema(
        operation_id="webhook_endpoint_list",
        summary=_("Your webhook endpoints"),
        tags=["webhooks"],
        parameters=[ChangedSince],
        responses=EndpointPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ChangedSince)
        rows = self.changed_since(self.get_queryset(), parameters)
        return self.listed(self.page(rows, parameters, by="created_at"))

    @extend_schema(
        operation_id="webhook_endpoint_create",
        summary=_("Hear of events at an address"),
        description=_("The answer shows the secret that signatures are checked with, only once."),
        tags=["webhooks"],
        request=EndpointBody,
        responses={201: EndpointWithSecret},
    )
    def post(self, request: Request) -> Response:
        said = self.body(EndpointBody)
        try:
            endpoint, secret = add_endpoint(client=self.client, **said)
        except TooManyEndpoints:
            raise Problem("too-many-webhook-endpoints") from None
        return Response(self.with_secret(endpoint, secret), status=status.HTTP_201_CREATED)


class EndpointDetail(WebhookView):
    scopes = dict.fromkeys(("GET", "PUT", "DELETE"), (Scope.WEBHOOKS_MANAGE,))

    @extend_schema(
        operation_id="webhook_endpoint", summary=_("One webhook endpoint"), tags=["webhooks"]
    )
    @conditional
    def get(self, request: Request, endpoint_id: str) -> Response:
        return self.single(self.endpoint(endpoint_id))

    @extend_schema(
        operation_id="webhook_endpoint_change",
        summary=_("Change a webhook endpoint, switch it off or on"),
        tags=["webhooks"],
        request=EndpointChange,
        responses=EndpointSerializer,
    )
    @conditional
    def put(self, request: Request, endpoint_id: str) -> Response:
        said = self.body(EndpointChange)
        endpoint = self.to_change(self.get_queryset(), endpoint_id)
        return self.single(change_endpoint(endpoint, **said))

    @extend_schema(
        operation_id="webhook_endpoint_delete",
        summary=_("Delete a webhook endpoint with its log"),
        tags=["webhooks"],
        responses={204: None},
    )
    @conditional
    def delete(self, request: Request, endpoint_id: str) -> Response:
        self.to_change(self.get_queryset(), endpoint_id).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class EndpointSecret(WebhookView):
    scopes = {"POST": (Scope.WEBHOOKS_MANAGE,)}

    @extend_schema(
        operation_id="webhook_endpoint_rotate_secret",
        summary=_("Make a new secret"),
        description=_("For 24 hours deliveries carry the signatures of both, old and new."),
        tags=["webhooks"],
        request=None,
        responses=EndpointWithSecret,
    )
    @conditional
    def post(self, request: Request, endpoint_id: str) -> Response:
        endpoint = self.to_change(self.get_queryset(), endpoint_id)
        return Response(self.with_secret(endpoint, rotate_secret(endpoint)))


class EndpointTest(WebhookView):
    scopes = {"POST": (Scope.WEBHOOKS_MANAGE,)}
    problems = ("webhook-endpoint-disabled",)

    @extend_schema(
        operation_id="webhook_endpoint_test",
        summary=_("Send a test message now"),
        description=_("The answer says what the endpoint answered. Tests are tried once."),
        tags=["webhooks"],
        request=None,
        responses=DeliverySerializer,
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        endpoint = self.endpoint(endpoint_id)
        if endpoint.state != WebhookEndpoint.State.ACTIVE:
            raise Problem("webhook-endpoint-disabled")
        return Response(DeliverySerializer(send_test(endpoint)).data)


class DeliveryList(WebhookView):
    serializer_class = DeliverySerializer
    scopes = {"GET": (Scope.WEBHOOKS_MANAGE,)}

    @extend_schema(
        operation_id="webhook_delivery_list",
        summary=_("What was sent to an endpoint, in order"),
        tags=["webhooks"],
        parameters=[DeliveryFilters],
        responses=DeliveryPage,
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        parameters = self.parameters(DeliveryFilters)
        rows = self.endpoint(endpoint_id).deliveries.select_related("event")
        if "state" in parameters:
            rows = rows.filter(state=parameters["state"])
        return self.listed(
            self.page(rows.prefetch_related("attempts"), parameters, by="created_at")
        )


class DeliveryResend(WebhookView):
    scopes = {"POST": (Scope.WEBHOOKS_MANAGE,)}
    missing_code = "webhook-delivery-not-found"
    problems = ("webhook-endpoint-disabled",)

    @extend_schema(
        operation_id="webhook_delivery_resend",
        summary=_("Send a message once more"),
        description=_("It goes out within seconds, with the same “webhook-id”."),
        tags=["webhooks"],
        request=None,
        responses={202: DeliverySerializer},
    )
    def post(self, request: Request, delivery_id: str) -> Response:
        rows = WebhookDelivery.objects.filter(endpoint__client=self.client)
        delivery = self.find(rows.select_related("endpoint", "event"), delivery_id)
        if delivery.endpoint.state != WebhookEndpoint.State.ACTIVE:
            raise Problem("webhook-endpoint-disabled")
        answer = DeliverySerializer(resend(delivery)).data
        return Response(answer, status=status.HTTP_202_ACCEPTED)
