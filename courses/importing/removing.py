"""Whom a file in ``sync`` mode does not name any more.

Absence alone never ends an enrolment: a coordinator or a client confirms, above a threshold with
the number in words. Only people whom the same system has named before can be missing from it, and
a completed course stays.
"""

from __future__ import annotations

from math import ceil

from django.db.models import Exists, OuterRef, QuerySet

from courses.enrolling import move
from courses.enrollment_states import OPEN_STATES, EnrollmentState, IllegalTransition
from courses.models import Enrollment, ImportRemoval, PeopleImport
from lms.people.models import ExternalId

ALWAYS_FEW = 10
FEW_SHARE = 0.05
"""Without a limit of its own an import may withdraw ten people, or 5 % of its scope."""


def enrollments_in_scope(people_import: PeopleImport) -> QuerySet[Enrollment]:
    """Open enrolments that the import may end, whether or not the file names them."""
    named = ExternalId.objects.filter(
        user=OuterRef("learner"), region=people_import.region, system=people_import.system
    )
    found = Enrollment.objects.filter(
        cohort=people_import.cohort,
        learner__region=people_import.region,
        state__in=[str(state) for state in OPEN_STATES],
    ).filter(Exists(named))
    if people_import.scope == PeopleImport.Scope.ORGANISATION:
        found = found.filter(learner__organisation=people_import.organisation)
    return found


def plan_removals(people_import: PeopleImport) -> None:
    """Note who would be withdrawn. A row whose id cannot be read may be anybody: then no one is."""
    people_import.removals = 0
    if people_import.mode != PeopleImport.Mode.SYNC:
        return
    if people_import.rows.filter(value="").exists():
        people_import.problem = {"code": "removals-need-ids", "params": {}}
        return
    mentioned = ExternalId.objects.filter(
        user=OuterRef("learner"),
        region=people_import.region,
        system=people_import.system,
        value__in=people_import.rows.filter(is_gone=False).values("value"),
    )
    missing = enrollments_in_scope(people_import).exclude(Exists(mentioned))
    ImportRemoval.objects.bulk_create(
        [
            ImportRemoval(people_import=people_import, enrollment_id=pk, state_before=state)
            for pk, state in missing.values_list("pk", "state")
        ],
        batch_size=1000,
    )
    people_import.removals = people_import.withdrawals.count()


def removals_without_a_question(people_import: PeopleImport) -> int:
    """How many the import may withdraw without its number being repeated."""
    if people_import.max_removals is not None:
        return people_import.max_removals
    in_scope = enrollments_in_scope(people_import).count()
    return max(ALWAYS_FEW, ceil(FEW_SHARE * in_scope))


def carry_out_removals(people_import: PeopleImport, *, reason: str) -> None:
    """Withdraw those who were noted and are still enrolled; safe to repeat."""
    planned = people_import.withdrawals.filter(outcome=ImportRemoval.Outcome.WOULD_WITHDRAW)
    for removal in planned.select_related("enrollment__cohort"):
        outcome = ImportRemoval.Outcome.KEPT
        if removal.enrollment.is_open:
            try:
                removal.state_before = removal.enrollment.state
                move(
                    enrollment=removal.enrollment,
                    to=EnrollmentState.WITHDRAWN,
                    source=people_import.source,
                    reason=reason,
                )
                outcome = ImportRemoval.Outcome.WITHDRAWN
            except IllegalTransition:  # it was completed since
                pass
        removal.outcome = outcome
        removal.save(update_fields=["outcome", "state_before"])
