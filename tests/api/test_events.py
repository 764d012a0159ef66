"""The feed of events: what is told, in which order, to whom, and for how long."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from certificates.lifecycle import Action, change_state
from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.ledger import record_completion
from lms.api.events.models import Event, EventCounter
from lms.api.events.numbering import forget_old_events, number_events
from lms.api.events.recording import NewEvent, record_events
from lms.api.models import PersonalDataAccess
from lms.api.scopes import ALL_SCOPES, Scope
from lms.people.models import User
from tests.api.conftest import PERSON, enrol_path
from tests.api.test_certificates import make_certificate
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    UserFactory,
    active_enrollment,
    make_lesson,
    make_module,
)

pytestmark = pytest.mark.django_db


def told(caller, query: str = "") -> list[str]:
    return [event["type"] for event in caller.get(f"/events{query}").data["items"]]


def test_enrolling_through_the_api_tells_of_the_learner_and_the_enrolment(caller):
    cohort = CohortFactory()
    answer = caller.enrol(cohort).data
    learner, enrolment = caller.get("/events").data["items"]
    assert learner["type"] == "learner.created"
    assert learner["object"] == {"type": "learner", "id": answer["enrolment"]["learner"]["id"]}
    assert enrolment["type"] == "enrolment.created"
    assert enrolment["object"] == {"type": "enrolment", "id": answer["enrolment"]["id"]}
    assert enrolment["data"] == {
        "cohort": str(cohort.uuid),
        "attempt": 1,
        "state": "invited",
        "source": caller.client.source,
    }
    assert enrolment["learner"]["external_ids"] == [{"system": "hr", "value": "1"}]
    assert (learner["number"], enrolment["number"]) == (1, 2)


def test_the_same_request_again_tells_nothing(caller):
    cohort = CohortFactory()
    caller.enrol(cohort)
    before = told(caller)
    caller.enrol(cohort)
    assert told(caller) == before


def test_a_change_names_the_fields_but_not_what_stands_in_them(caller):
    cohort = CohortFactory()
    caller.enrol(cohort)
    caller.enrol(cohort, family_name="Петрова", position="соцработник")
    event = caller.get("/events?types=learner.updated").data["items"][0]
    assert event["data"] == {"changes": ["family_name", "position"]}
    assert "Петров" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_change_made_in_the_cms_is_told_too(caller):
    user = UserFactory()
    user = User.objects.get(pk=user.pk)
    user.position = "методист"
    user.save()
    user.save()  # nothing changed
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert told(caller) == ["learner.created", "learner.updated"]


def test_states_completions_and_certificates_are_told(caller):
    lesson = make_lesson(make_module(course := CohortFactory().course))
    enrollment = active_enrollment(cohort=CohortFactory(course=course))
    record_completion(enrollment=enrollment, activity=lesson, score=0.7)
    certificate = make_certificate(enrollment)
    revoked = change_state(
        certificate,
        Action.REVOKED,
        actor=enrollment.learner,
        reason_class="issued-in-error",
        reason="Выдан по ошибке",
    )
    revoked.save(update_fields=["state"])  # nothing changed
    events = caller.get("/events").data["items"]
    assert [(event["type"], event["data"].get("state")) for event in events] == [
        ("learner.created", None),
        ("enrolment.state_changed", "active"),
        ("progress.milestone", None),
        ("enrolment.state_changed", "completed"),
        ("certificate.issued", "issued"),
        ("certificate.revoked", "revoked"),
    ]
    assert events[2]["data"] == {
        "activity": str(lesson.translation_key),
        "outcome": "completed",
        "cohort": str(enrollment.cohort.uuid),
    }
    assert events[2]["object"] == {"type": "enrolment", "id": str(enrollment.uuid)}


def test_what_is_rolled_back_is_not_told(caller):
    class Broken(Exception):
        pass

    def register_and_break() -> None:
        with transaction.atomic():
            UserFactory()
            raise Broken

    with pytest.raises(Broken):
        register_and_break()
    assert told(caller) == []


def test_a_reader_goes_on_from_the_cursor_and_misses_nothing(caller):
    cohort = CohortFactory()
    for number in range(5):
        caller.enrol(cohort, str(number), email=f"p{number}@example.org")
    seen, cursor = [], ""
    while True:
        answer = caller.get(f"/events?limit=3{cursor}").data
        seen += [event["number"] for event in answer["items"]]
        cursor = f"&cursor={answer['next_cursor']}"
        if not answer["has_more"]:
            break
    assert seen == list(range(1, 11))
    assert caller.get(f"/events?{cursor[1:]}").data["items"] == []
    caller.enrol(cohort, "late", email="late@example.org")
    later = caller.get(f"/events?{cursor[1:]}").data["items"]
    assert [event["number"] for event in later] == [11, 12]


def test_the_cursor_also_passes_what_the_filter_left_out(caller):
    UserFactory.create_batch(3)
    answer = caller.get("/events?types=certificate.issued").data
    assert answer["items"] == []
    assert caller.get(f"/events?cursor={answer['next_cursor']}").data["items"] == []


def test_since_begins_at_a_moment(caller):
    UserFactory()
    Event.objects.update(occurred_at=timezone.now() - timedelta(days=2))
    moment = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told(caller, f"?since={moment}") == []
    UserFactory()
    assert told(caller, f"?since={moment}") == ["learner.created"]


def test_each_region_has_its_own_numbers_and_sees_only_its_own(caller_of, tomsk, omsk):
    for _ in range(2):
        UserFactory(region=omsk)
        UserFactory(region=tomsk)
    for region in (tomsk, omsk):
        events = caller_of(region).get("/events").data["items"]
        assert [event["number"] for event in events] == [1, 2]
        assert {event["region"] for event in events} == {region.code}
    assert len(caller_of(None).get("/events").data["items"]) == 4


def test_a_key_sees_the_types_that_its_other_scopes_allow(caller_of, tomsk):
    caller = caller_of(tomsk, scopes=[Scope.EVENTS_READ, Scope.ENROLMENTS_READ])
    EnrollmentFactory()
    caller_of(tomsk).enrol(CohortFactory())
    assert told(caller) == ["enrolment.created"]
    refused = caller.get("/events?types=learner.created,certificate.issued")
    assert (refused.status_code, refused.data["code"]) == (403, "scope-missing")
    assert refused.data["missing_scopes"] == ["certificates:read", "learners:read"]
    without = caller_of(tomsk, scopes=[Scope.ENROLMENTS_READ]).get("/events")
    assert without.data["missing_scopes"] == ["events:read"]


def test_names_come_only_when_asked_for_with_their_scope_and_a_record(caller_of, caller, tomsk):
    UserFactory(family_name="Редкая")
    assert "Редкая" not in caller.get("/events").content.decode()
    assert not PersonalDataAccess.objects.exists()
    (event,) = caller.get("/events?expand=learner").data["items"]
    assert event["learner"]["family_name"] == "Редкая"
    assert PersonalDataAccess.objects.filter(client=caller.client).count() == 1
    scopes = [scope for scope in ALL_SCOPES if scope != Scope.LEARNERS_PII]
    stranger = caller_of(tomsk, scopes=scopes).get("/events?expand=learner")
    assert "Редкая" not in stranger.content.decode()
    assert stranger.data["items"][0]["learner"]["initials"] == "М. П. Р."


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?types=made.up", "types"),
        ("?types=", "types"),
        ("?cursor=nonsense", "cursor"),
        ("?since=yesterday", "since"),
        ("?limit=0", "limit"),
        ("?expand=everything", "expand"),
        ("?after=1", "after"),
    ],
)
def test_bad_parameters_are_named(caller, query, parameter):
    response = caller.get(f"/events{query}")
    assert (response.status_code, response.data["code"]) == (422, "validation-failed")
    assert response.data["errors"][0]["parameter"] == parameter


def test_a_cursor_and_a_moment_do_not_go_together(caller):
    cursor = caller.get("/events").data["next_cursor"]
    response = caller.get(f"/events?cursor={cursor}&since=2026-01-01T00:00:00Z")
    assert response.data["errors"][0]["code"] == "not-together"


def test_the_cursor_of_a_list_is_no_cursor_of_the_feed(caller):
    EnrollmentFactory.create_batch(2)
    cursor = caller.get("/enrolments?limit=1").data["next_cursor"]
    assert caller.get(f"/events?cursor={cursor}").status_code == 422


def test_old_events_are_forgotten_and_an_old_cursor_is_told_so(caller, settings):
    start = caller.get("/events").data["next_cursor"]
    UserFactory.create_batch(3)
    number_events()
    limit = timezone.now() - timedelta(days=settings.EVENTS_KEPT_DAYS, hours=1)
    Event.objects.filter(number__lte=2).update(occurred_at=limit)
    assert forget_old_events() == 2
    assert forget_old_events() == 0
    assert [event["number"] for event in caller.get("/events").data["items"]] == [3]
    response = caller.get(f"/events?cursor={start}")
    assert (response.status_code, response.data["code"]) == (410, "cursor-expired")


def test_a_late_event_from_the_past_leaves_no_hole(settings):
    UserFactory.create_batch(3)
    number_events()
    limit = timezone.now() - timedelta(days=settings.EVENTS_KEPT_DAYS, hours=1)
    Event.objects.filter(number=2).update(occurred_at=limit)
    assert forget_old_events() == 0


def test_the_number_of_queries_does_not_grow_with_the_page(
    caller, django_assert_max_num_queries, django_assert_num_queries
):
    EnrollmentFactory()
    caller.get("/events")
    with django_assert_max_num_queries(20) as few:
        caller.get("/events?expand=learner")
        queries = len(few)
    UserFactory.create_batch(5)
    caller.get("/events")
    with django_assert_num_queries(queries):
        caller.get("/events?expand=learner")


def test_a_filter_by_region_is_not_needed_after_enrolling_in_two(caller_of, tomsk, omsk):
    cohort = CohortFactory(regions=[tomsk, omsk])
    caller_of(omsk).send("PUT", enrol_path(cohort), PERSON)
    assert told(caller_of(tomsk)) == []


@pytest.mark.django_db(transaction=True)
def test_transactions_that_end_out_of_order_leave_no_gap_and_are_not_missed(caller):
    """A reader reads while a transaction that began first is still open."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time")
    began, may_end = threading.Event(), threading.Event()
    learner = UserFactory()
    cursor = caller.get("/events").data["next_cursor"]

    def slow() -> None:
        with transaction.atomic():
            record_events([NewEvent("learner.updated", learner.region_id, learner.uuid)])
            began.set()
            may_end.wait(60)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(60)
    record_events([NewEvent("learner.merged", learner.region_id, learner.uuid)])
    first = caller.get(f"/events?cursor={cursor}").data
    may_end.set()
    thread.join()
    second = caller.get(f"/events?cursor={first['next_cursor']}").data
    seen = [(event["type"], event["number"]) for event in first["items"] + second["items"]]
    assert seen == [("learner.merged", 2), ("learner.updated", 3)]


@pytest.mark.django_db(transaction=True)
def test_parallel_readers_number_every_event_once(caller):
    learner = UserFactory()
    for _ in range(30):
        record_events([NewEvent("learner.updated", learner.region_id, learner.uuid)])

    def read() -> None:
        number_events()
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    positions = list(Event.objects.order_by("position").values_list("position", "number"))
    assert positions == [(n, n) for n in range(1, 32)]
    assert EventCounter.objects.get(region=None).last == 31


def test_moving_back_and_forth_is_told_each_time(caller):
    enrollment = active_enrollment()
    for state in (EnrollmentState.WITHDRAWN, EnrollmentState.ACTIVE):
        move(enrollment=enrollment, to=state, source="test")
    events = caller.get("/events?types=enrolment.state_changed").data["items"]
    assert [(e["data"]["from_state"], e["data"]["state"]) for e in events] == [
        ("invited", "active"),
        ("active", "withdrawn"),
        ("withdrawn", "active"),
    ]
