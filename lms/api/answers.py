"""What a request that writes answers: what became of it, and the thing as it is now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.response import Response

from courses.enrolling import Outcome
from lms.api.preconditions import tag_of

OUTCOMES = [outcome.value for outcome in Outcome]


class WriteAnswer(serializers.Serializer):
    """What became of a request that writes."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)


class PersonAnswer(WriteAnswer):
    """What became of a request that writes about a person."""

    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Fields left as they are because the learner sets them since signing in."),
    )


def written(outcome: str, *, is_tagged: bool = True, **shown: Any) -> Response:
    """201 for what is new, else 200. ``shown``: the thing under its name, and what else is said.

    The tag is that of the thing, which comes last.
    """
    *_others, thing = shown.values()
    return Response(
        {"outcome": outcome, **shown},
        status=status.HTTP_201_CREATED if outcome == Outcome.CREATED else status.HTTP_200_OK,
        headers={"ETag": tag_of(thing)} if is_tagged else None,
    )
