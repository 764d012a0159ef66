"""What people thought of a webinar: a rating from 1 to 5 and a few words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from webinars.models.feedback import SessionRating
from webinars.models.webinar import WebinarSession

SCALE = [
    (5, _("5: very useful")),
    (4, _("4: useful")),
    (3, _("3: partly")),
    (2, _("2: hardly")),
    (1, _("1: not useful")),
]


class RatingForm(forms.Form):
    value = forms.TypedChoiceField(
        label=_("How useful was the webinar for your work?"),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five.")},
    )
    words = forms.CharField(
        label=_("What shall we do differently?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def rate(session: WebinarSession, user: User, *, value: int, words: str) -> None:
    """Keep somebody's rating; another one replaces it."""
    SessionRating.objects.update_or_create(
        session=session, user=user, defaults={"value": value, "words": words}
    )
