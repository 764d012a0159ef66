"""Enrolling a person under a region's own id: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from courses.enrolling import Outcome, enroll
from courses.enrollment_states import EnrollmentState
from courses.invitations import invite
from courses.models import Cohort, Enrollment
from lms.api.models import ApiClient
from lms.people.details import PersonDetails
from lms.people.metadata import Metadata
from lms.people.models import Region
from lms.people.registering import RegistrationOutcome, register_person


@dataclass(frozen=True)
class EnrolledByExternalId:
    """``kept``: fields that the learner decides alone since they first signed in."""

    enrollment: Enrollment
    outcome: Outcome
    kept: tuple[str, ...]


def enrol_by_external_id(
    *,
    client: ApiClient,
    region: Region,
    cohort: Cohort,
    system: str,
    value: str,
    details: PersonDetails,
    metadata: Metadata | None = None,
) -> EnrolledByExternalId:
    """Register or update the person, and give them a place in ``cohort``; safe to repeat.

    ``metadata`` replaces that of the enrolment; None leaves it as it is.
    The caller has begun the transaction. Raises what ``register_person`` and ``enroll`` raise;
    then nothing is written.
    """
    registration = register_person(region=region, system=system, value=value, details=details)
    learner = registration.user
    result = enroll(learner=learner, cohort=cohort, source=client.source)
    if "email" in registration.changed:
        # The earlier links went to an address that is no longer the learner's.
        waiting = Enrollment.objects.filter(learner=learner, state=EnrollmentState.INVITED)
        for enrollment in waiting.select_related("learner", "cohort__course"):
            invite(enrollment)
    outcome = result.outcome
    is_noted = metadata is not None and note(result.enrollment, metadata)
    is_updated = is_noted or registration.outcome is RegistrationOutcome.UPDATED
    if outcome is Outcome.UNCHANGED and is_updated:
        outcome = Outcome.UPDATED
    return EnrolledByExternalId(result.enrollment, outcome, registration.kept)


def note(enrollment: Enrollment, metadata: Metadata) -> bool:
    """Replace the notes of the region's systems about an enrolment; False: they are the same."""
    if enrollment.metadata == metadata:
        return False
    enrollment.metadata = metadata
    enrollment.save(update_fields=["metadata", "updated_at"])
    return True
