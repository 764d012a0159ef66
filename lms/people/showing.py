"""Telling that somebody who works here is shown personal data of others."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from lms.people.models import User
from lms.people.signals import personal_data_shown


def note_shown(request: HttpRequest, people: Iterable[int]) -> None:
    """``people``: the ids of those whose names or addresses are in the answer."""
    personal_data_shown.send(sender=User, request=request, people=sorted(set(people)))
