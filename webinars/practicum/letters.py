"""Letters about practicums: to trainers about reports, to learners about groups and answers.

They say that there is something to read and where; never a word of the conversation itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from courses.ics import absolute, ics_of
from courses.when import moment_in_words
from lms.mail.letters import Attachment, write_letter
from lms.mail.models import ReminderSettings
from lms.mail.reminder_links import settings_link, unsubscribe_headers
from lms.people.models import User
from lms.people.zones import zone_of
from webinars.agenda import event_of_practicum
from webinars.models import LibraryAnswer, PracticumReport, PracticumReview, PracticumSession


def tell_trainers(report: PracticumReport) -> None:
    """Write to the trainers of the cohort, to the owner of a course without any; not to players.

    Once for what a person has reported and nobody has looked after yet: pressing again writes no
    second letter. It names neither the person nor what they wrote, and no setting turns it off.
    """
    session = report.session
    first = PracticumReport.objects.filter(seat=report.seat, settled_at=None).order_by("pk").first()
    for trainer in _trainers_of(session):
        write_letter(
            to=trainer,
            template="practicum_report",
            key=f"practicum_report:{(first or report).pk}:{trainer.pk}",
            context={
                **_about(session),
                "cohort": session.cohort.title,
                "link": absolute(reverse("webinars:practicum_queue")),
            },
        )


def _trainers_of(session: PracticumSession) -> list[User]:
    players = session.seats.values("enrollment__learner")
    trainers = list(session.cohort.trainers.filter(is_active=True).exclude(pk__in=players))
    owner = session.practicum.course().owner
    return trainers or ([owner] if owner is not None else [])


def tell_of_group(session: PracticumSession) -> None:
    """Write to everyone whom a trainer has put into a group, with the time in their own zone.

    A planned one brings an entry for the calendar. It comes in any case, as changes of time do.
    """
    for seat in session.seats.select_related("enrollment__learner"):
        learner = seat.enrollment.learner
        with translation.override(learner.locale), timezone.override(zone_of(learner)):
            about, attachment = _about(session), None
            moment = moment_in_words(session.starts_at) if session.starts_at else ""
            if session.starts_at is not None:
                event = event_of_practicum(session, seat.enrollment)
                attachment = Attachment(
                    name="practicum.ics",
                    text=ics_of([event]),
                    subtype="calendar",
                    parameters={"method": "PUBLISH"},
                )
        write_letter(
            to=learner,
            template="practicum_group",
            key=f"practicum_group:{session.pk}:{learner.pk}",
            context={**about, "moment": moment, "link": absolute(session.practicum.url)},
            attachment=attachment,
        )


def tell_of_review(review: PracticumReview) -> None:
    """Write to the learner that their practicum was accepted, or that another round is asked for.

    Once for a decision: the same one pressed again writes no second letter.
    """
    seat = review.seat
    words = sha256(review.text.encode()).hexdigest()[:12]
    _write_if_wished(
        seat.enrollment.learner,
        template=f"practicum_{review.outcome}",
        key=f"practicum_review:{review.pk}:{review.outcome}:{words}",
        context={
            **_about(seat.session),
            "trainer": review.trainer.get_short_name(),
            "link": absolute(reverse("webinars:practicum_room", args=[seat.session.uuid])),
        },
    )


def ask_for_consent(answers: Iterable[LibraryAnswer]) -> None:
    """Write to everyone of a round that a trainer wants to show; once for each asking."""
    for answer in answers:
        link = reverse("webinars:practicum_library_consent", args=[answer.excellent_id])
        _write_if_wished(
            answer.seat.enrollment.learner,
            template="practicum_asked",
            key=f"practicum_asked:{answer.pk}",
            context={**_about(answer.seat.session), "link": absolute(link)},
        )


def _about(session: PracticumSession) -> dict[str, Any]:
    practicum = session.practicum
    return {"practicum": practicum.title, "course": practicum.course().title}


def _write_if_wished(person: User, *, template: str, key: str, context: dict[str, Any]) -> None:
    if ReminderSettings.objects.filter(person=person, about_practicums=False).exists():
        return
    write_letter(
        to=person,
        template=template,
        key=key,
        context=context | {"settings_link": settings_link(person)},
        headers=unsubscribe_headers(person),
    )
