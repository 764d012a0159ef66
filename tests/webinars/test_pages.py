"""Pages of webinars, their plan in the CMS, and the way into a room without WebSocket."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from courses.models import Cohort
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory, active_enrollment
from tests.webinars.factories import make_meeting, new_id
from webinars.models import AttendanceSegment, Question, RoomEvent, WebinarSession
from webinars.sessions import close_session, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting(polls=[("poll", {"question": "Готовы?", "options": ["Да", "Нет"]})])


def page_of(meeting, client):
    return client.get(meeting.session.webinar.get_url())


# --- The learner's page -----------------------------------------------------------------------
def test_before_the_opening_the_page_tells_time_and_zone(client_of):
    meeting = make_meeting(is_open=False)
    learner = meeting.learners[0]
    learner.timezone = "Asia/Tomsk"
    learner.save()
    text = page_of(meeting, client_of(learner)).content.decode()
    assert "МСК+4" in text
    assert 'data-phase="before"' in text
    assert "<live-chat" not in text


def test_a_cohort_without_a_session_is_told_so(client_of, meeting):
    other = active_enrollment(cohort=CohortFactory(course=meeting.session.cohort.course))
    text = page_of(meeting, client_of(other.learner)).content.decode()
    assert "Время вебинара пока не назначено" in text
    assert "live-room" not in text.replace("live-room.css", "")


def test_the_page_says_which_step_it_is_and_leads_to_its_neighbours(client_of, meeting):
    webinar = meeting.session.webinar
    text = page_of(meeting, client_of(meeting.learners[0])).content.decode()
    after = webinar.get_next_sibling()
    assert '<p class="quiet">Шаг 1 из 2</p>' in text
    assert after.title in text.split('aria-label="Соседние шаги"')[1]


def test_an_open_webinar_shows_the_room_and_the_minutes(client_of, meeting):
    text = page_of(meeting, client_of(meeting.learners[0])).content.decode()
    assert f'data-socket="/ws/live/{meeting.room.uuid}/"' in text
    assert "Засчитано минут: 0 из 1" in text
    assert "<noscript>" in text


def test_afterwards_the_page_says_what_was_counted(client_of, meeting):
    close_session(meeting.session, actor=meeting.trainer)
    text = page_of(meeting, client_of(meeting.learners[0])).content.decode()
    assert "Засчитано 0 минут из 1" in text
    assert "live/room.js" not in text


# --- The host's page --------------------------------------------------------------------------
def test_a_trainer_finds_the_sessions_that_they_lead(client_of, meeting):
    text = page_of(meeting, client_of(meeting.trainer)).content.decode()
    assert reverse("webinars:session_host", args=[meeting.session.pk]) in text


def test_the_host_opens_and_closes_and_sees_who_was_there(client_of):
    meeting = make_meeting(is_open=False)
    client = client_of(meeting.trainer)
    host_page = reverse("webinars:session_host", args=[meeting.session.pk])
    client.post(reverse("webinars:session_open", args=[meeting.session.pk]))
    assert "<live-chat" in client.get(host_page).content.decode()
    client.post(reverse("webinars:session_close", args=[meeting.session.pk]))
    text = client.get(host_page).content.decode()
    assert str(meeting.learners[0]) in text
    assert "<live-chat" not in text
    types = list(RoomEvent.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["room.opened", "room.closed"]


@pytest.mark.parametrize("name", ["session_host", "session_open", "session_close"])
def test_nobody_else_leads(client, client_of, meeting, name):
    stranger = UserFactory()
    grant_role(user=stranger, role=Role.TRAINER)
    address = reverse(f"webinars:{name}", args=[meeting.session.pk])
    for user in (meeting.learners[0], stranger):
        asked = client_of(user)
        answer = asked.get(address) if name == "session_host" else asked.post(address)
        assert answer.status_code == 404
    answer = client.get(address) if name == "session_host" else client.post(address)
    assert answer.status_code == 302
    meeting.room.refresh_from_db()
    assert meeting.room.closed_at is None


# --- The CMS ----------------------------------------------------------------------------------
def form_of(meeting, **changes) -> dict:
    now = timezone.localtime()
    return {
        "webinar": meeting.session.webinar.pk,
        "cohort": meeting.session.cohort.pk,
        "starts_at": now.strftime("%d.%m.%Y %H:%M"),
        "ends_at": (now + timedelta(hours=1)).strftime("%d.%m.%Y %H:%M"),
    } | changes


def test_a_trainer_plans_a_session_and_it_has_a_room(client_of, meeting):
    cohort = CohortFactory(course=meeting.session.cohort.course, trainers=[meeting.trainer])
    client = client_of(meeting.trainer)
    answer = client.post(
        reverse("webinar_sessions:add"), form_of(meeting, cohort=cohort.pk), follow=True
    )
    assert answer.status_code == 200
    session = WebinarSession.objects.get(cohort=cohort)
    assert session.room.title == session.webinar.title
    assert open_session(session, actor=meeting.trainer)


@pytest.mark.parametrize("wrong", ["cohort", "order", "twice", "course"])
def test_a_plan_that_cannot_be_is_refused(client_of, meeting, wrong):
    other = CohortFactory(course=meeting.session.cohort.course, trainers=[meeting.trainer])
    match wrong:
        case "cohort":
            changes = {"cohort": CohortFactory(course=meeting.session.cohort.course).pk}
        case "order":
            changes = {"cohort": other.pk, "ends_at": "01.01.2020 10:00"}
        case "twice":
            changes = {}
        case "course":
            changes = {"cohort": CohortFactory(trainers=[meeting.trainer]).pk}
    answer = client_of(meeting.trainer).post(
        reverse("webinar_sessions:add"), form_of(meeting, **changes)
    )
    assert answer.context["form"].errors
    assert WebinarSession.objects.count() == 1


def test_the_cms_shows_trainers_their_own_sessions_only(client_of, meeting):
    foreign = make_meeting()
    client = client_of(meeting.trainer)
    index = client.get(reverse("webinar_sessions:index"))
    assert list(index.context["object_list"]) == [meeting.session]
    for name in ("edit", "delete", "history", "usage"):
        own = client.get(reverse(f"webinar_sessions:{name}", args=[meeting.session.pk]))
        assert own.status_code != 404, name
        other = client.get(reverse(f"webinar_sessions:{name}", args=[foreign.session.pk]))
        assert other.status_code == 404, name


def test_a_learner_has_no_way_into_the_plan(client_of, meeting):
    answer = client_of(meeting.learners[0]).get(reverse("webinar_sessions:index"))
    assert answer.status_code in (302, 403)


def test_an_opened_session_cannot_be_deleted(client_of, meeting):
    address = reverse("webinar_sessions:delete", args=[meeting.session.pk])
    client_of(meeting.trainer).post(address)
    assert WebinarSession.objects.filter(pk=meeting.session.pk).exists()


# --- Without WebSocket ------------------------------------------------------------------------
def address_of_events(meeting) -> str:
    return reverse("webinars:room_events", args=[meeting.room.uuid])


def events(client, meeting, **seen) -> list[dict]:
    answer = client.get(address_of_events(meeting), seen)
    assert answer.status_code == 200
    return answer.json()["frames"]


def give(client, meeting, frame: dict):
    address = reverse("webinars:room_commands", args=[meeting.room.uuid])
    return client.post(address, json.dumps(frame), content_type="application/json")


def cmd(op: str, **data) -> dict:
    return {"t": "cmd", "id": new_id(), "op": op, "d": data}


def say(client, meeting, text: str, **changes):
    frame = {"t": "cmd", "id": new_id(), "op": "chat.send", "d": {"text": text}}
    return give(client, meeting, frame | changes)


def positions(frames: list[dict]) -> dict[str, list]:
    """The query that continues where these frames end."""
    snap = next(frame for frame in frames if frame["t"] == "snap")
    seen = {name: dict(position) for name, position in snap["s"].items()}
    for frame in frames:
        if frame["t"] == "ev":
            seen[frame["s"]]["q"] = frame["q"]
    return {
        "stream": list(seen),
        "epoch": [position["e"] for position in seen.values()],
        "after": [position["q"] for position in seen.values()],
    }


def test_plain_requests_carry_the_same_frames(client_of, meeting):
    maria, olga = client_of(meeting.learners[0]), client_of(meeting.trainer)
    first = events(maria, meeting)
    assert [frame["t"] for frame in first] == ["welcome", "snap", "st"]
    answer = say(olga, meeting, "Начинаем")
    assert (answer.status_code, answer.json()["t"]) == (200, "ok")
    then = events(maria, meeting, **positions(first))
    assert [frame["t"] for frame in then] == ["welcome", "ev", "st"]
    assert then[0]["streams"]["room"]["recovered"] is True
    assert then[1]["d"]["text"] == "Начинаем"
    assert set(then[0]["streams"]) == {"room", "me"}


def test_a_request_with_nothing_new_reads_neither_log_nor_snapshot(
    client_of, meeting, django_assert_max_num_queries
):
    maria = client_of(meeting.learners[0])
    for number in range(5):
        say(client_of(meeting.trainer), meeting, f"Слово {number}")
    seen = positions(events(maria, meeting))
    events(maria, meeting, **seen)
    with django_assert_max_num_queries(14) as asked:
        frames = events(maria, meeting, **seen)
    assert [frame["t"] for frame in frames] == ["welcome", "st"]
    assert not [q for q in asked.captured_queries if "roomevent" in q["sql"]]
    assert not [q for q in asked.captured_queries if "chatmessage" in q["sql"]]


def test_a_request_with_a_position_is_asked_who_it_is_all_the_same(client_of, meeting):
    maria = client_of(meeting.learners[0])
    seen = positions(events(maria, meeting))
    meeting.enrollments[0].state = "withdrawn"
    meeting.enrollments[0].save()
    assert maria.get(address_of_events(meeting), seen).status_code == 403


def test_votes_reach_whoever_asks_by_requests(client_of, meeting):
    maria, olga = client_of(meeting.learners[0]), client_of(meeting.trainer)
    ivan = client_of(meeting.learners[1])
    told = give(olga, meeting, cmd("poll.create", question="Да?", options=["Да", "Нет"]))
    poll = told.json()["d"]["poll"]
    give(olga, meeting, cmd("poll.open", poll=poll))
    give(maria, meeting, cmd("qa.ask", text="Как быть?"))
    question = str(Question.objects.get().uuid)
    before = {who: positions(events(who, meeting)) for who in (maria, olga)}
    give(ivan, meeting, cmd("poll.vote", poll=poll, choices=[1]))
    give(ivan, meeting, cmd("qa.vote", q=question))
    states = {
        who: {(f["y"], f.get("k")): f["d"] for f in events(who, meeting, **seen) if f["t"] == "st"}
        for who, seen in before.items()
    }
    assert states[maria]["poll.turnout", poll] == {"total": 1}
    assert ("poll", poll) not in states[maria]
    assert states[olga]["poll", poll] == {"total": 1, "by": [0, 1]}
    for told in states.values():
        assert told["qa", question] == {"votes": 1}


@pytest.mark.parametrize("after", ["99", "-1", "x", "9" * 40])
def test_a_position_that_cannot_be_gets_a_snapshot(client_of, meeting, after):
    client = client_of(meeting.learners[0])
    seen = positions(events(client, meeting)) | {"after": [after, after]}
    assert [frame["t"] for frame in events(client, meeting, **seen)] == ["welcome", "snap", "st"]


def test_asking_counts_as_being_there(client_of, meeting):
    events(client_of(meeting.learners[0]), meeting)
    assert AttendanceSegment.objects.get().user == meeting.learners[0]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"d": {"text": ""}}, 422, "invalid"),
        ({"op": "no.such"}, 400, "unknown_op"),
        ({"t": "send"}, 422, "invalid"),
        ({"t": "pong", "ts": 1}, 422, "invalid"),
        ({"op": "poll.open", "d": {"poll": "x"}}, 403, "forbidden"),
        ({"d": {"text": "а" * 20_000}}, 413, "too_big"),
    ],
)
def test_bad_commands_have_their_status(client_of, meeting, changes, status, code):
    answer = say(client_of(meeting.learners[0]), meeting, "Да", **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_repeated_command_is_answered_alike_and_a_reused_id_refused(client_of, meeting):
    client, again = client_of(meeting.learners[0]), new_id()
    first, second = (say(client, meeting, "Раз", id=again) for _number in range(2))
    assert first.json() == second.json()
    assert say(client, meeting, "Два", id=again).status_code == 409
    assert RoomEvent.objects.filter(type="chat.sent").count() == 1


def test_who_may_not_come_in_gets_the_status_for_it(client, client_of, meeting):
    address = reverse("webinars:room_events", args=[meeting.room.uuid])
    unknown = reverse("webinars:room_events", args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(address).status_code == 401
    assert client_of(UserFactory()).get(address).status_code == 403
    assert client_of(meeting.learners[0]).get(unknown).status_code == 404
    close_session(meeting.session, actor=meeting.trainer)
    answer = client_of(meeting.learners[0]).get(address)
    assert (answer.status_code, answer.json()["code"]) == (410, 4410)


def test_a_command_needs_the_token_of_the_page(meeting):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(meeting.learners[0], backend="django.contrib.auth.backends.ModelBackend")
    assert say(client, meeting, "Да").status_code == 403


# --- Roles ------------------------------------------------------------------------------------
def test_the_room_knows_who_is_what(meeting):
    from webinars.live.rooms import role_in

    administrator = UserFactory(is_superuser=True, is_staff=True)
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    found = {
        name: role_in(meeting.room, user)
        for name, user in {
            "learner": meeting.learners[0],
            "trainer": meeting.trainer,
            "administrator": administrator,
            "methodologist": methodologist,
            "stranger": UserFactory(),
            "gone": UserFactory(is_active=False),
        }.items()
    }
    assert found == {
        "learner": "participant", "trainer": "host", "administrator": "host",
        "methodologist": "host", "stranger": None, "gone": None,
    }  # fmt: skip
    assert Cohort.objects.run_by(meeting.trainer).count() == 1


def test_a_trainer_plans_by_the_clock_of_their_own_zone(client_of, meeting):
    meeting.trainer.timezone = "Asia/Tomsk"
    meeting.trainer.save()
    cohort = CohortFactory(course=meeting.session.cohort.course, trainers=[meeting.trainer])
    client, address = client_of(meeting.trainer), reverse("webinar_sessions:add")
    assert "По вашим часам: МСК+4." in client.get(address).text
    hours = {"starts_at": "15.01.2030 14:00", "ends_at": "15.01.2030 15:00"}
    client.post(address, form_of(meeting, cohort=cohort.pk, **hours))
    session = WebinarSession.objects.get(cohort=cohort)
    assert session.starts_at == datetime(2030, 1, 15, 7, tzinfo=UTC)
    assert "14:00" in client.get(reverse("webinar_sessions:edit", args=[session.pk])).text


def test_the_zone_that_someone_chose_for_the_cms_counts_there(client_of, meeting):
    profile = UserProfile.get_for_user(meeting.trainer)
    profile.current_time_zone = "Europe/Samara"
    profile.save()
    text = client_of(meeting.trainer).get(reverse("webinar_sessions:add")).text
    assert "По вашим часам: МСК+1." in text
