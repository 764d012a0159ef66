"""Reminders: which letters come, to whom, and how they are turned off."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from courses.enrollment_states import EnrollmentState
from courses.ledger import record_completion
from courses.models import Cohort, Enrollment
from courses.reminders import _write, occasions_of, send_reminders
from lms.mail.models import Letter, Reminder, ReminderSettings
from lms.mail.reminder_links import settings_link
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.factories import make_meeting

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def remind(django_capture_on_commit_callbacks):
    """Runs the task; answers with the letters that it sent."""

    def run():
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            send_reminders()
        return mail.outbox[before:]

    return run


def silent_learner(days: int = 8, **fields) -> Enrollment:
    lesson = make_lesson(make_module(make_course()), **fields)
    cohort = CohortFactory(course=lesson.course(), starts_at=NOON - timedelta(days=30))
    enrollment = active_enrollment(cohort=cohort)
    Enrollment.objects.filter(pk=enrollment.pk).update(last_seen_at=NOON - timedelta(days=days))
    enrollment.refresh_from_db()
    return enrollment


def meeting_tomorrow():
    meeting = make_meeting(learners=1, is_open=False)
    starts_at = NOON + timedelta(hours=20)
    meeting.session.starts_at, meeting.session.ends_at = starts_at, starts_at + timedelta(hours=1)
    meeting.session.save()
    return meeting


def path_of(link: str) -> str:
    return "/" + link.split("//")[1].split("/", 1)[1]


def test_the_day_before_a_webinar_a_letter_comes_with_an_entry_for_the_calendar(remind):
    meeting = meeting_tomorrow()
    (letter,) = remind()
    assert letter.to == [meeting.learners[0].email]
    assert meeting.session.webinar.title in letter.subject
    (part,) = letter.attachments
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    entry = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert entry["UID"] == str(meeting.room.uuid)
    assert entry.decoded("DTSTART") == meeting.session.starts_at
    assert remind() == []


def test_two_days_before_a_deadline_a_letter_names_it_and_not_when_it_is_done(remind):
    lesson = make_lesson(make_module(make_course()), due_after_days=3)
    cohort = CohortFactory(course=lesson.course(), starts_at=NOON - timedelta(days=2))
    waiting, done = active_enrollment(cohort=cohort), active_enrollment(cohort=cohort)
    record_completion(enrollment=done, activity=lesson)
    (letter,) = remind()
    assert letter.to == [waiting.learner.email]
    assert lesson.title in letter.body
    assert letter.attachments == []


def test_a_locked_step_is_not_reminded_of(remind):
    module = make_module(make_course())
    make_lesson(module)
    make_lesson(module, due_after_days=3)
    cohort = CohortFactory(course=module.get_parent().specific, starts_at=NOON - timedelta(days=2))
    active_enrollment(cohort=cohort)
    assert remind() == []


def test_a_spell_of_silence_is_spoken_of_once(remind, noon):
    enrollment = silent_learner()
    (letter,) = remind()
    assert letter.to == [enrollment.learner.email]
    noon.move_to(NOON + timedelta(days=3))
    assert remind() == []
    Enrollment.objects.update(last_seen_at=timezone.now())
    noon.move_to(NOON + timedelta(days=12))
    assert len(remind()) == 1


def test_opening_a_step_ends_the_silence(client_of, remind):
    enrollment = silent_learner()
    lesson = enrollment.cohort.course.outline().activities[0]
    client_of(enrollment.learner).get(lesson.get_url())
    enrollment.refresh_from_db()
    assert enrollment.last_seen_at == NOON
    assert remind() == []


def test_a_visit_is_written_down_at_most_every_ten_minutes(client_of, noon):
    enrollment = silent_learner()
    browser, url = client_of(enrollment.learner), enrollment.cohort.course.get_url()
    browser.get(url)
    noon.move_to(NOON + timedelta(minutes=9))
    browser.get(url)
    enrollment.refresh_from_db()
    assert enrollment.last_seen_at == NOON
    noon.move_to(NOON + timedelta(minutes=11))
    browser.get(url)
    enrollment.refresh_from_db()
    assert enrollment.last_seen_at == NOON + timedelta(minutes=11)


def test_whoever_has_done_everything_is_not_called_silent(remind):
    enrollment = silent_learner()
    lesson = enrollment.cohort.course.outline().activities[0]
    record_completion(enrollment=enrollment, activity=lesson)
    assert remind() == []


def test_no_letter_comes_to_the_withdrawn_the_made_up_and_those_without_an_address(remind):
    Enrollment.objects.filter(pk=silent_learner().pk).update(state=EnrollmentState.WITHDRAWN)
    for fields in ({"is_synthetic": True}, {"email": None}, {"is_active": False}):
        learner = silent_learner().learner
        for name, value in fields.items():
            setattr(learner, name, value)
        learner.save()
    assert remind() == []


def test_of_several_occasions_one_is_reminded_of_a_day_the_nearest_first(remind, noon):
    meeting = meeting_tomorrow()
    Cohort.objects.update(starts_at=NOON - timedelta(days=30))
    Enrollment.objects.update(last_seen_at=NOON - timedelta(days=9))
    (first,) = remind()
    assert meeting.session.webinar.title in first.subject
    noon.move_to(NOON + timedelta(hours=3))
    assert remind() == []
    noon.move_to(NOON + timedelta(days=1))
    assert Reminder.objects.count() == 1
    assert len(remind()) == 1


def test_a_second_worker_at_the_same_moment_writes_nothing(remind):
    enrollment = silent_learner()
    (occasion,) = occasions_of([enrollment.learner_id], NOON)[enrollment.learner_id]
    assert _write(enrollment.learner, occasion, NOON)
    assert not _write(enrollment.learner, occasion, NOON)
    assert Letter.objects.filter(recipient=enrollment.learner).count() == 1


def test_in_the_night_of_the_persons_own_zone_nothing_comes(remind, noon):
    learner = silent_learner().learner
    learner.timezone = "Asia/Kamchatka"  # 21:00 there
    learner.save()
    assert remind() == []
    noon.move_to(NOON + timedelta(hours=12))  # 9:00 there
    assert len(remind()) == 1


def test_what_is_turned_off_does_not_come(remind):
    enrollment = silent_learner()
    ReminderSettings.objects.create(person=enrollment.learner, after_silence=False)
    assert remind() == []


def test_one_click_in_the_mail_program_turns_reminders_off(client, remind):
    enrollment = silent_learner()
    (letter,) = remind()
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = path_of(re.fullmatch("<(.*)>", letter.extra_headers["List-Unsubscribe"])[1])
    assert client.get(link).status_code == 302
    assert not ReminderSettings.objects.exists()
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    chosen = ReminderSettings.objects.get(person=enrollment.learner)
    assert not any([chosen.before_session, chosen.before_deadline, chosen.after_silence])
    assert not chosen.about_practicums


def test_reminders_are_chosen_on_a_page_and_by_the_link_of_a_letter(client, client_of):
    learner = UserFactory()
    browser = client_of(learner)
    assert browser.get("/learn/reminders/").status_code == 200
    browser.post("/learn/reminders/", {"before_session": "on", "hour": "18"})
    chosen = ReminderSettings.objects.get(person=learner)
    assert (chosen.before_session, chosen.before_deadline, chosen.hour) == (True, False, 18)
    link = path_of(settings_link(learner))
    assert client.get(link).status_code == 200
    client.post(link, {"after_silence": "on", "hour": "10"})
    chosen.refresh_from_db()
    assert (chosen.before_session, chosen.after_silence, chosen.hour) == (False, True, 10)
    wrong = client.post(link, {"hour": "3"})
    assert wrong.context["form"].errors
    assert client.get(link[:-3] + "x/").status_code == 404


def test_a_hundred_learners_are_looked_at_with_as_many_queries_as_one(
    django_assert_max_num_queries,
):
    enrollment = silent_learner()
    people = [enrollment.learner_id]
    occasions_of(people, NOON)
    people += [active_enrollment(cohort=enrollment.cohort).learner_id for _number in range(5)]
    people.append(silent_learner().learner_id)
    with django_assert_max_num_queries(9):
        assert len(occasions_of(people, NOON)) == 7
