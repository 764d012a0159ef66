"""What turns changes of people, enrolments and certificates into events.

The rooms below do not know the API. Their rows are written one by one through ``save``, so the
signals of the models tell of every change, inside its transaction. Whoever writes rows in bulk
calls ``record_events`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from certificates.models import Certificate
from courses.models import Completion, Enrollment, EnrollmentTransition
from lms.api.events.kinds import OF_CERTIFICATES, EventType
from lms.api.events.models import Event
from lms.api.events.recording import NewEvent, record_events
from lms.people.models import User
from lms.people.signals import person_erased, person_merged

TOLD_OF_LEARNERS = {
    "family_name": "family_name",
    "given_name": "given_name",
    "patronymic": "patronymic",
    "email": "email",
    "phone": "phone",
    "position": "position",
    "organisation_id": "organisation",
    "region_id": "region",
    "is_active": "is_active",
}
"""Columns whose change is told, and the names that the API has for them."""
_COLUMN_OF = {"organisation": "organisation_id", "region": "region_id"}

CERTIFICATE_EVENTS = {
    Certificate.State.ISSUED: EventType.CERTIFICATE_STATE_CHANGED,
    Certificate.State.SUSPENDED: EventType.CERTIFICATE_STATE_CHANGED,
    Certificate.State.REVOKED: EventType.CERTIFICATE_REVOKED,
    Certificate.State.SUPERSEDED: EventType.CERTIFICATE_SUPERSEDED,
}


def connect() -> None:
    pre_save.connect(note_change_of_person, sender=User, dispatch_uid="api.events.person")
    post_save.connect(tell_of_person, sender=User, dispatch_uid="api.events.person")
    post_save.connect(
        tell_of_transition, sender=EnrollmentTransition, dispatch_uid="api.events.enrolment"
    )
    person_erased.connect(tell_of_erasure, dispatch_uid="api.events.erasure")
    person_merged.connect(tell_of_merge, dispatch_uid="api.events.merge")
    post_save.connect(tell_of_completion, sender=Completion, dispatch_uid="api.events.progress")
    post_save.connect(
        tell_of_certificate, sender=Certificate, dispatch_uid="api.events.certificate"
    )


def tell_of_erasure(sender: type[Model], person: User, **kwargs: Any) -> None:
    if person.region_id is not None:
        record_events([_of_person(person, EventType.LEARNER_ERASED, {})])


def tell_of_merge(sender: type[Model], person: User, duplicate: User, **kwargs: Any) -> None:
    if person.region_id is not None:
        facts = {"merged": str(duplicate.uuid)}
        record_events([_of_person(person, EventType.LEARNER_MERGED, facts)])


def note_change_of_person(
    sender: type[Model],
    instance: User,
    update_fields: Iterable[str] | None = None,
    raw: bool = False,
    **kwargs: Any,
) -> None:
    """Compare with the row as it is now; what differs is told after the save."""
    instance._told_changes = []  # type: ignore[attr-defined]
    if raw or instance._state.adding:
        return
    watched = set(TOLD_OF_LEARNERS)
    if update_fields is not None:
        watched &= {_COLUMN_OF.get(name, name) for name in update_fields}
    if not watched:
        return
    if instance.known_changes is not None:
        told = {_COLUMN_OF.get(name, name) for name in instance.known_changes} & watched
        instance._told_changes = sorted(TOLD_OF_LEARNERS[name] for name in told)  # type: ignore[attr-defined]
        return
    before = User.objects.filter(pk=instance.pk).values(*watched).first() or {}
    instance._told_changes = sorted(  # type: ignore[attr-defined]
        TOLD_OF_LEARNERS[name] for name, value in before.items() if value != getattr(instance, name)
    )


def tell_of_person(
    sender: type[Model], instance: User, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if raw or instance.region_id is None:
        return
    changes: list[str] = instance._told_changes  # type: ignore[attr-defined]
    if created:
        record_events([_of_person(instance, EventType.LEARNER_CREATED, {})])
    elif changes:
        record_events([_of_person(instance, EventType.LEARNER_UPDATED, {"changes": changes})])


def _of_person(user: User, event_type: str, data: dict[str, Any]) -> NewEvent:
    assert user.region_id is not None
    return NewEvent(event_type, user.region_id, user.uuid, user.pk, data)


def tell_of_transition(
    sender: type[Model],
    instance: EnrollmentTransition,
    created: bool,
    raw: bool = False,
    **kwargs: Any,
) -> None:
    if raw or not created:
        return
    enrollment = instance.enrollment
    if enrollment.learner.region_id is None:
        return
    told = _of_transition(
        enrollment, str(instance.from_state), str(instance.to_state), instance.source
    )
    if instance.from_cohort is not None:
        facts = {**told.data, "from_cohort": str(instance.from_cohort.uuid)}
        del facts["from_state"]
        told = replace(told, type=EventType.ENROLMENT_TRANSFERRED, data=facts)
    record_events([told])


def _of_transition(enrollment: Enrollment, from_state: str, to_state: str, source: str) -> NewEvent:
    """``from_state`` is empty before a new enrolment."""
    facts = {
        "cohort": str(enrollment.cohort.uuid),
        "attempt": enrollment.attempt,
        "state": to_state,
        "source": source,
    }
    if from_state:
        facts["from_state"] = from_state
    assert enrollment.learner.region_id is not None
    return NewEvent(
        EventType.ENROLMENT_STATE_CHANGED if from_state else EventType.ENROLMENT_CREATED,
        enrollment.learner.region_id,
        enrollment.uuid,
        enrollment.learner_id,
        facts,
    )


def tell_of_completion(
    sender: type[Model], instance: Completion, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    """Never the score: answers to questionnaires are the learner's own."""
    if raw:
        return
    enrollment: Enrollment = instance.enrollment
    if enrollment.learner.region_id is None:
        return
    facts = {
        "activity": str(instance.activity.translation_key),
        "outcome": str(instance.outcome),
        "cohort": str(enrollment.cohort.uuid),
    }
    record_events(
        [
            NewEvent(
                EventType.PROGRESS_MILESTONE,
                enrollment.learner.region_id,
                enrollment.uuid,
                enrollment.learner_id,
                facts,
            )
        ]
    )


def tell_of_certificate(
    sender: type[Model], instance: Certificate, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    """A new certificate, or one whose state is not the one that was told last."""
    learner = instance.learner
    if raw or learner.region_id is None:
        return
    facts = {
        "number": instance.number,
        "state": str(instance.state),
    }
    if instance.enrollment is not None:  # an honour has none
        facts["enrolment"] = str(instance.enrollment.uuid)
    if created:
        event_type = EventType.CERTIFICATE_ISSUED
    else:
        of_it = Event.objects.filter(object_id=instance.uuid, type__in=OF_CERTIFICATES)
        told = of_it.order_by("pk").last()
        state_told = told.data["state"] if told else Certificate.State.ISSUED
        if state_told == instance.state:
            return
        event_type = CERTIFICATE_EVENTS[Certificate.State(instance.state)]
    if instance.superseded_by is not None:
        facts["superseded_by"] = str(instance.superseded_by.uuid)
    record_events([NewEvent(event_type, learner.region_id, instance.uuid, learner.pk, facts)])
