"""What people thought of a meeting: satisfaction from 0 to 10 and a few words.

After a webinar also how useful it was, from 1 to 5. Its report tells that soon, but of at least ten
more people each time, and the words of at least five more: whoever looks again and again never sees
one answer come. What was told of a person stays as it was told; words that are taken back go.
Satisfaction is told as a mean of many, and only when nothing can be changed any more: see
``reactions``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from webinars.models.feedback import SessionRating
from webinars.models.practicum import PracticumSession
from webinars.models.webinar import WebinarSession

SCALE = [
    (5, _("5: very useful")),
    (4, _("4: useful")),
    (3, _("3: partly")),
    (2, _("2: hardly")),
    (1, _("1: not useful")),
]
HIGHEST = 10
ASKED_FOR = timedelta(days=7)
"""After the end of a meeting; then the answers stay as they are."""

FEWEST_WORDS = 5
"""Answers in words from which on they are told: of fewer, one guesses whose they are."""
FEWEST_RATINGS = 10
"""Ratings from which on their mean and distribution are told: so it is promised in the form."""


class AskedTooLate(Exception):
    """The answers of this meeting are closed."""


class ReactionForm(forms.Form):
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with this meeting as a whole?"),
        choices=[(value, str(value)) for value in range(HIGHEST + 1)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 0 to 10.")},
    )
    words = forms.CharField(
        label=_("What shall we do differently?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RatingForm(ReactionForm):
    """A webinar is also rated for its use."""

    value = forms.TypedChoiceField(
        label=_("How useful was the webinar for your work?"),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five.")},
    )
    field_order = ["value", "satisfaction", "words"]


def is_asked(ended_at: datetime | None) -> bool:
    """Whether a meeting that ended then may still be rated."""
    return ended_at is not None and timezone.now() < ended_at + ASKED_FOR


@transaction.atomic
def rate(session: WebinarSession, user: User, *, value: int, satisfaction: int, words: str) -> None:
    """Keep somebody's rating; another one replaces it. Raises AskedTooLate."""
    if not is_asked(session.room.closed_at):
        raise AskedTooLate
    WebinarSession.objects.select_for_update().get(pk=session.pk)  # they count each other
    SessionRating.objects.update_or_create(
        session=session,
        user=user,
        defaults={"value": value, "satisfaction": satisfaction, "words": words},
    )
    _tell(session)


def _tell(session: WebinarSession) -> None:
    """Let trainers see what enough people have added since they could last see more.

    Ten who all chose the same wait for somebody who did not: the difference would be their answer.
    """
    ratings = session.ratings.all()
    ratings.exclude(told_words="").exclude(told_words=F("words")).update(told_words="")
    waiting = ratings.filter(told_value=None)
    values = list(waiting.values_list("value", flat=True))
    if len(values) >= FEWEST_RATINGS and len(set(values)) > 1:
        waiting.update(told_value=F("value"))
    unsaid = ratings.filter(told_words="").exclude(words="")
    if unsaid.count() >= FEWEST_WORDS:
        unsaid.update(told_words=F("words"))


def rate_practicum(session: PracticumSession, user: User, *, satisfaction: int, words: str) -> None:
    """Keep a player's rating; another one replaces it. Raises AskedTooLate.

    Whoever has written the debrief need not wait for the others to close the session.
    """
    if session.closed_at is not None and not is_asked(session.closed_at):
        raise AskedTooLate
    SessionRating.objects.update_or_create(
        practicum_session=session,
        user=user,
        defaults={"satisfaction": satisfaction, "words": words},
    )


def rating_context(
    session: WebinarSession | PracticumSession,
    user: User,
    form: type[ReactionForm],
    *,
    ended_at: datetime | None,
) -> dict[str, Any]:
    """The form with one's own answers in it, and whether it may still be sent."""
    rated = session.ratings.filter(user=user).first()
    fields = form.base_fields
    initial = {name: getattr(rated, name) for name in fields} if rated is not None else None
    return {
        "rating_form": form(initial=initial),
        "is_rated": rated is not None,
        "is_rating_open": ended_at is None or is_asked(ended_at),
    }
