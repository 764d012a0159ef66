"""Fields that take what they are given literally: a number is no text, an unknown name an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy, deepcopy
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from lms.people.inn import WrongCheckDigits, WrongLength, checked_inn
from lms.people.metadata import LONGEST_KEY, LONGEST_VALUE, MOST_KEYS, Metadata
from lms.people.phones import LONGEST_SPELLING, NotAPhone, normalised_phone

PRINTABLE = r"[^\u0000-\u001f\u007f]*"
SOMETHING = rf"^{PRINTABLE}[^\s\u0000-\u001f\u007f]{PRINTABLE}$"
"""Patterns for the description: a line without control characters, and one that is not blank."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNKEEPABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of pairs, which no database takes."""


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
    {"type": "string", "pattern": "^([0-9]{10}|[0-9]{12})?$", "example": "7012345676"}
)
class Inn(Text):
    """A taxpayer number whose check digits fit; "" and null are none."""

    default_error_messages = {
        "wrong-length": _("A taxpayer number (ИНН) has 10 digits, an entrepreneur's has 12."),
        "wrong-check-digits": _(
            "The check digits of this taxpayer number (ИНН) do not fit: look for a slip."
        ),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, allow_null=True, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return checked_inn(text) if text else ""
        except WrongLength:
            self.fail("wrong-length")
        except WrongCheckDigits:
            self.fail("wrong-check-digits")


@extend_schema_field(
    {
        "type": "string",
        "pattern": f"^{PRINTABLE}$",
        "maxLength": LONGEST_SPELLING,
        "example": "8 (912) 345-67-89",
    }
)
class Phone(Text):
    """A telephone number in any usual spelling, kept in one (E.164); "" is none."""

    default_error_messages = {
        "not-a-phone": _(
            "This is no telephone number. Write one, for example +7 912 345-67-89; numbers of "
            "other countries begin with “+”."
        )
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, max_length=LONGEST_SPELLING, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return normalised_phone(text) if text else ""
        except NotAPhone:
            self.fail("not-a-phone")


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MOST_KEYS,
        "propertyNames": {"pattern": f"^{PRINTABLE}$", "minLength": 1, "maxLength": LONGEST_KEY},
        "additionalProperties": {
            "type": "string",
            "pattern": f"^{PRINTABLE}$",
            "maxLength": LONGEST_VALUE,
        },
        "example": {"department": "4-Б", "order": "112-к"},
    }
)
class MetadataMap(serializers.Field):
    """Short texts under names that the caller chooses; said at all, it replaces the whole map."""

    default_error_messages = {
        "invalid": _("Give a JSON object whose values are texts."),
        "too-many-keys": _("At most {most} keys."),
        "bad-key": _("A key has 1 to {most} characters, without control characters: “{name}”."),
        "bad-value": _(
            "The value of “{name}” must be a text of at most {most} characters, without control "
            "characters."
        ),
    }

    def to_internal_value(self, data: Any) -> Metadata:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        if len(data) > MOST_KEYS:
            self.fail("too-many-keys", most=MOST_KEYS)
        for key, value in data.items():
            if not key or not _fits(key, LONGEST_KEY):
                self.fail("bad-key", most=LONGEST_KEY, name=_showable(key[:LONGEST_KEY]))
            if not isinstance(value, str) or not _fits(value, LONGEST_VALUE):
                self.fail("bad-value", most=LONGEST_VALUE, name=key)
        return dict(data)

    def to_representation(self, value: Metadata) -> Metadata:
        return value


METADATA_HELP = _(
    "Up to 20 texts of up to 500 characters under keys of up to 40: notes of your own systems, "
    "which we only keep. The map that you send replaces the present one; {} empties it."
)


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and not _UNKEEPABLE.search(text)


def _showable(text: str) -> str:
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)


@extend_schema_field(
    {
        "oneOf": [
            {
                "type": "string",
                "pattern": SOMETHING,
                "maxLength": 250,
            },
            {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        ]
    }
)
class OrganisationRef(serializers.Field):
    """An organisation of the region: its name, or its number."""

    default_error_messages = {"invalid": _("Give the name of the organisation, or its number.")}

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, float) and data.is_integer():
            data = int(data)  # to JSON Schema 5.0 is the whole number 5
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


class ShownModel(serializers.ModelSerializer):
    """A model's fields as a caller reads them; what they are made of is looked up once a class."""

    def get_fields(self) -> dict[str, serializers.Field]:
        made = _made_fields.get(type(self))
        if made is None:
            made = _made_fields[type(self)] = super().get_fields()
        return {name: _another(field) for name, field in made.items()}


def _another(field: serializers.Field) -> serializers.Field:
    """A field like ``field``, which belongs to no serializer yet. To make it anew from what it was
    made of, as a deep copy does, is needed only where it has children."""
    has_children = hasattr(field, "child") or hasattr(field, "child_relation")
    if has_children or isinstance(field, serializers.BaseSerializer):
        return deepcopy(field)
    return copy(field)


_made_fields: dict[type, dict[str, serializers.Field]] = {}
