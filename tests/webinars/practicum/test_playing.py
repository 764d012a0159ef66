import threading

import pytest
from django.db import connection
from django.test import TransactionTestCase

from courses.models import Enrollment
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_module,
)
from webinars.live.commands import run_command
from webinars.live.protocol import Cmd, Err, ErrorCode, Ok
from webinars.models import (
    Practicum,
    PracticumFeedback,
    PracticumSession,
    RoomEvent,
    Rubric,
    RubricCriterion,
    Scenario,
)
from webinars.practicum.sessions import find_partner

CARD = {"wants": "w", "feels": "f", "must_not_reveal_early": "", "goal": "g"}


def make_practicum(people: int = 2) -> Practicum:
    scenario = Scenario.objects.create(
        slug="s",
        title="Отказ",
        situation="Пришла женщина.",
        roles=[
            ("role", {"role": "specialist", "knows": "тайна специалиста", **CARD}),
            ("role", {"role": "client", "knows": "тайна клиента", **CARD}),
            ("role", {"role": "observer", "knows": "тайна наблюдателя", **CARD}),
        ],
    )
    rubric = Rubric.objects.create(title="Лист")
    for code in ("hears", "calms"):
        RubricCriterion.objects.create(
            rubric=rubric, code=code, title=code, **{f"anchor_{n}": f"{code}{n}" for n in range(4)}
        )
    return add_page(
        make_module(make_course()),
        Practicum(title="Практикум", scenario=scenario, rubric=rubric, people=people),
    )


@pytest.fixture
def pair(client_of):
    """Two browsers of two learners of one cohort, sitting in one session."""
    practicum = make_practicum()
    cohort = CohortFactory(course=practicum.course())
    enrollments = [
        active_enrollment(cohort=cohort, learner=UserFactory(given_name=name))
        for name in ("Анна", "Борис")
    ]
    browsers = [client_of(e.learner) for e in enrollments]
    for browser in browsers:
        browser.post(f"/practicum/{practicum.pk}/join/")
    return PracticumSession.objects.get(), browsers, enrollments


def act(session, browser, action):
    return browser.post(f"/practicum/{session.uuid}/{action}/")


def everyone(session, browsers, action="agree"):
    for browser in browsers:
        act(session, browser, action)
    session.refresh_from_db()


def say(session, user, text, cmd_id="01K00000000000000000000001"):
    frame = Cmd(id=cmd_id, op="practicum.say", d={"text": text})
    return run_command(room=session.room, user=user, frame=frame)


SHEET = {"hears": "2", "calms": "3", "worked": "Вы назвали обиду."}
DEBRIEF = {"felt": "Трудно", "learned": "Пауза", "will_try": "Похоже, вы…"}


@pytest.mark.django_db
def test_two_people_play_both_roles_and_both_complete(pair):
    session, (anna, boris), enrollments = pair
    assert session.phase == "briefing"
    for rater in (boris, anna):
        everyone(session, (anna, boris))
        assert session.phase == "roleplay"
        everyone(session, (anna, boris))
        assert session.phase == "feedback"
        rater.post(f"/practicum/{session.uuid}/feedback/", SHEET)
        session.refresh_from_db()
    assert session.phase == "debrief"
    anna.post(f"/practicum/{session.uuid}/debrief/", DEBRIEF)
    assert enrollments[0].completions.get().score == 2.5
    assert not enrollments[1].completions.exists()
    boris.post(f"/practicum/{session.uuid}/debrief/", DEBRIEF)
    session.refresh_from_db()
    assert session.phase == "closed"
    assert enrollments[1].completions.count() == 1
    page = anna.get(f"/practicum/{session.uuid}/").text
    assert "Вы назвали обиду." in page
    assert "hears2" in page


@pytest.mark.django_db
def test_nobody_gets_the_card_of_another(pair):
    session, (anna, boris), _enrollments = pair
    for browser, own, foreign in (
        (anna, "специалиста", "клиента"),
        (boris, "клиента", "специалиста"),
    ):
        page = browser.get(f"/practicum/{session.uuid}/").text
        assert f"тайна {own}" in page
        assert f"тайна {foreign}" not in page


@pytest.mark.django_db
def test_lines_are_spoken_in_the_part_of_the_moment(pair):
    session, browsers, (anna, boris) = pair
    refused = say(session, anna.learner, "Рано")
    assert isinstance(refused, Err)
    assert refused.code == ErrorCode.STATE
    everyone(session, browsers)
    assert isinstance(say(session, anna.learner, "Здравствуйте"), Ok)
    assert isinstance(say(session, boris.learner, "Третий раз прихожу!"), Ok)
    lines = RoomEvent.objects.filter(type="practicum.said").order_by("seq")
    assert [(line.data["part"], line.data["text"]) for line in lines] == [
        ("specialist", "Здравствуйте"),
        ("client", "Третий раз прихожу!"),
    ]


@pytest.mark.django_db
def test_anyone_stops_at_once_and_nobody_is_named(pair):
    session, browsers, _enrollments = pair
    everyone(session, browsers)
    act(session, browsers[1], "stop")
    session.refresh_from_db()
    assert session.phase == "paused"
    told = RoomEvent.objects.filter(type="practicum.phase").latest("seq")
    assert told.actor is None
    everyone(session, browsers)
    assert session.phase == "roleplay"


@pytest.mark.django_db
def test_a_sheet_with_gaps_comes_back_with_what_was_written(pair):
    session, browsers, _enrollments = pair
    everyone(session, browsers)
    everyone(session, browsers)
    page = browsers[1].post(
        f"/practicum/{session.uuid}/feedback/", {"hears": "2", "calms": "9", "worked": "Тепло"}
    )
    assert page.status_code == 422
    assert "Тепло" in page.text
    assert not PracticumFeedback.objects.exists()


@pytest.mark.django_db
def test_the_specialist_does_not_rate_themselves(pair):
    session, (anna, boris), _enrollments = pair
    everyone(session, (anna, boris))
    everyone(session, (anna, boris))
    anna.post(f"/practicum/{session.uuid}/feedback/", SHEET)
    assert not PracticumFeedback.objects.exists()


@pytest.mark.django_db
def test_a_third_person_waits_for_another_partner(pair, client_of):
    session, _browsers, enrollments = pair
    third = active_enrollment(cohort=enrollments[0].cohort)
    browser = client_of(third.learner)
    answer = browser.post(f"/practicum/{session.practicum_id}/join/")
    assert answer.headers["Location"] == session.practicum.url
    assert "Мы ждём вашего напарника" in browser.get(session.practicum.url).text
    assert browser.get(f"/practicum/{session.uuid}/").status_code == 404
    assert session.seats.count() == 2


@pytest.mark.django_db
def test_pressing_again_does_not_make_a_second_seat(pair):
    session, (anna, _boris), _enrollments = pair
    anna.post(f"/practicum/{session.practicum_id}/join/")
    assert PracticumSession.objects.count() == 1
    assert session.seats.count() == 2


@pytest.mark.django_db
def test_a_scenario_that_changes_does_not_reach_those_who_play(pair):
    session, (anna, _boris), _enrollments = pair
    Scenario.objects.update(situation="Совсем другая история.")
    assert "Пришла женщина." in anna.get(f"/practicum/{session.uuid}/").text


@pytest.mark.django_db
def test_who_is_left_alone_finds_another_partner(pair):
    session, (anna, boris), _enrollments = pair
    act(session, boris, "leave")
    session.refresh_from_db()
    assert session.phase == "closed"
    anna.post(f"/practicum/{session.practicum_id}/join/")
    assert PracticumSession.objects.filter(phase="lobby").count() == 1


@pytest.mark.django_db
def test_a_trainer_of_the_cohort_may_look_in_and_a_stranger_may_not(pair, client_of):
    session, _browsers, enrollments = pair
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    enrollments[0].cohort.trainers.add(trainer)
    assert client_of(trainer).get(f"/practicum/{session.uuid}/").status_code == 200
    assert client_of(UserFactory()).get(f"/practicum/{session.uuid}/").status_code == 404


class RacingPartners(TransactionTestCase):
    def test_two_who_press_at_once_meet(self):
        practicum = make_practicum()
        cohort = CohortFactory(course=practicum.course())
        ids = [active_enrollment(cohort=cohort).pk for _ in range(4)]
        errors = []

        def press(pk):
            try:
                find_partner(
                    enrollment=Enrollment.objects.select_related("learner").get(pk=pk),
                    practicum=Practicum.objects.get(pk=practicum.pk),
                )
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=press, args=[pk]) for pk in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        sizes = [session.seats.count() for session in PracticumSession.objects.all()]
        assert sizes == [2, 2]
