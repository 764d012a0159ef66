"""The core of reminding: at most one a day, in the person's waking hours, the most urgent first."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.mail.reminding import Candidate, ReminderKind, Wishes, reminder_now

ZONES = st.sampled_from(["Europe/Moscow", "Asia/Tomsk", "Asia/Kamchatka", "Europe/Kaliningrad"])
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)
)
WISHES = st.builds(
    Wishes,
    before_session=st.booleans(),
    before_deadline=st.booleans(),
    after_silence=st.booleans(),
    hour=st.integers(0, 23),
)


@st.composite
def situations(draw):
    now = draw(MOMENTS)
    candidates = [
        Candidate(kind, now + timedelta(minutes=minutes), f"{kind}:{number}")
        for number, (kind, minutes) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(ReminderKind), st.integers(-3000, 3000)), max_size=6
                )
            )
        )
    ]
    return now, candidates, draw(WISHES), ZoneInfo(draw(ZONES))


@given(situations())
def test_what_is_sent_is_wanted_and_comes_in_the_waking_hours(situation):
    now, candidates, wishes, zone = situation
    found = reminder_now(candidates, wishes, last_sent_on=None, zone=zone, now=now)
    if found is not None:
        assert found in candidates
        assert wishes.wants(found.kind)
        assert 8 <= now.astimezone(zone).hour < 21
        assert found.kind is ReminderKind.SILENCE or found.due_at > now


@given(situations())
def test_nothing_is_sent_twice_on_a_day_of_the_persons_own_zone(situation):
    now, candidates, wishes, zone = situation
    today = now.astimezone(zone).date()
    assert reminder_now(candidates, wishes, last_sent_on=today, zone=zone, now=now) is None


@given(situations())
def test_nothing_more_urgent_is_passed_over(situation):
    now, candidates, wishes, zone = situation
    found = reminder_now(candidates, wishes, last_sent_on=None, zone=zone, now=now)
    if found is not None and found.kind is ReminderKind.SILENCE:
        for other in candidates:
            assert (
                other.kind is ReminderKind.SILENCE
                or not wishes.wants(other.kind)
                or other.due_at <= now
            )


@settings(max_examples=15)
@given(situations())
def test_over_a_whole_week_nobody_gets_more_than_one_a_day(situation):
    start, candidates, wishes, zone = situation
    days: list[date] = []
    left = list(candidates)
    for quarter in range(7 * 24 * 4):
        now = start + timedelta(minutes=15 * quarter)
        last = days[-1] if days else None
        found = reminder_now(left, wishes, last_sent_on=last, zone=zone, now=now)
        if found is not None:
            days.append(now.astimezone(zone).date())
            left.remove(found)
    assert len(days) == len(set(days))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZoneInfo("Asia/Tomsk"))


def sent(candidate: Candidate, now: datetime, hour: int = 9) -> bool:
    zone = ZoneInfo("Asia/Tomsk")
    wishes = Wishes(hour=hour)
    return reminder_now([candidate], wishes, last_sent_on=None, zone=zone, now=now) is not None


def test_it_waits_for_the_chosen_hour():
    silence = Candidate(ReminderKind.SILENCE, at(9) - timedelta(days=8), "s")
    assert not sent(silence, at(11, 59), hour=12)
    assert sent(silence, at(12), hour=12)


def test_a_webinar_before_the_chosen_hour_is_not_missed():
    webinar = Candidate(ReminderKind.SESSION, at(10), "w")
    assert sent(webinar, at(8), hour=18)
    assert not sent(webinar, at(7, 59), hour=18)


def test_an_hour_in_the_quiet_time_is_moved_out_of_it():
    silence = Candidate(ReminderKind.SILENCE, at(9) - timedelta(days=8), "s")
    assert sent(silence, at(20, 30), hour=23)
    assert sent(silence, at(8), hour=3)
