"""The webinars of a cohort that is made after the pattern of another."""

from __future__ import annotations

from courses.copying import CohortCopy
from webinars.models import Webinar, WebinarSession
from webinars.sessions import plan_session


def copy_sessions(copied: CohortCopy) -> None:
    """Plan each session again at its shifted time, in a room of its own."""
    sessions = WebinarSession.objects.filter(cohort=copied.original)
    webinars = Webinar.objects.in_bulk(
        [copied.pages[s.webinar_id] for s in sessions if s.webinar_id in copied.pages]
    )
    for session in sessions:
        webinar = webinars.get(copied.pages.get(session.webinar_id))
        if webinar is not None:
            plan_session(
                webinar=webinar,
                cohort=copied.copy,
                starts_at=copied.shift(session.starts_at),
                ends_at=copied.shift(session.ends_at),
            )
