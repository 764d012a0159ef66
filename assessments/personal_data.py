"""What the room of questionnaires keeps about people: the results stay, without the name."""

from django.utils.translation import gettext_lazy as _

from lms.people.personal_data import Holding, OnErasure, register

register(
    Holding(
        "assessments.Attempt",
        "enrollment__learner",
        _("Answers to questionnaires"),
        ("assessment.title", "started_at", "submitted_at", "answers"),
        OnErasure.KEEP,
    ),
)
