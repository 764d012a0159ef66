"""The types of events, and the scope that reading each of them needs. Pure but for the labels."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.api.scopes import Scope


class EventType(models.TextChoices):
    """What can happen; a type never changes its meaning, new ones may come."""

    LEARNER_CREATED = "learner.created", _("a learner was registered")
    LEARNER_UPDATED = "learner.updated", _("data of a learner changed")
    LEARNER_MERGED = "learner.merged", _("two entries of one learner were merged")
    LEARNER_ERASED = "learner.erased", _("the personal data of a learner was erased")
    ENROLMENT_CREATED = "enrolment.created", _("a learner was enrolled")
    ENROLMENT_STATE_CHANGED = "enrolment.state_changed", _("an enrolment changed its state")
    ENROLMENT_TRANSFERRED = (
        "enrolment.transferred",
        _("a learner was moved to another cohort"),
    )
    PROGRESS_MILESTONE = "progress.milestone", _("a learner finished an activity")
    CERTIFICATE_ISSUED = "certificate.issued", _("a certificate was issued")
    CERTIFICATE_STATE_CHANGED = (
        "certificate.state_changed",
        _("a certificate was suspended or became valid again"),
    )
    CERTIFICATE_REVOKED = "certificate.revoked", _("a certificate was revoked")
    CERTIFICATE_SUPERSEDED = "certificate.superseded", _("a certificate was replaced by another")
    IMPORT_FINISHED = "import.finished", _("an import came to its end")


OF_CERTIFICATES = tuple(kind.value for kind in EventType if kind.value.startswith("certificate."))
"""The events whose predecessor of the same object is looked up."""

TEST_TYPE = "webhook.test"
"""What a test delivery carries; it never stands in the feed."""

_SCOPES = {
    "learner": Scope.LEARNERS_READ,
    "enrolment": Scope.ENROLMENTS_READ,
    "progress": Scope.PROGRESS_READ,
    "certificate": Scope.CERTIFICATES_READ,
    "import": Scope.ENROLMENTS_READ,
}


def subject_of(event_type: str) -> str:
    """«enrolment.created» is about an «enrolment»."""
    return event_type.split(".")[0]


def scope_of(event_type: str) -> Scope:
    """The scope that a client needs beside ``events:read`` to see events of this type."""
    return _SCOPES[subject_of(event_type)]
