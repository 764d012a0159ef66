"""The calendar: its page, a file of one event, and the subscription by a secret address."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from courses.agenda import agenda_of
from courses.calendar_feeds import address_of, renew_feed
from tests.factories import CohortFactory, UserFactory
from tests.webinars.factories import make_meeting, make_webinar
from webinars.models import WebinarSession
from webinars.rescheduling import SessionHeld, cancel_session, move_session
from webinars.sessions import open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    meeting = make_meeting(learners=2, is_open=False)
    session = meeting.session
    session.starts_at = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    session.ends_at = session.starts_at + timedelta(hours=1)
    session.save()
    return meeting


def feed_path(user) -> str:
    return "/" + address_of(renew_feed(user)).split("//")[1].split("/", 1)[1]


def entries(text) -> dict:
    calendar = Calendar.from_ical(text)
    return {str(entry["UID"]): entry for entry in calendar.walk("VEVENT")}


def entry_of(client, path, meeting):
    return entries(client.get(path).content)[str(meeting.room.uuid)]


def test_the_page_lists_the_days_ahead_in_ones_own_zone(client_of, meeting):
    learner = meeting.learners[0]
    learner.timezone = "Asia/Tomsk"
    learner.save()
    page = client_of(learner).get("/calendar/")
    assert meeting.session.webinar.title in page.text
    assert "МСК+4" in page.text
    assert reverse("courses:calendar_event", args=[meeting.room.uuid]) in page.text


def test_an_empty_calendar_says_so(client_of):
    assert client_of(UserFactory()).get("/calendar/").context["months"] == []


def test_the_feed_holds_the_webinar_in_utc_with_an_alarm(client, meeting):
    answer = client.get(feed_path(meeting.learners[0]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in answer.content
    entry = entries(answer.content)[str(meeting.room.uuid)]
    assert entry.decoded("DTSTART") == meeting.session.starts_at
    assert entry["DTSTART"].to_ical().endswith(b"Z")
    assert entry.decoded("DTEND") == meeting.session.ends_at
    assert {"DTSTAMP", "LAST-MODIFIED", "URL", "DESCRIPTION"} <= set(entry)
    assert entry["SEQUENCE"] == 0
    assert str(entry["URL"]).startswith("http")
    (alarm,) = entry.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-30)


def test_a_move_keeps_the_number_and_raises_the_sequence(client, meeting):
    path = feed_path(meeting.learners[0])
    later = meeting.session.starts_at + timedelta(days=1)
    move_session(meeting.session, starts_at=later, ends_at=later + timedelta(hours=1))
    entry = entry_of(client, path, meeting)
    assert entry["SEQUENCE"] == 1
    assert entry.decoded("DTSTART") == later


def test_a_cancelled_webinar_stays_in_the_feed_as_cancelled(client, meeting):
    path = feed_path(meeting.learners[0])
    assert cancel_session(meeting.session)
    assert not cancel_session(meeting.session)
    entry = entry_of(client, path, meeting)
    assert entry["STATUS"] == "CANCELLED"
    assert entry["SEQUENCE"] == 1
    assert entry.walk("VALARM") == []


def test_a_new_address_puts_the_old_one_out_of_use(client, client_of, meeting):
    learner = meeting.learners[0]
    old = feed_path(learner)
    browser = client_of(learner)
    browser.post("/calendar/feed/")
    page = browser.get("/calendar/")
    assert page.context["webcal"].startswith("webcal://")
    assert client.get(old).status_code == 404
    new = "/" + page.context["address"].split("//")[1].split("/", 1)[1]
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("token", ["x", "0" * 32, "1" * 32 + ".x"])
def test_an_unknown_address_is_not_there(client, token):
    assert client.get(f"/calendar/feed/{token}.ics").status_code == 404


def test_the_feed_of_somebody_shut_out_is_not_there(client, meeting):
    learner = meeting.learners[0]
    path = feed_path(learner)
    learner.is_active = False
    learner.save()
    assert client.get(path).status_code == 404


def test_one_event_is_a_file_for_those_whose_it_is(client_of, meeting):
    path = reverse("courses:calendar_event", args=[meeting.room.uuid])
    answer = client_of(meeting.learners[0]).get(path)
    assert list(entries(answer.content)) == [str(meeting.room.uuid)]
    assert client_of(UserFactory()).get(path).status_code == 404


def test_everything_in_the_agenda_has_a_file(client_of, meeting):
    learner = meeting.learners[0]
    now = timezone.now()
    browser = client_of(learner)
    for event in agenda_of(learner, now - timedelta(days=99), now + timedelta(days=99)):
        path = reverse("courses:calendar_event", args=[event.uid])
        assert browser.get(path).status_code == 200


# --- The plan in the CMS ----------------------------------------------------------------------
def test_cancelling_in_the_cms_writes_to_the_learners(
    client_of, meeting, django_capture_on_commit_callbacks
):
    browser = client_of(meeting.trainer)
    address = reverse("webinar_sessions:cancel", args=[meeting.session.pk])
    assert browser.get(address).status_code == 200
    assert client_of(make_meeting().trainer).post(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address)
    meeting.session.refresh_from_db()
    assert meeting.session.cancelled_at is not None
    assert {letter.to[0] for letter in mail.outbox} == {p.email for p in meeting.learners}
    (part,) = mail.outbox[0].attachments
    assert part.get_param("method") == "CANCEL"
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["METHOD"] == "CANCEL"
    assert calendar.walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    assert str(calendar.walk("VEVENT")[0]["ORGANIZER"]).startswith("mailto:")
    assert not open_session(meeting.session, actor=meeting.trainer)
    page = client_of(meeting.learners[0]).get(meeting.session.webinar.get_url())
    assert page.context["phase"] == "cancelled"
    assert browser.get(f"/webinars/sessions/{meeting.session.pk}/").status_code == 200


def test_a_new_time_in_the_cms_tells_the_learners_and_takes_back_a_cancellation(
    client_of, meeting, django_capture_on_commit_callbacks
):
    cancel_session(meeting.session)
    starts_at = timezone.localtime(meeting.session.starts_at + timedelta(days=3))
    form = {
        "webinar": meeting.session.webinar.pk,
        "cohort": meeting.session.cohort.pk,
        "starts_at": f"{starts_at:%Y-%m-%d %H:%M}",
        "ends_at": f"{starts_at + timedelta(hours=1):%Y-%m-%d %H:%M}",
    }
    address = reverse("webinar_sessions:edit", args=[meeting.session.pk])
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(meeting.trainer).post(address, form)
    assert answer.status_code == 302
    meeting.session.refresh_from_db()
    assert meeting.session.cancelled_at is None
    assert meeting.session.sequence == 2
    assert len(mail.outbox) == 2


def moved_in_cms(meeting, browser, **changes):
    starts_at = timezone.localtime(meeting.session.starts_at + timedelta(days=3))
    form = {
        "webinar": meeting.session.webinar.pk,
        "cohort": meeting.session.cohort.pk,
        "starts_at": f"{starts_at:%Y-%m-%d %H:%M}",
        "ends_at": f"{starts_at + timedelta(hours=1):%Y-%m-%d %H:%M}",
    }
    address = reverse("webinar_sessions:edit", args=[meeting.session.pk])
    return browser.post(address, form | changes)


def test_an_opened_webinar_is_not_moved_in_the_cms_either(client_of, meeting):
    open_session(meeting.session, actor=meeting.trainer)
    before = WebinarSession.objects.values().get(pk=meeting.session.pk)
    answer = moved_in_cms(meeting, client_of(meeting.trainer))
    assert "уже открывали" in answer.content.decode()
    assert WebinarSession.objects.values().get(pk=meeting.session.pk) == before


def test_a_webinar_that_is_opened_while_somebody_moves_it_stays(client_of, meeting, monkeypatch):
    """The form was checked before the opening; the move itself looks again."""
    monkeypatch.setattr(WebinarSession, "opened_at", None)
    open_session(meeting.session, actor=meeting.trainer)
    before = WebinarSession.objects.values().get(pk=meeting.session.pk)
    answer = moved_in_cms(meeting, client_of(meeting.trainer))
    assert answer.status_code == 302
    assert WebinarSession.objects.values().get(pk=meeting.session.pk) == before


def test_a_planned_webinar_stays_with_its_cohort_and_its_page(
    client_of, meeting, django_capture_on_commit_callbacks
):
    session = meeting.session
    other = make_webinar(session.webinar.get_parent(), title="Другой")
    cohort = CohortFactory(course=session.cohort.course, trainers=[meeting.trainer])
    with django_capture_on_commit_callbacks(execute=True):
        moved_in_cms(meeting, client_of(meeting.trainer), webinar=other.pk, cohort=cohort.pk)
    starts_at = session.starts_at
    session.refresh_from_db()
    assert (session.webinar_id, session.cohort_id) != (other.pk, cohort.pk)
    assert session.starts_at > starts_at
    assert len(mail.outbox) == len(meeting.learners)


def test_an_opened_webinar_is_neither_moved_nor_cancelled(client_of, meeting):
    open_session(meeting.session, actor=meeting.trainer)
    with pytest.raises(SessionHeld):
        cancel_session(meeting.session)
    address = reverse("webinar_sessions:cancel", args=[meeting.session.pk])
    client_of(meeting.trainer).post(address)
    meeting.session.refresh_from_db()
    assert meeting.session.cancelled_at is None


def test_trainers_have_the_meetings_that_they_lead_in_their_calendar(client_of, client, meeting):
    trainer, uid = meeting.trainer, meeting.room.uuid
    assert meeting.session.webinar.title in client_of(trainer).get("/calendar/").text
    assert client_of(trainer).get(reverse("courses:calendar_event", args=[uid])).status_code == 200
    assert list(entries(client.get(feed_path(trainer)).content)) == [str(uid)]
    meeting.session.cohort.trainers.clear()
    assert meeting.session.webinar.title not in client_of(trainer).get("/calendar/").text
