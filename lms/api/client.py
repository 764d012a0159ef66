"""What the caller's own key is and may do."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.fields import ShownModel
from lms.api.models import ApiClient
from lms.api.preconditions import conditional
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import Region


class RegionSerializer(ShownModel):
    class Meta:
        model = Region
        fields = ["code", "name", "timezone", "is_sandbox"]
        extra_kwargs = {
            "is_sandbox": {"help_text": _("To try the API in: its people are made up.")}
        }


class ClientSerializer(ShownModel):
    region = RegionSerializer(allow_null=True, help_text=_("null: all regions."))
    scopes = serializers.ListField(
        source="granted",
        child=serializers.ChoiceField(choices=Scope.values),
        help_text=_("With a token: those of the token."),
    )
    client_id = serializers.CharField(
        allow_null=True, help_text=_("For OAuth2; null: the client has a key only.")
    )
    key_prefix = serializers.CharField(
        allow_null=True, help_text=_("How the key begins; null: the client has none.")
    )
    requests_per_minute = serializers.SerializerMethodField()

    class Meta:
        model = ApiClient
        fields = [
            "name",
            "region",
            "scopes",
            "client_id",
            "key_prefix",
            "key_made_at",
            "requests_per_minute",
        ]

    def get_requests_per_minute(self, client: ApiClient) -> int:
        return settings.API_REQUESTS_PER_MINUTE


class Me(ApiView):
    serializer_class = ClientSerializer

    @extend_schema(operation_id="me", summary=_("What your key may do"), tags=["client"])
    @conditional
    def get(self, request: Request) -> Response:
        return self.single(self.client)
