"""Fields that take what they are given literally: a number is no text, an unknown name an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Text(serializers.CharField):
    """A line of text: a JSON string, nothing else, without control characters."""

    default_error_messages = {"control": _("Control characters are not allowed here.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if _CONTROL.search(data):
            self.fail("control")
        return super().to_internal_value(data)


@extend_schema_field(
    {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 250}, {"type": "integer"}]}
)
class OrganisationRef(serializers.Field):
    """An organisation of the region: its name, or its number."""

    default_error_messages = {"invalid": _("Give the name of the organisation, or its number.")}

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, int):
            return serializers.IntegerField(min_value=1, max_value=2**63 - 1).run_validation(data)
        if isinstance(data, str):
            return Text(max_length=250).run_validation(data)
        self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        return value


class StrictSerializer(serializers.Serializer):
    """Refuses fields that it does not know: a slip in a name must not pass in silence."""

    unknown = _("There is no such field.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            errors = {
                str(name): [ErrorDetail(str(self.unknown), code="unknown-field")]
                for name in data
                if name not in self.fields
            }
        try:
            checked = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                errors |= error.detail
            else:
                raise
        if errors:
            raise serializers.ValidationError(errors)
        return checked
