"""Learners: how the API names them, and finding one by a region's own id."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from lms.api.fields import (
    METADATA_HELP,
    MetadataMap,
    OrganisationRef,
    Phone,
    ShownModel,
    StrictSerializer,
    Text,
)
from lms.api.models import ApiClient
from lms.api.personal_data import sees_personal_data
from lms.api.problems import InvalidParameters, Problem
from lms.people.models import ExternalId, User
from lms.people.registering import (
    EmailTaken,
    ExternalIdTaken,
    OrganisationUnknown,
    PersonBlocked,
    SnilsRefused,
    refuse_snils,
)

EXTERNAL_ID_PARAMETERS = [
    OpenApiParameter(
        "system",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
        OpenApiParameter.PATH,
        description=_("Your system: a word of Latin letters, digits, “-” and “_”. Not “snils”."),
    ),
    OpenApiParameter(
        "value",
        {"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f]{1,120}$"},
        OpenApiParameter.PATH,
        description=_("What your system calls the learner, for example a personnel number."),
    ),
]

MOST_EXTERNAL_IDS = 10
LEARNER_STATES = ["active", "closed"]

_SYSTEM = re.compile(r"[A-Za-z0-9_-]{1,40}")
_VALUE = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


def check_external_id(system: str, value: str) -> None:
    """Refuse an id in the address that cannot be one, or must not be one (SNILS)."""
    try:
        refuse_snils(system=system, value=value)
    except SnilsRefused:
        raise Problem("snils-refused") from None
    errors = {}
    if not _SYSTEM.fullmatch(system):
        errors["system"] = [gettext("Up to 40 Latin letters, digits, “-” and “_”.")]
    if not _VALUE.fullmatch(value):
        errors["value"] = [gettext("From 1 to 120 characters, without control characters.")]
    if errors:
        raise InvalidParameters(errors)


class ExternalIdSerializer(ShownModel):
    class Meta:
        model = ExternalId
        fields = ["system", "value"]


PERSONAL = (
    "family_name",
    "given_name",
    "patronymic",
    "email",
    "phone",
    "position",
    "organisation",
    "metadata",
)
"""What of a learner only the scope “learners:pii” shows."""


class LearnerSerializer(ShownModel):
    """A learner. Beside the id and initials only with the scope ``learners:pii``."""

    id = serializers.UUIDField(source="uuid")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    initials = serializers.CharField()
    state = serializers.SerializerMethodField(
        help_text=_("“closed”: an administrator or the HR system has closed the account.")
    )
    locale = serializers.CharField(help_text=_("Language: “ru” or “en”."))
    external_ids = ExternalIdSerializer(many=True, help_text=_("What your systems call them."))
    organisation = serializers.CharField(
        source="organisation.name", allow_null=True, default=None, required=False
    )
    metadata = MetadataMap(required=False, help_text=_("Only with the scope “learners:pii”."))

    class Meta:
        model = User
        fields = [
            "id",
            "updated_at",
            "region",
            "initials",
            "state",
            "timezone",
            "locale",
            "external_ids",
            *PERSONAL,
        ]
        extra_kwargs = {
            name: {"help_text": _("Only with the scope “learners:pii”."), "required": False}
            for name in ("family_name", "given_name", "patronymic", "email", "phone", "position")
        }

    @extend_schema_field(serializers.ChoiceField(choices=LEARNER_STATES))
    def get_state(self, learner: User) -> str:
        return "active" if learner.is_active else "closed"

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        request = self.context.get("request")
        is_schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if not is_schema and (request is None or not sees_personal_data(request)):
            for name in PERSONAL:
                fields.pop(name)
        return fields


def with_external_ids(client: ApiClient, path: str = "") -> Prefetch:
    """Prefetch of the ids that the client may see, for learners at ``path``."""
    ids = client.of_its_region(ExternalId.objects.order_by("system", "value"), path="region")
    return Prefetch(f"{path}external_ids", queryset=ids)


class LearnerBody(StrictSerializer):
    """What a region's system says about a learner. What is left out stays as it is."""

    family_name = Text(max_length=100, help_text=_("As in the passport."))
    given_name = Text(max_length=100)
    patronymic = Text(max_length=100, allow_blank=True, allow_null=True, default=None)
    email = serializers.EmailField(
        max_length=254,
        allow_null=True,
        default=None,
        help_text=_(
            "The invitation goes here. From the first sign-in on only the learner sets it."
        ),
    )
    phone = Phone(
        allow_null=True,
        default=None,
        help_text=_(
            "In any usual spelling, for example “8 (912) 345-67-89”; kept as “+79123456789”. “”: "
            "none."
        ),
    )
    position = Text(max_length=150, allow_blank=True, allow_null=True, default=None)
    organisation = OrganisationRef(
        allow_null=True,
        default=None,
        help_text=_("Name or number of the place of work; an unknown name is added."),
    )
    address_as = Text(
        max_length=120,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text=_("How to address the learner, for example “Maria Petrovna”."),
    )
    timezone = Text(
        max_length=40,
        allow_null=True,
        default=None,
        help_text=_("An IANA name, for example “Asia/Tomsk”; the region's when left out."),
    )
    locale = serializers.ChoiceField(
        choices=list(dict(settings.LANGUAGES)), allow_null=True, default=None
    )
    metadata = MetadataMap(allow_null=True, default=None, help_text=METADATA_HELP)
    region = Text(
        max_length=6,
        required=False,
        help_text=_("ISO 3166-2:RU code; needed from clients of all regions only."),
    )

    def validate_timezone(self, value: str | None) -> str | None:
        if value is not None and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."), code="unknown")
        return value


class ExternalIdBody(StrictSerializer):
    """What one of the region's systems calls the learner."""

    system = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}\Z",
        help_text=_("Your system: a word of Latin letters, digits, “-” and “_”. Not “snils”."),
    )
    value = Text(max_length=120, trim_whitespace=False)

    def validate(self, said: dict[str, str]) -> dict[str, str]:
        try:
            refuse_snils(**said)
        except SnilsRefused:
            raise Problem("snils-refused") from None
        return said


class NewLearnerBody(LearnerBody):
    """A learner who is not registered yet, and what your systems call them."""

    external_ids = serializers.ListField(
        child=ExternalIdBody(),
        default=list,
        max_length=MOST_EXTERNAL_IDS,
        help_text=_("Your ids; none of them may be somebody else's."),
    )


@contextmanager
def person_problems() -> Iterator[None]:
    """What may be refused about a person's data, as problems."""
    try:
        yield
    except EmailTaken:
        raise Problem("email-taken") from None
    except ExternalIdTaken as taken:
        raise Problem("external-id-taken", detail=str(taken)) from None
    except PersonBlocked:
        raise Problem("person-blocked") from None
    except OrganisationUnknown:
        message = gettext("Your region has no organisation with this number.")
        raise serializers.ValidationError({"organisation": [message]}, code="unknown") from None


class RegionParameters(StrictSerializer):
    region = Text(
        max_length=6,
        required=False,
        help_text=_("Which region's id it is; only clients of all regions may need it."),
    )
