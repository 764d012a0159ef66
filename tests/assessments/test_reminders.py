"""Letters about questionnaires: once each, to those who have not answered, and to nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from assessments.models import Administration, Attempt
from courses.reminders import send_reminders
from tests.assessments.factories import answered, course_with_waves

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def remind(django_capture_on_commit_callbacks):
    def run():
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            send_reminders()
        return mail.outbox[before:]

    return run


def test_whoever_finished_hears_once_that_the_follow_up_is_open(remind, noon):
    waves, enrollment = course_with_waves("pre", "post", "follow_up")
    answered(enrollment, waves["pre"])
    answered(enrollment, waves["post"])
    noon.move_to(NOON + timedelta(weeks=7))
    assert remind() == []
    noon.move_to(NOON + timedelta(weeks=8, days=1))
    (letter,) = remind()
    assert "Анкета follow_up" in letter.subject
    assert "Ответы принимаются до" in letter.body
    noon.move_to(NOON + timedelta(weeks=8, days=2))
    assert remind() == []


def test_whoever_answered_or_erased_is_left_in_peace(remind, noon):
    waves, enrollment = course_with_waves("pre", "post", "follow_up")
    answered(enrollment, waves["pre"])
    answered(enrollment, waves["post"])
    noon.move_to(NOON + timedelta(weeks=9))
    answered(enrollment, waves["follow_up"])
    assert remind() == []
    Attempt.objects.filter(wave="follow_up").update(erased_at=NOON, vector=None)
    assert remind() == []


def test_a_closing_date_is_told_two_days_before(remind, noon):
    waves, enrollment = course_with_waves("pre")
    Administration.objects.create(
        assessment=waves["pre"], cohort=enrollment.cohort, closes_at=NOON + timedelta(days=4)
    )
    assert remind() == []
    noon.move_to(NOON + timedelta(days=2, hours=3))
    (letter,) = remind()
    assert "Анкета pre" in letter.subject
    answered(enrollment, waves["pre"])
    noon.move_to(NOON + timedelta(days=3, hours=3))
    assert remind() == []


def test_nobody_is_reminded_of_the_time_before_after_the_answers_after(remind, noon):
    waves, enrollment = course_with_waves("pre", "post")
    Administration.objects.create(
        assessment=waves["pre"], cohort=enrollment.cohort, closes_at=NOON + timedelta(days=1)
    )
    answered(enrollment, waves["post"])
    noon.move_to(NOON + timedelta(hours=1))
    assert remind() == []
