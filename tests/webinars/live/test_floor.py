"""Announcements, captions and the timer."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, last, refused, seen_by, types
from webinars.live import log

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting()


def floor(meeting) -> dict:
    return seen_by(meeting, meeting.learners[0])["floor"]


def test_an_announcement_stands_above_everything_until_it_is_taken_down(meeting):
    done(meeting, meeting.trainer, "announce", text=" Перерыв до 12:15 ")
    assert last(meeting).data == {"text": "Перерыв до 12:15"}
    assert floor(meeting)["announcement"] == "Перерыв до 12:15"
    done(meeting, meeting.trainer, "announce", text=" ")
    assert floor(meeting)["announcement"] == ""


def test_newcomers_read_the_last_thirty_captions(meeting):
    for number in range(32):
        done(meeting, meeting.trainer, "caption.say", text=f"Строка {number}")
    assert floor(meeting)["captions"] == [f"Строка {number}" for number in range(2, 32)]


def test_a_caption_of_white_space_is_refused(meeting):
    assert refused(meeting, meeting.trainer, "caption.say", text=" \n").field == "/d/text"


def test_a_timer_says_when_it_ends_and_nothing_ticks(meeting):
    with time_machine.travel(timezone.now(), tick=False):
        done(meeting, meeting.trainer, "timer.start", seconds=300, label=" Пауза ")
        ends_at = log.milliseconds(timezone.now() + timedelta(seconds=300))
    assert last(meeting).data == {"ends_at": ends_at, "label": "Пауза"}
    assert floor(meeting)["timer"] == last(meeting).data
    done(meeting, meeting.trainer, "timer.stop")
    assert floor(meeting)["timer"] == {}
    assert types(meeting) == ["timer.started", "timer.stopped"]


@pytest.mark.parametrize("seconds", [0, 9, 3 * 3600 + 1, -5, "60"])
def test_a_timer_of_no_sense_is_refused(meeting, seconds):
    answer = refused(meeting, meeting.trainer, "timer.start", seconds=seconds)
    assert (answer.code, answer.field) == ("invalid", "/d/seconds")
