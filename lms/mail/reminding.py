"""Which reminder, if any, a person gets now. Pure: no Django, no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

QUIET_UNTIL, QUIET_FROM = 8, 21
"""Nobody is reminded before the first hour or from the second on, by their own clock."""


class ReminderKind(StrEnum):
    SESSION = "session"
    DEADLINE = "deadline"
    QUESTIONNAIRE = "questionnaire"
    SILENCE = "silence"


@dataclass(frozen=True)
class Candidate:
    """An occasion to remind of. ``due_at``: when it happens; for silence, since when it lasts."""

    kind: ReminderKind
    due_at: datetime
    key: str


@dataclass(frozen=True)
class Wishes:
    """What the person has chosen."""

    before_session: bool = True
    before_deadline: bool = True
    after_silence: bool = True
    hour: int = 9

    def wants(self, kind: ReminderKind) -> bool:
        return {
            ReminderKind.SESSION: self.before_session,
            ReminderKind.DEADLINE: self.before_deadline,
            ReminderKind.QUESTIONNAIRE: self.before_deadline,
            ReminderKind.SILENCE: self.after_silence,
        }[kind]

    @property
    def hour_of_sending(self) -> int:
        """The chosen hour, moved out of the quiet time."""
        return min(max(self.hour, QUIET_UNTIL), QUIET_FROM - 1)


def reminder_now(
    candidates: Iterable[Candidate],
    wishes: Wishes,
    *,
    last_sent_on: date | None,
    zone: tzinfo,
    now: datetime,
) -> Candidate | None:
    """The one reminder to send now, the most urgent first; None: nothing now.

    At most one on a day of the person's own zone, never in the quiet time, and not before the
    chosen hour, unless what it is about comes before that hour on the same day.
    """
    local = now.astimezone(zone)
    if not QUIET_UNTIL <= local.hour < QUIET_FROM:
        return None
    if last_sent_on is not None and last_sent_on >= local.date():
        return None
    ripe = [c for c in candidates if _is_ripe(c, wishes, now=now, local=local)]
    return min(ripe, key=_urgency, default=None)


def _is_ripe(candidate: Candidate, wishes: Wishes, *, now: datetime, local: datetime) -> bool:
    if not wishes.wants(candidate.kind):
        return False
    is_silence = candidate.kind is ReminderKind.SILENCE
    if not is_silence and candidate.due_at <= now:
        return False  # it has begun or passed: too late to remind of
    if local.hour >= wishes.hour_of_sending:
        return True
    due = candidate.due_at.astimezone(local.tzinfo)
    comes_before = due.date() == local.date() and due.hour < wishes.hour_of_sending
    return comes_before and not is_silence


def _urgency(candidate: Candidate) -> tuple[bool, datetime, str]:
    return candidate.kind is ReminderKind.SILENCE, candidate.due_at, candidate.key
