"""Who was there, how long, and what follows from it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Completion
from tests.webinars.factories import make_meeting
from webinars import attendance
from webinars.models import AttendanceSegment
from webinars.reporting import attendance_list
from webinars.sessions import close_session
from webinars.tasks import close_stale_attendance
from webinars.webinar_rooms import WebinarRules

pytestmark = pytest.mark.django_db
Reason = AttendanceSegment.Reason
START = timezone.now().replace(microsecond=0)


def minute(number: float):
    return START + timedelta(minutes=number)


@pytest.fixture
def meeting():
    with time_machine.travel(START, tick=False):
        yield make_meeting(minimum_minutes=10)


def stay(meeting, user, *, hub: str = "a", begins: float, ends: float) -> None:
    """Be there from one minute to another, as one process writes it down."""
    attendance.see(meeting.session, user_ids=[user.pk], hub=hub, at=minute(begins))
    attendance.part(
        meeting.session, user_ids=[user.pk], hub=hub, at=minute(ends), reason=Reason.LEFT
    )


def minutes_of(meeting, user) -> int:
    return attendance.counted(meeting.session, [user.pk])[user.pk].minutes


def test_two_stays_add_up_and_two_tabs_count_once(meeting):
    maria = meeting.learners[0]
    stay(meeting, maria, begins=0, ends=4)
    stay(meeting, maria, begins=10, ends=14)
    stay(meeting, maria, hub="b", begins=12, ends=15)
    assert minutes_of(meeting, maria) == 9


def test_a_stay_ends_also_by_a_clock_that_is_behind(meeting):
    """Clocks of processes differ, and one may be set back: nobody's end may be refused for it."""
    maria, ivan = meeting.learners
    attendance.see(meeting.session, user_ids=[ivan.pk], hub="a", at=minute(0))
    attendance.see(meeting.session, user_ids=[maria.pk], hub="a", at=minute(2))
    attendance.part(
        meeting.session,
        user_ids=[maria.pk, ivan.pk],
        hub="a",
        at=minute(1),
        reason=Reason.LEFT,
    )
    stays = {s.user_id: s for s in AttendanceSegment.objects.all()}
    assert stays[ivan.pk].left_at == minute(1)
    assert stays[maria.pk].left_at == stays[maria.pk].joined_at == minute(2)
    assert minutes_of(meeting, maria) == 0


def test_a_session_closes_by_a_clock_behind_the_one_that_opened_it(meeting):
    maria = meeting.learners[0]
    attendance.see(meeting.session, user_ids=[maria.pk], hub="a", at=minute(1))
    with time_machine.travel(START - timedelta(minutes=1), tick=False):
        assert close_session(meeting.session, actor=meeting.trainer)
    meeting.room.refresh_from_db()
    assert meeting.room.closed_at == meeting.room.opened_at == START
    assert not AttendanceSegment.objects.filter(left_at=None).exists()


def test_seeing_somebody_again_lengthens_the_same_stay(meeting):
    maria = meeting.learners[0]
    for number in range(4):
        attendance.see(meeting.session, user_ids=[maria.pk], hub="a", at=minute(number))
    segment = AttendanceSegment.objects.get()
    assert (segment.joined_at, segment.last_seen_at) == (minute(0), minute(3))
    assert segment.left_at is None


def test_seeing_many_takes_as_many_queries_as_seeing_one(meeting, django_assert_num_queries):
    people = [user.pk for user in meeting.learners]
    with django_assert_num_queries(5):  # savepoint, who is known, update, insert, release
        attendance.see(meeting.session, user_ids=people, hub="a", at=minute(1))


def test_the_database_allows_one_open_stay_in_a_process(meeting):
    fields = {
        "session": meeting.session, "user": meeting.learners[0], "hub": "a",
        "joined_at": minute(0), "last_seen_at": minute(0),
    }  # fmt: skip
    AttendanceSegment.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceSegment.objects.create(**fields)


def test_time_before_the_opening_does_not_count():
    meeting = make_meeting(is_open=False, minimum_minutes=0)
    maria = meeting.learners[0]
    stay(meeting, maria, begins=0, ends=30)
    found = attendance.counted(meeting.session, [maria.pk])[maria.pk]
    assert found.seconds == 0
    assert not found.is_counted


def test_whoever_has_stayed_long_enough_is_in_the_ledger_at_once(meeting):
    maria, ivan = meeting.learners
    rules = WebinarRules()
    both = [maria.pk, ivan.pk]
    rules.record_presence(meeting.room, user_ids=both, hub="a", at=minute(0))
    told = rules.record_presence(meeting.room, user_ids=[maria.pk], hub="a", at=minute(10))
    assert told == {maria.pk: {"seconds": 600, "needed": 10, "counted": True}}
    completion = Completion.objects.get()
    assert completion.enrollment == meeting.enrollments[0]
    assert completion.evidence == {"session": meeting.session.pk, "seconds": 600}
    rules.record_presence(meeting.room, user_ids=both, hub="a", at=minute(11))
    assert Completion.objects.count() == 2


def test_the_last_seconds_count_when_somebody_leaves(meeting):
    rules = WebinarRules()
    maria = meeting.learners[0]
    rules.record_presence(meeting.room, user_ids=[maria.pk], hub="a", at=minute(0))
    rules.record_departure(meeting.room, user_ids=[maria.pk], hub="a", at=minute(10), reason="left")
    assert Completion.objects.filter(enrollment=meeting.enrollments[0]).exists()


def test_a_withdrawn_learner_is_not_completed(meeting):
    move(enrollment=meeting.enrollments[0], to=EnrollmentState.WITHDRAWN, source="test")
    stay(meeting, meeting.learners[0], begins=0, ends=20)
    found = attendance.counted(meeting.session, [meeting.learners[0].pk])
    assert attendance.complete_those_who_stayed(meeting.session, found) == []
    assert not Completion.objects.exists()


def test_the_host_is_never_put_into_the_ledger(meeting):
    WebinarRules().record_presence(
        meeting.room, user_ids=[meeting.trainer.pk], hub="a", at=minute(0)
    )
    WebinarRules().record_presence(
        meeting.room, user_ids=[meeting.trainer.pk], hub="a", at=minute(30)
    )
    assert not Completion.objects.exists()


def test_a_stale_stay_ends_when_its_person_was_last_seen(meeting):
    maria, ivan = [user.pk for user in meeting.learners]
    attendance.see(meeting.session, user_ids=[maria, ivan], hub="a", at=minute(0))
    attendance.see(meeting.session, user_ids=[maria], hub="a", at=minute(3))
    attendance.see(meeting.session, user_ids=[ivan], hub="a", at=minute(9.5))
    with time_machine.travel(minute(10), tick=False):
        assert close_stale_attendance() == 1
    closed = AttendanceSegment.objects.get(user_id=maria)
    assert (closed.left_at, closed.reason) == (minute(3), Reason.LOST)
    assert AttendanceSegment.objects.get(user_id=ivan).left_at is None


def test_closing_the_webinar_ends_all_stays_and_counts_them(meeting):
    maria, ivan = meeting.learners
    attendance.see(meeting.session, user_ids=[maria.pk], hub="a", at=minute(0))
    stay(meeting, ivan, begins=0, ends=5)
    with time_machine.travel(minute(12), tick=False):
        assert close_session(meeting.session, actor=meeting.trainer)
        assert not close_session(meeting.session, actor=meeting.trainer)
    segment = AttendanceSegment.objects.get(user=maria)
    assert (segment.left_at, segment.reason) == (minute(12), Reason.CLOSED)
    assert [completion.enrollment.learner for completion in Completion.objects.all()] == [maria]
    rows = {row.learner: row.attended for row in attendance_list(meeting.session)}
    assert (rows[maria].minutes, rows[maria].is_counted) == (12, True)
    assert (rows[ivan].minutes, rows[ivan].is_counted) == (5, False)


def test_after_the_end_nobody_is_written_down(meeting):
    with time_machine.travel(minute(1), tick=False):
        close_session(meeting.session, actor=meeting.trainer)
    WebinarRules().record_presence(
        meeting.room, user_ids=[meeting.learners[0].pk], hub="a", at=minute(2)
    )
    assert not AttendanceSegment.objects.exists()
