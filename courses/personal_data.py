"""What the room of courses keeps about people."""

from django.utils.translation import gettext_lazy as _

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from lms.people.models import User
from lms.people.personal_data import Holding, OnErasure, register, register_not_about

_FARTHER = [
    EnrollmentState.EXPIRED,
    EnrollmentState.WITHDRAWN,
    EnrollmentState.INVITED,
    EnrollmentState.ACTIVE,
    EnrollmentState.COMPLETED,
]


def _merge_enrollments(person: User, duplicate: User) -> int:
    """Hand the enrolments over. In a cohort of both the one that is farthest becomes the last
    attempt; others that are open are withdrawn first."""
    moved = list(Enrollment.objects.filter(learner=duplicate).order_by("pk"))
    for theirs in moved:
        own = list(Enrollment.objects.filter(learner=person, cohort=theirs.cohort_id))
        ranked = sorted(
            [*own, theirs],
            key=lambda one: (_FARTHER.index(EnrollmentState(one.state)), one.attempt, -one.pk),
        )
        for other in ranked[:-1]:
            if other.is_open:
                move(enrollment=other, to=EnrollmentState.WITHDRAWN, source="merge")
        last = max((one.attempt for one in own), default=0)
        Enrollment.objects.filter(pk=theirs.pk).update(learner=person, attempt=last + 1)
        if own and ranked[-1] != theirs:
            # The farthest is to be the last attempt: its number and the newcomer's change places.
            farthest = ranked[-1]
            spare = last + 2
            for enrollment, attempt in ((farthest, spare), (theirs, farthest.attempt)):
                Enrollment.objects.filter(pk=enrollment.pk).update(attempt=attempt)
            Enrollment.objects.filter(pk=farthest.pk).update(attempt=last + 1)
    return len(moved)


register(
    Holding(
        "courses.Enrollment",
        "learner",
        _("Enrolments"),
        (
            "uuid",
            "cohort.course.title",
            "cohort.title",
            "attempt",
            "state",
            "created_at",
            "activated_at",
            "completed_at",
            "last_seen_at",
            "metadata",
        ),
        OnErasure.BLANK,
        blank={"metadata": {}},
        merge=_merge_enrollments,
    ),
    Holding(
        "courses.EnrollmentTransition",
        "enrollment__learner",
        _("Changes of enrolments"),
        ("enrollment.uuid", "from_state", "to_state", "source", "reason", "at"),
        OnErasure.BLANK,
        blank={"reason": ""},
    ),
    Holding(
        "courses.Completion",
        "enrollment__learner",
        _("Finished activities"),
        ("activity.title", "outcome", "score", "evidence", "at"),
        OnErasure.KEEP,
    ),
    Holding(
        "courses.DialogueRun",
        "enrollment__learner",
        _("Dialogues"),
        ("dialogue.title", "choices", "endings", "attempts", "started_at", "finished_at"),
        OnErasure.KEEP,
    ),
    Holding(
        "courses.Invitation",
        "enrollment__learner",
        _("Invitations"),
        ("sent_to", "created_at", "expires_at", "accepted_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.LessonNote",
        "enrollment__learner",
        _("Private notes"),
        ("lesson.title", "text", "updated_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.LessonPosition",
        "enrollment__learner",
        _("Where reading stopped"),
        ("lesson.title", "block", "second", "updated_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.CalendarFeed",
        "person",
        _("Calendar subscription"),
        ("created_at",),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.MemoMark",
        "user",
        _("Memos marked as useful"),
        ("memo.title", "at"),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.EnrollmentRequest",
        "person",
        _("Requests for a place"),
        ("course.title", "cohort.title", "state", "created_at", "decided_at", "reason"),
        OnErasure.DELETE,
    ),
    Holding(
        "courses.TrainerProfile",
        "user",
        _("Trainer's page"),
        ("about", "photo_alt"),
        OnErasure.DELETE,
    ),
)
register(
    Holding(
        "courses.ImportRow",
        "learner",
        _("Rows of files by which you were enrolled"),
        ("people_import.file_name", "number", "value", "said", "outcome"),
        OnErasure.BLANK,
        blank={"value": "", "said": {}, "before": {}},
    ),
    Holding(
        "courses.Disagreement",
        "person",
        _("Disagreements with hints"),
        ("line", "category", "at"),
        OnErasure.BLANK,
        blank={"line": "—"},
    ),
)
register_not_about(
    ("courses.ImportRow", "enrollment"),
    ("courses.ImportRemoval", "enrollment"),
    ("courses.PeopleImport", "requested_by"),
    ("courses.Cohort", "trainers"),
    ("courses.Cohort_trainers", "user"),
    ("courses.EnrollmentTransition", "actor"),
    ("courses.EnrollmentRequest", "decided_by"),
    ("courses.PeopleImport", "requested_by"),
    ("courses.ImportRow", "enrollment"),
    ("courses.ImportRemoval", "enrollment"),
)
