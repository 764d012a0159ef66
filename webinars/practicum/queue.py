"""The cohort's queue: people who want to play now are put together; trainers form groups, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from courses.models import Cohort, Dialogue, Enrollment
from webinars.models import Practicum, PracticumSeat, PracticumSession, PracticumTicket
from webinars.practicum.letters import tell_of_group
from webinars.practicum.matching import Waiting, choose_group, divide
from webinars.practicum.sessions import make_session, open_seat

SEEN_LATELY = timedelta(seconds=60)
"""A page that waits asks every few seconds; who has not asked for so long is not there."""


class WrongGroups(ValueError):
    """Groups that cannot be formed: too small or large, or somebody in two of them."""


@transaction.atomic
def wait(*, enrollment: Enrollment, practicum: Practicum) -> PracticumSeat | None:
    """Wait for a group, or go on waiting; the seat as soon as there is one.

    The cohort's row is locked, so that two who press at once meet instead of both waiting.
    """
    Cohort.objects.select_for_update().get(pk=enrollment.cohort_id)
    seat = open_seat(enrollment, practicum)
    if seat is not None:
        return seat
    now = timezone.now()
    PracticumTicket.objects.update_or_create(
        enrollment=enrollment, practicum=practicum, defaults={"seen_at": now}
    )
    match(practicum, enrollment.cohort_id, now=now)
    return open_seat(enrollment, practicum)


def match(practicum: Practicum, cohort_id: int, *, now: datetime) -> PracticumSession | None:
    """Begin with those of the cohort who wait, if there are enough. The cohort is locked."""
    PracticumTicket.objects.filter(
        practicum=practicum, enrollment__cohort_id=cohort_id, seen_at__lt=now - timedelta(hours=1)
    ).delete()
    tickets = {
        ticket.pk: ticket
        for ticket in PracticumTicket.objects.filter(
            practicum=practicum,
            enrollment__cohort_id=cohort_id,
            seen_at__gte=now - SEEN_LATELY,
        ).select_related("enrollment__learner", "enrollment__cohort")
    }
    group = choose_group(
        [
            Waiting(pk, ticket.enrollment.learner.organisation_id, ticket.since)
            for pk, ticket in tickets.items()
        ],
        size=practicum.people,
        now=now,
        patience=timedelta(minutes=practicum.wait_minutes),
    )
    if not group:
        return None
    chosen = [tickets[one.key] for one in group]
    PracticumTicket.objects.filter(pk__in=[ticket.pk for ticket in chosen]).delete()
    return make_session(
        practicum=practicum,
        cohort=chosen[0].enrollment.cohort,
        enrollments=[ticket.enrollment for ticket in chosen],
        begins_now=True,
    )


def ticket_of(enrollment: Enrollment, practicum: Practicum) -> PracticumTicket | None:
    return PracticumTicket.objects.filter(enrollment=enrollment, practicum=practicum).first()


def stop_waiting(*, enrollment: Enrollment, practicum: Practicum) -> None:
    PracticumTicket.objects.filter(enrollment=enrollment, practicum=practicum).delete()


def waits_too_long(ticket: PracticumTicket, *, now: datetime) -> bool:
    """Whether the time that was shown is over; then the dialogue simulator is offered."""
    return now - ticket.since >= timedelta(minutes=ticket.practicum.wait_minutes)


def simulator_of(practicum: Practicum) -> Dialogue | None:
    """The simulator that the trainer has chosen, else the first of the course."""
    if practicum.simulator_id is not None:
        return practicum.simulator
    return Dialogue.objects.live().descendant_of(practicum.course()).first()


# --- By a trainer -----------------------------------------------------------------------------
def free_learners(practicum: Practicum, cohort: Cohort) -> list[Enrollment]:
    """Those of the cohort who neither play nor are planned to, by name."""
    busy = PracticumSeat.objects.filter(practicum=practicum, is_open=True)
    return list(
        Enrollment.objects.studying()
        .filter(cohort=cohort)
        .exclude(pk__in=busy.values("enrollment_id"))
        .select_related("learner__organisation", "cohort")
        .order_by("learner__family_name", "learner__given_name", "pk")
    )


def proposed_groups(practicum: Practicum, enrollments: Sequence[Enrollment]) -> dict[int, int]:
    """A group number from 1 for each enrolment, organisations mixed; none for one alone."""
    people = [Waiting(e.pk, e.learner.organisation_id, e.created_at) for e in enrollments]
    groups = divide(people, size=practicum.people)
    return {one.key: number for number, group in enumerate(groups, 1) for one in group}


@transaction.atomic
def form_groups(
    *,
    practicum: Practicum,
    cohort: Cohort,
    numbers: dict[int, int],
    starts_at: datetime | None,
) -> list[PracticumSession]:
    """Sessions for the groups that a trainer has put together: enrolment id → group number.

    Whoever waits in the queue leaves it; everyone gets a letter with their own time. Raises
    WrongGroups for a group of one or of more than four, and for people who play already; then
    nothing is made.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    free = {enrollment.pk: enrollment for enrollment in free_learners(practicum, cohort)}
    if not numbers or not set(numbers) <= set(free):
        raise WrongGroups("people")
    groups: dict[int, list[Enrollment]] = {}
    for pk, number in numbers.items():
        groups.setdefault(number, []).append(free[pk])
    if any(not 2 <= len(group) <= 4 for group in groups.values()):
        raise WrongGroups("size")
    PracticumTicket.objects.filter(practicum=practicum, enrollment__in=list(numbers)).delete()
    made = [
        make_session(practicum=practicum, cohort=cohort, enrollments=group, starts_at=starts_at)
        for _number, group in sorted(groups.items())
    ]
    for session in made:
        tell_of_group(session)
    return made
