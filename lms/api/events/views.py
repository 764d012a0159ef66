"""The feed of events: everything that happened to the region's people, in order, none missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Min, Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.events.kinds import EventType, scope_of, subject_of
from lms.api.events.models import Event, EventCounter
from lms.api.events.numbering import number_events
from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.learners import LearnerSerializer, with_external_ids
from lms.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from lms.api.personal_data import record_access
from lms.api.problems import InvalidParameters, Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import User

_SALT = "api.events"
TYPES = OpenApiParameter(
    "types",
    {"type": "array", "minItems": 1, "items": {"type": "string", "enum": EventType.values}},
    OpenApiParameter.QUERY,
    style="form",
    explode=False,
    description=_("Types of events by commas; left out: all that your key may see."),
)


class EventObject(serializers.Serializer):
    type = serializers.SerializerMethodField(help_text=_("What “id” names, for example “learner”."))
    id = serializers.UUIDField(source="object_id")

    def get_type(self, event: Event) -> str:
        subject = subject_of(event.type)
        return "enrolment" if subject == "progress" else subject


class EventLearner(LearnerSerializer):
    """Whom it is about: the id and your ids; everything that you may see with ``expand``."""

    ALWAYS = ("id", "external_ids")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields.pop("metadata", None)  # what happened is told without notes of other systems
        for name in set(fields) - set(self.ALWAYS):
            fields[name].required = fields[name].read_only = False
        is_schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if is_schema or self.context.get("expands"):
            return fields
        return {name: fields[name] for name in self.ALWAYS}


class EventSerializer(ShownModel):
    """One event. The learner stands here in full only with ``expand=learner``."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.IntegerField(
        help_text=_("1, 2, 3 … in the region, without gaps: proof that you missed none.")
    )
    type = serializers.ChoiceField(choices=EventType.choices)
    region = serializers.CharField(source="region.code")
    object = EventObject(source="*")
    learner = EventLearner(allow_null=True)
    data = serializers.DictField(help_text=_("What changed: ids and states, never personal data."))

    class Meta:
        model = Event
        fields = ["id", "number", "type", "occurred_at", "region", "object", "learner", "data"]


class EventPage(serializers.Serializer):
    items = EventSerializer(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(
        help_text=_("Keep it: the next request goes on from here, also when “items” is empty.")
    )


class EventParameters(StrictSerializer):
    limit = serializers.IntegerField(
        min_value=1,
        max_value=MAX_LIMIT,
        default=DEFAULT_LIMIT,
        help_text=_("How many rows to give at most."),
    )
    cursor = Text(
        required=False,
        max_length=500,
        help_text=_("“next_cursor” of the answer before; leave it out for the first."),
    )
    since = serializers.DateTimeField(
        required=False,
        help_text=_("Begin with the events of this moment (RFC 3339); only without a cursor."),
    )
    types = serializers.CharField(required=False, max_length=500)
    expand = serializers.ChoiceField(
        choices=["learner"],
        required=False,
        help_text=_("“learner”: the learner as he or she is now, instead of the id alone."),
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if "cursor" in said and "since" in said:
            message = gettext("Give either a cursor or a moment.")
            raise serializers.ValidationError({"since": [message]}, code="not-together")
        return said


class EventFeed(ApiView):
    scopes = {"GET": (Scope.EVENTS_READ,)}
    region_path = "region"
    problems = ("cursor-expired",)
    serializer_class = EventSerializer

    def model_queryset(self) -> QuerySet[Event]:
        learners = User.objects.select_related("region", "organisation").prefetch_related(
            with_external_ids(self.client)
        )
        return (
            Event.objects.numbered()
            .select_related("region")
            .prefetch_related(Prefetch("learner", queryset=learners))
        )

    @extend_schema(
        operation_id="event_list",
        summary=_("What happened, in order: the feed of events"),
        description=_(
            "The feed is the truth, webhooks only a hint to read it. Every answer has a "
            "“next_cursor”; an event that you have not seen never comes before it."
        ),
        tags=["events"],
        parameters=[EventParameters, TYPES],
        responses=EventPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(EventParameters)
        types = self._types(parameters.get("types"))
        number_events()
        after, newest = self._after(parameters), self._counter("last")
        limit = parameters["limit"]
        rows = self.get_queryset().filter(type__in=types, position__gt=after, position__lte=newest)
        events = list(rows.order_by("position")[: limit + 1])
        has_more, events = len(events) > limit, events[:limit]
        # At the end the cursor moves behind what the filters left out, too.
        seen_to = events[-1].position if has_more else max(newest, after)
        expands = "expand" in parameters
        if expands:
            record_access(request, [event.learner for event in events if event.learner])
        context = {**self.get_serializer_context(), "expands": expands}
        answer = {
            "items": EventSerializer(events, many=True, context=context).data,
            "has_more": has_more,
            "next_cursor": signing.dumps(seen_to, salt=_SALT),
        }
        return Response(answer)

    def _counter(self, name: str) -> int:
        counter = EventCounter.objects.filter(region=None).values_list(name, flat=True)
        return counter.first() or 0

    def _types(self, said: str | None) -> list[str]:
        """The types to show: those asked for, or all that the scopes of the key allow."""
        if said is None:
            return [kind for kind in EventType.values if self.client.may(scope_of(kind))]
        types = said.split(",")
        if unknown := sorted(set(types) - set(EventType.values)):
            message = gettext("There is no type “%(type)s”.") % {"type": unknown[0]}
            raise InvalidParameters({"types": [message]}, code="unknown")
        missing = {scope_of(kind) for kind in types if not self.client.may(scope_of(kind))}
        if missing:
            raise Problem("scope-missing", missing_scopes=sorted(missing))
        return types

    def _after(self, parameters: dict[str, Any]) -> int:
        """The place after which to begin. Raises the problem of a cursor that is too old."""
        if "cursor" in parameters:
            after = _read(parameters["cursor"])
            if after < self._counter("forgotten"):
                raise Problem("cursor-expired")
            return after
        if "since" in parameters:
            return self._before(parameters["since"])
        return 0

    def _before(self, moment: datetime) -> int:
        """The place before the first event of ``moment`` or later."""
        later = self.get_queryset().filter(occurred_at__gte=moment)
        first = later.aggregate(first=Min("position"))["first"]
        return self._counter("last") if first is None else first - 1


def _read(cursor: str) -> int:
    try:
        return int(signing.loads(cursor, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        raise InvalidParameters(
            {"cursor": [gettext("This cursor was not given by this list.")]}, code="invalid-cursor"
        ) from None
