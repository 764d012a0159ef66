"""A trainer's letter to chosen people of a cohort."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort, Enrollment
from lms.mail.letters import write_letter
from lms.people.models import User


class LetterForm(forms.Form):
    """Subject and text; ``batch`` makes sending the same form twice one letter."""

    subject = forms.CharField(
        label=_("Subject"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("The greeting and your name are added. Line breaks are kept."),
    )
    batch = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())  # a header is one line


def can_be_written_to(learner: User) -> bool:
    """As ``write_letter`` decides: demo people and those without an address get none."""
    return bool(learner.email) and learner.is_active and not learner.is_synthetic


@transaction.atomic
def write_to_people(
    *,
    cohort: Cohort,
    enrollments: Iterable[Enrollment],
    sender: User,
    subject: str,
    text: str,
    batch: uuid.UUID,
) -> int:
    """Ask for a letter to each learner, once per ``batch``; returns how many were asked for."""
    letters = [
        write_letter(
            to=enrollment.learner,
            template="cohort_message",
            key=f"cohort_message:{batch}:{sender.pk}:{enrollment.pk}",
            context={
                "subject": subject,
                "text": text,
                "sender": sender.get_full_name(),
                "course": cohort.course.title,
                "cohort": cohort.title,
            },
        )
        for enrollment in enrollments
    ]
    return sum(letter is not None for letter in letters)
