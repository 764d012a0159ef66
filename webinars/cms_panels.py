"""The CMS's home page: the rooms of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from lms.people.models import Role, User
from lms.people.zones import zone_in_words
from webinars.models import WebinarSession
from webinars.sessions import Phase, phase_of


def sessions_of_today(user: User) -> list[WebinarSession]:
    """The sessions that ``user`` runs and that meet today, in the reader's day, or are open."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    end = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))
    meets_today = Q(starts_at__lt=end, ends_at__gte=start, room__closed_at__isnull=True)
    was_today = Q(starts_at__gte=start, starts_at__lt=end)
    return list(
        WebinarSession.objects.run_by(user)
        .filter(meets_today | was_today)
        .select_related("webinar", "cohort", "room")
        .order_by("starts_at", "pk")
        .distinct()
    )


class TodaysRoomsPanel(Component):
    name = "todays_rooms"
    order = 310
    template_name = "webinars/cms/todays_rooms.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        sessions = sessions_of_today(parent_context["request"].user)
        now = timezone.now()
        rows = [
            {
                "session": session,
                "ends_that_day": timezone.localdate(session.starts_at)
                == timezone.localdate(session.ends_at),
                "is_open": phase_of(session) is Phase.OPEN,
                "is_over": phase_of(session) is Phase.AFTER,
            }
            for session in sessions
        ]
        return {"rows": rows, "zone": zone_in_words(now)}


@hooks.register("construct_homepage_panels")
def todays_rooms_panel(request: HttpRequest, panels: list[Component]) -> None:
    user = request.user
    if user.is_administrator or any(
        user.has_role(role) for role in (Role.TRAINER, Role.METHODOLOGIST)
    ):
        panels.append(TodaysRoomsPanel())
