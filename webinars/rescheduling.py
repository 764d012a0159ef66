"""Moving and cancelling sessions: calendars and people learn of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from courses.ics import absolute, ics_of
from courses.models import Enrollment
from courses.tree_cache import forget_tree
from courses.when import moment_in_words
from lms.jobs.models import Job
from lms.jobs.queue import enqueue, job_handler
from lms.mail.letters import Attachment, write_letter
from lms.people.zones import zone_of
from webinars.agenda import event_of_session
from webinars.models.webinar import WebinarSession


class SessionHeld(Exception):
    """The session was opened already: it can be neither moved nor cancelled."""


@transaction.atomic
def move_session(
    session: WebinarSession, *, starts_at: datetime, ends_at: datetime
) -> WebinarSession:
    """Give the session another time; a cancelled one takes place again. Raises SessionHeld."""
    return _change(session, starts_at=starts_at, ends_at=ends_at, cancelled_at=None)


@transaction.atomic
def cancel_session(session: WebinarSession) -> bool:
    """Call the session off; False if it was before. Raises SessionHeld."""
    if WebinarSession.objects.get(pk=session.pk).cancelled_at is not None:
        return False
    _change(session, cancelled_at=timezone.now())
    return True


def _change(session: WebinarSession, **fields: datetime | None) -> WebinarSession:
    changed = WebinarSession.objects.filter(pk=session.pk, room__opened_at=None).update(
        **fields, sequence=F("sequence") + 1, changed_at=timezone.now()
    )
    if not changed:
        raise SessionHeld
    forget_tree()  # dates of courses are remembered, and no signal tells of this update
    session.refresh_from_db()
    payload = {"session": session.pk, "sequence": session.sequence}
    key = f"{session.pk}:{session.sequence}"
    enqueue("webinars.tell_of_change", key=key, payload=payload)
    return session


@job_handler("webinars.tell_of_change")
def tell_of_change(job: Job) -> None:
    """Write to the cohort's learners, with the entry that corrects their calendars."""
    session = WebinarSession.objects.select_related("webinar", "room", "cohort__course").get(
        pk=job.payload["session"]
    )
    if session.sequence != job.payload["sequence"]:
        return  # it has changed again since: that change is told by its own letters
    is_cancelled = session.cancelled_at is not None
    template = "session_cancelled" if is_cancelled else "session_moved"
    method = "CANCEL" if is_cancelled else "PUBLISH"
    course = session.cohort.course
    event = event_of_session(session, course_title=course.title)
    link = absolute(reverse("courses:calendar") if is_cancelled else event.url)
    active = Enrollment.objects.filter(cohort=session.cohort, state="active")
    for enrollment in active.select_related("learner"):
        learner = enrollment.learner
        with translation.override(learner.locale), timezone.override(zone_of(learner)):
            write_letter(
                to=learner,
                template=template,
                key=f"{template}:{session.pk}:{session.sequence}:{learner.pk}",
                context={
                    "title": session.webinar.title,
                    "course": course.title,
                    "moment": moment_in_words(session.starts_at),
                    "link": link,
                },
                attachment=Attachment(
                    name="webinar.ics",
                    text=ics_of([event], method=method),
                    subtype="calendar",
                    parameters={"method": method},
                ),
            )
