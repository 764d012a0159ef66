"""Every address as every role: who gets in, who is asked to sign in, who finds nothing there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from assessments.answering import start_attempt
from assessments.models import Assessment
from certificates.issuing import issue_certificate
from courses.calendar_feeds import address_of, renew_feed
from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from lms.mail.reminder_links import settings_link
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.assessments.test_answering import make_instrument
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_lesson,
    make_memo,
    make_module,
)
from tests.webinars.factories import make_webinar
from tests.webinars.practicum.factories import example_of, make_practicum
from webinars.practicum.keeping import agree_to_transcript
from webinars.practicum.sessions import make_session
from webinars.sessions import plan_session

FOREIGN = (
    "cms/",
    "accounts/",
    "documents/",
    "api/",
    "developers/",
    "scim/",
    "_util/",
    "^",
    "media/",
)
IN, LOGIN, NOTHING, NO = 200, 302, 404, 403
ROLES = ["anonymous", "learner", "stranger", "trainer", "other_trainer", "coordinator", "admin"]
# What a GET answers to each role, in the order of ROLES.
EXPECTED = {
    "display": [IN] * 7,
    "help": [IN] * 7,
    "signed_in": [401] + [204] * 6,
    "offline": [IN] * 7,
    "service_worker": [IN] * 7,
    "home": [LOGIN] + [IN] * 6,
    "invitation": [NOTHING] * 7,
    "item": [LOGIN, IN] + [NOTHING] * 5,
    "pages": [LOGIN, IN] + [NOTHING] * 5,
    "check": [LOGIN, IN] + [NOTHING] * 5,
    "sent": [LOGIN, 302] + [NOTHING] * 5,
    "gain": [LOGIN, IN] + [NOTHING] * 5,
    "practicum_room": [LOGIN, IN, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_review": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_queue": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_groups": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_library": [LOGIN, IN, NO, IN, NO, NO, IN],
    "practicum_course_library": [LOGIN, IN, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_excellent": [LOGIN, IN, NOTHING, IN, NOTHING, NOTHING, IN],
    "practicum_library_consent": [LOGIN, IN] + [NOTHING] * 5,
    "practicum_library_edit": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "own_csv": [LOGIN, 302] + [NOTHING] * 5,
    "own_pdf": [LOGIN, 302] + [NOTHING] * 5,
    "erase": [LOGIN, IN] + [NOTHING] * 5,
    "mine": [LOGIN] + [IN] * 6,
    "pdf": [LOGIN, IN, NOTHING, IN, NOTHING, IN, IN],
    "one": [LOGIN, IN] + [NOTHING] * 5,
    "details": [LOGIN] + [NOTHING] * 6,
    "register": [LOGIN, NO, NO, IN, IN, IN, IN],
    "register_xlsx": [LOGIN, NO, NO, IN, IN, IN, IN],
    "credential": [LOGIN, IN, NOTHING, IN, NOTHING, IN, IN],
    "public_credential": [IN] * 7,
    "status_list": [IN] * 7,
    "boards": [IN] * 7,
    "board": [IN] * 7,
    "my_honours": [LOGIN] + [IN] * 6,
    "nominate": [LOGIN] + [IN] * 6,
    "honours_to_decide": [LOGIN, NOTHING, NOTHING, NOTHING, NOTHING, IN, IN],
    "certificate_check": [IN] * 7,
    "verify": [IN] * 7,
    "did": [IN] * 7,
    "root_certificate": [IN] * 7,
    "oauth_metadata": [IN] * 7,
    "memos": [IN] * 7,
    "memo": [LOGIN] + [IN] * 6,
    "memo_pdf": [LOGIN] + [IN] * 6,
    "lesson": [LOGIN, IN, NO, IN, NO, NO, IN],
    "as_learner": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "calendar": [LOGIN] + [IN] * 6,
    "calendar_event": [LOGIN, IN] + [NOTHING] * 5,
    "calendar_feed": [IN] * 7,
    "my_data": [LOGIN] + [IN] * 6,
    "my_data_download": [LOGIN] + [IN] * 6,
    "reminders": [LOGIN] + [IN] * 6,
    "reminders_by_link": [IN] * 7,
    "reminders_off": [302] * 7,
    "report": [LOGIN, NO, NO, NO, NO, IN, IN],
    "report_file": [LOGIN, NO, NO, NO, NO, NOTHING, NOTHING],
    "items": [LOGIN, NO, NO, IN, IN, NO, IN],
    "requests": [LOGIN, NOTHING, NOTHING, IN, IN, IN, IN],
    "session_attendance": [LOGIN, NOTHING, NOTHING, IN, NOTHING, NOTHING, IN],
    "room_slides": [401, IN, NO, IN, NO, NO, IN],
}


def path_of(link: str) -> str:
    return "/" + link.split("//")[1].split("/", 1)[1]


@pytest.fixture
def world(db):
    """One course under way: its people, and the addresses that belong to the learner."""
    region, elsewhere = RegionFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    course = make_course()
    module = make_module(course)
    lesson = make_lesson(module)
    assessment = add_page(
        module, Assessment(title="Анкета", instrument=make_instrument(), wave="pre")
    )
    people = {
        "learner": UserFactory(region=region),
        "stranger": UserFactory(region=elsewhere),
        "trainer": UserFactory(region=elsewhere),
        "other_trainer": UserFactory(region=elsewhere),
        "coordinator": UserFactory(region=region),
        "admin": User.objects.create_superuser("admin@example.org"),
    }
    for key in ("trainer", "other_trainer"):
        grant_role(user=people[key], role=Role.TRAINER)
    grant_role(user=people["coordinator"], role=Role.COORDINATOR, region=region)
    cohort = CohortFactory(course=course, trainers=[people["trainer"]])
    enrollment = active_enrollment(cohort=cohort, learner=people["learner"])
    attempt = start_attempt(enrollment=enrollment, assessment=assessment)
    practicum = make_practicum()
    practising = CohortFactory(course=practicum.course(), trainers=[people["trainer"]])
    playing = make_session(
        practicum=practicum,
        cohort=practising,
        enrollments=[
            active_enrollment(cohort=practising, learner=people["learner"]),
            active_enrollment(cohort=practising),
        ],
    )
    agree_to_transcript(people["learner"], practicum)
    example = example_of(playing, proposed_by=people["trainer"])
    finished = EnrollmentFactory(
        learner=people["learner"], cohort=CohortFactory(trainers=[people["trainer"]])
    )
    for state in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED):
        move(enrollment=finished, to=state, source="test")
    certificate = issue_certificate(finished)
    memo = make_memo()
    now = timezone.now()
    session = plan_session(
        webinar=make_webinar(module), cohort=cohort, starts_at=now, ends_at=now + timedelta(hours=1)
    )
    addresses = {
        "display": "/display/",
        "help": "/help/",
        "offline": "/offline/",
        "service_worker": "/service-worker.js",
        "signed_in": "/signed-in/",
        "home": "/learn/",
        "invitation": "/invitation/x/",
        "item": f"/assessments/{attempt.uuid}/1/",
        "check": f"/assessments/{attempt.uuid}/check/",
        "sent": f"/assessments/{attempt.uuid}/sent/",
        "gain": f"/assessments/gain/{enrollment.uuid}/",
        "practicum_room": f"/practicum/{playing.uuid}/",
        "practicum_review": f"/practicum/{playing.uuid}/review/",
        "practicum_queue": "/practicum/review/",
        "practicum_groups": f"/practicum/{practicum.pk}/groups/{practising.pk}/",
        "practicum_library": f"/practicum/{practicum.pk}/library/",
        "practicum_course_library": f"/practicum/library/course/{practicum.course().pk}/",
        "practicum_excellent": f"/practicum/library/{example.pk}/",
        "practicum_library_consent": f"/practicum/library/{example.pk}/consent/",
        "practicum_library_edit": f"/practicum/library/{example.pk}/prepare/",
        "pages": f"/assessments/{attempt.uuid}/pages/",
        "own_csv": f"/assessments/gain/{enrollment.uuid}/csv/",
        "own_pdf": f"/assessments/gain/{enrollment.uuid}/pdf/",
        "erase": f"/assessments/gain/{enrollment.uuid}/erase/",
        "mine": "/certificates/",
        "pdf": f"/certificates/{certificate.uuid}/pdf/",
        "one": f"/certificates/{certificate.uuid}/",
        "details": "/certificates/details/",
        "register": "/certificates/register/",
        "register_xlsx": "/certificates/register.xlsx",
        "credential": f"/certificates/{certificate.uuid}/credential.json",
        "public_credential": f"/v/{certificate.code}/credential.json",
        "status_list": "/status/1/revocation/",
        "boards": "/honour/",
        "board": f"/honour/{region.code}/",
        "my_honours": "/honour/mine/",
        "nominate": "/honour/nominate/",
        "honours_to_decide": "/honour/decide/",
        "certificate_check": "/verify/",
        "verify": f"/v/{certificate.code}/",
        "did": "/.well-known/did.json",
        "oauth_metadata": "/.well-known/oauth-authorization-server",
        "root_certificate": "/.well-known/certificate-issuer.pem",
        "memos": "/memos/",
        "memo": memo.url,
        "memo_pdf": f"/memos/{memo.slug}/pdf",
        "lesson": lesson.url,
        "as_learner": f"/as-learner/{course.pk}/",
        "calendar": "/calendar/",
        "calendar_event": f"/calendar/event/{uuid5(cohort.uuid, 'cohort_start')}.ics",
        "calendar_feed": path_of(address_of(renew_feed(people["learner"]))),
        "my_data": "/my-data/",
        "my_data_download": "/my-data/download/",
        "reminders": "/learn/reminders/",
        "reminders_by_link": path_of(settings_link(people["learner"])),
        "reminders_off": path_of(settings_link(people["learner"])) + "off/",
        "report": "/insights/report/",
        "report_file": "/insights/report.pdf",
        "items": "/insights/items/",
        "requests": "/requests/",
        "session_attendance": f"/webinars/sessions/{session.pk}/attendance.csv",
        "room_slides": f"/rooms/{session.room.uuid}/slides",
    }
    return people, addresses


@pytest.mark.parametrize("name", EXPECTED)
def test_who_gets_in_where(name, world, client, client_of):
    people, addresses = world
    found = [client.get(addresses[name]).status_code]
    found += [client_of(people[role]).get(addresses[name]).status_code for role in ROLES[1:]]
    assert dict(zip(ROLES, found, strict=True)) == dict(zip(ROLES, EXPECTED[name], strict=True))


def our_patterns(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(FOREIGN):
            continue
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from our_patterns(pattern.url_patterns, route)


def test_every_address_of_ours_is_walked_or_changes_something():
    """A new page must say here who gets in; what only takes POST is tested in its room."""
    walked = set(EXPECTED) | {"check"}
    only_post = {"language", "lesson_done", "start", "session_open", "session_close"}
    only_post |= {"session_rating", "name", "show_name", "check_file"}
    only_post |= {"honour_answer", "honour_decision"}
    only_post |= {"session_rating", "consents"}
    only_post |= {"calendar_new_feed", "memo_useful", "lesson_note", "lesson_position"}
    only_post |= {"request_ask", "request_take_back", "request_decide"}
    only_post |= {"practicum_join", "practicum_feedback", "practicum_debrief", "practicum_act"}
    only_post |= {"practicum_stop_waiting", "practicum_withdraw_consent", "practicum_report"}
    only_post |= {"practicum_comment", "practicum_rate", "practicum_decide", "practicum_lead"}
    only_post |= {"practicum_settle", "practicum_rating", "practicum_propose"}
    only_post |= {"practicum_library_step"}
    only_post |= {"consent_withdraw", "disagree_with_hint"}
    only_post |= {"dialogue_answer", "dialogue_retry", "dialogue_again"}
    in_their_rooms = {
        "session_host",
        "room_events",
        "room_commands",
        "programme",
        "sheet",
        "report",
    }
    names = {pattern.name for _route, pattern in our_patterns(get_resolver().url_patterns)}
    assert names - walked - only_post - in_their_rooms == set()


@pytest.mark.django_db
def test_a_page_that_only_takes_post_refuses_to_be_looked_at(client_of):
    browser = client_of(UserFactory())
    unknown = "00000000-0000-4000-8000-000000000000"
    for path in (
        "/language/",
        "/certificates/name/",
        f"/certificates/{unknown}/shown/",
        "/verify/file/",
        f"/honour/{unknown}/answer/",
        f"/honour/{unknown}/decision/",
        "/lessons/1/done/",
        "/memos/1/useful/",
        "/calendar/feed/",
        "/assessments/1/start/",
        "/practicum/1/join/",
        "/webinars/sessions/1/rating/",
        "/dialogues/1/answer/",
        "/dialogues/1/retry/",
        "/dialogues/1/again/",
        "/courses/1/request/",
        "/speech-hints/disagree/",
        f"/requests/{unknown}/take-back/",
        f"/requests/{unknown}/decide/",
        f"/practicum/{unknown}/feedback/",
        f"/practicum/{unknown}/agree/",
        f"/practicum/{unknown}/report/",
        f"/practicum/{unknown}/rating/",
        f"/practicum/{unknown}/comment/",
        f"/practicum/{unknown}/rate/0/",
        f"/practicum/{unknown}/decide/0/",
        f"/practicum/{unknown}/lead/pause/",
        f"/practicum/{unknown}/propose/0/",
        "/practicum/library/1/publish/",
        "/practicum/1/stop-waiting/",
        "/practicum/1/withdraw-consent/",
        "/practicum/reports/1/settle/",
    ):
        assert browser.get(path).status_code == 405
