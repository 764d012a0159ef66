"""What the room of questionnaires keeps about people: the results stay, without the name."""

from django.utils.translation import gettext_lazy as _

from lms.people.personal_data import Holding, OnErasure, register

register(
    Holding(
        "assessments.Attempt",
        "enrollment__learner",
        _("Questionnaires"),
        (
            "assessment.title",
            "wave",
            "form",
            "started_at",
            "submitted_at",
            "erased_at",
            "self_report",
            "judgement",
        ),
        OnErasure.KEEP,
    ),
)
# Answers one by one, with own words; what counts in results stays in the attempt.
register(
    Holding(
        "assessments.Response",
        "attempt__enrollment__learner",
        _("Answers to questionnaires"),
        ("attempt.assessment.title", "item.text", "part", "value", "missing", "text"),
        OnErasure.DELETE,
    ),
)
