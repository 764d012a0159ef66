"""Playing through the pages, as people do: phases, cards, pauses, losses, coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import UserFactory
from tests.webinars.practicum.factories import DEBRIEF, make_group
from webinars.live import log
from webinars.live.protocol import Err
from webinars.models import PracticumRound, PracticumSeat, PracticumSession, RoomEvent, Scenario
from webinars.practicum import sessions
from webinars.practicum.rounds import Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(client_of):
    return make_group(2, client_of=client_of)


@pytest.fixture
def three(client_of):
    return make_group(3, client_of=client_of)


def vanish(group, number: int) -> None:
    """Not seen for longer than a page reload takes."""
    seen = timezone.now() - sessions.VANISHED_AFTER - timedelta(seconds=1)
    PracticumSeat.objects.filter(pk=group.seat(number).pk).update(last_seen_at=seen)


@pytest.mark.parametrize("people", [2, 3, 4])
def test_everyone_plays_the_specialist_and_the_client_once(client_of, people):
    group = make_group(people, client_of=client_of)
    assert group.play_to_end().phase == "closed"
    played = PracticumRound.objects.filter(session=group.session)
    assert [one.specialist.number for one in played] == list(range(people))
    assert sorted(one.client.number for one in played) == list(range(people))
    assert all(one.readers == list(range(people)) for one in played)
    assert all(e.completions.count() == 1 for e in group.enrollments)


def test_nobody_gets_the_card_of_another(three):
    for number, own in enumerate(["специалиста", "клиента", "наблюдателя"]):
        page = three.page(number)
        assert f"тайна {own}" in page
        assert page.count("тайна ") == 1


def test_the_specialist_reads_phrases_to_try_and_the_observer_what_to_look_at(client_of):
    phrases = {"phrases": [("phrase", "Слышу, как это обидно.")]}
    group = make_group(3, client_of=client_of, scenario=phrases)
    for _phase in ("briefing", "roleplay"):
        pages = [group.page(number) for number in range(3)]
        assert ["Слышу, как это обидно." in page for page in pages] == [True, False, False]
        assert ["На что смотреть" in page for page in pages] == [False, False, True]
        group.everyone()


def test_the_time_of_a_phase_is_the_servers(pair):
    pair.everyone()
    later = timezone.now() + timedelta(minutes=9)
    sessions.meet_deadlines(pair.now(), now=later)
    assert pair.now().phase == "feedback"
    assert PracticumRound.objects.get().end == "time"


def test_of_two_who_see_the_time_run_out_one_moves_on(pair):
    pair.everyone()
    seen_by_both = PracticumSession.objects.get()
    later = timezone.now() + timedelta(minutes=9)
    for _process in range(2):
        sessions.meet_deadlines(seen_by_both, now=later)
    assert RoomEvent.objects.filter(type="practicum.phase", data__phase="feedback").count() == 1


def test_a_pause_stops_the_clock_and_names_nobody(pair):
    pair.everyone()
    left = pair.session.phase_ends_at - timezone.now()
    pair.act(1, "stop")
    assert pair.now().phase == "paused"
    assert pair.session.phase_ends_at is None
    assert RoomEvent.objects.filter(type="practicum.phase").latest("seq").actor is None
    sessions.meet_deadlines(pair.session, now=timezone.now() + timedelta(hours=1))
    assert pair.now().phase == "paused"
    pair.everyone()
    assert pair.session.phase == "roleplay"
    assert abs(pair.session.phase_ends_at - timezone.now() - left) < timedelta(seconds=30)


@pytest.mark.parametrize("phase", ["briefing", "roleplay", "paused"])
def test_this_is_hard_for_me_ends_the_round_at_once(pair, phase):
    if phase != "briefing":
        pair.everyone()
    if phase == "paused":
        pair.act(0, "stop")
    pair.act(1, "hard")
    assert (pair.now().phase, pair.session.is_eased) == ("feedback", True)
    assert RoomEvent.objects.filter(type="practicum.phase").latest("seq").actor is None
    assert PracticumRound.objects.get().end == "eased"
    assert "Никто не обязан объяснять" in pair.page(0)
    assert pair.everyone().phase == "swap", "nobody has to rate such a round"


def test_a_stop_in_a_phase_without_a_round_changes_nothing(pair):
    pair.play_to_debrief()
    for action in ("stop", "hard"):
        assert pair.act(0, action).status_code == 302
        assert pair.now().phase == "debrief"


def test_whoever_comes_back_is_at_the_same_step(pair):
    pair.everyone()
    pair.talk("Мне отказали!", "Слышу вас.")
    for _again in range(2):
        assert "разговор" in pair.page(0)
    assert pair.now().phase == "roleplay"


def test_nobody_is_left_out_who_is_there(pair):
    pair.everyone()
    pair.act(0, "go-on")
    assert pair.now().phase == "roleplay"
    assert pair.session.away == []


def test_a_lost_partner_costs_no_round(pair):
    pair.everyone()
    pair.talk("Мне отказали!", "Слышу вас.")
    vanish(pair, 1)
    page = pair.page(0)
    assert "Кого-то нет" in page
    assert "Продолжить без тех, кого нет" in page
    pair.act(0, "go-on")
    assert pair.now().phase == "feedback"
    pair.sheet(0)
    assert pair.everyone().phase == "debrief"
    pair.page(1)  # the lost one comes back before anybody has written the debrief
    assert (pair.now().phase, pair.session.away) == ("briefing", [])
    assert pair.session.course().part_of(1) is Part.SPECIALIST


def test_an_observer_takes_the_place_of_a_lost_client(three):
    three.everyone()
    vanish(three, 1)
    three.act(0, "go-on")
    assert three.now().phase == "briefing"
    assert "тайна клиента" in three.page(2)
    assert PracticumRound.objects.get().client.number == 2


def test_whoever_leaves_keeps_what_was_played_and_finds_another_group(pair):
    pair.play_round()
    pair.act(1, "leave")
    assert pair.now().phase == "debrief"
    pair.browsers[1].post(f"/practicum/{pair.practicum.pk}/join/")
    assert "Мы ждём вашу группу" in pair.browsers[1].get(pair.practicum.url).text
    pair.act(0, "debrief", **DEBRIEF)
    assert pair.now().phase == "closed"


def test_whoever_leaves_on_an_old_page_after_the_others_went_on_is_free_again(pair):
    pair.everyone()
    vanish(pair, 1)
    pair.act(0, "go-on")
    pair.act(1, "leave")  # from a page that was open all the time
    assert not pair.seat(1).is_open
    pair.browsers[1].post(f"/practicum/{pair.practicum.pk}/join/")
    assert "Мы ждём вашу группу" in pair.browsers[1].get(pair.practicum.url).text


def test_an_old_page_does_not_agree_to_a_step_that_it_did_not_show(pair):
    pair.everyone()
    assert pair.session.phase == "roleplay"
    version = pair.session.version
    pair.act(0, "agree", phase="briefing/0")
    assert (pair.now().done, pair.session.version) == ([], version)


def test_a_scenario_that_changes_does_not_reach_those_who_play(pair):
    scenario = Scenario.objects.get()
    scenario.situation = "Совсем другая история."
    scenario.save()
    assert scenario.version == 2
    page = pair.page(0)
    assert "Пришла женщина" in page
    assert pair.now().scenario["version"] == 1
    review = pair.trainer_browser.get(f"/practicum/{pair.session.uuid}/review/").text
    assert "её уже изменили" in review


def test_facts_come_to_light_for_whom_they_concern_and_when(client_of):
    facts = [
        ("fact", {"role": "client", "minute": 3, "text": "Позвонили из школы."}),
        ("fact", {"role": "everyone", "minute": 5, "text": "За окном стемнело."}),
    ]
    group = make_group(2, client_of=client_of, scenario={"facts": facts})
    group.everyone()
    assert "Позвонили" not in group.page(1)
    sessions.meet_deadlines(group.now(), now=timezone.now() + timedelta(minutes=3, seconds=5))
    assert "Позвонили из школы." in group.page(1)
    assert "Позвонили" not in group.page(0)
    told = RoomEvent.objects.filter(type="practicum.fact")
    assert [event.stream.owner for event in told] == [group.user(1)]
    for _again in range(2):
        group.lead("lead/fact", shown=1)
    assert "За окном стемнело." in group.page(0)
    sessions.meet_deadlines(group.now(), now=timezone.now() + timedelta(minutes=6))
    assert told.all().count() == 3, "nothing is told twice"


def test_a_trainer_comes_in_and_everybody_is_told(pair):
    pair.everyone()
    for _again in range(2):
        assert pair.trainer_browser.get(f"/practicum/{pair.session.uuid}/").status_code == 200
    assert RoomEvent.objects.filter(type="practicum.visited").count() == 1
    assert "Ольга" in pair.page(0)


def test_a_trainer_who_comes_by_the_live_door_is_announced_too(pair):
    pair.everyone()
    address = f"/rooms/{pair.session.room.uuid}/events"
    for _again in range(2):
        assert pair.trainer_browser.get(address).status_code == 200
    (event,) = RoomEvent.objects.filter(type="practicum.visited")
    assert event.data["n"] == pair.trainer.get_short_name()
    assert pair.browsers[0].get(address).status_code == 200
    assert RoomEvent.objects.filter(type="practicum.visited").count() == 1


def test_whoever_is_taken_out_of_the_cohort_is_out_of_the_group(pair):
    pair.everyone()
    move(enrollment=pair.enrollments[1], to=EnrollmentState.WITHDRAWN, source="test", reason="x")
    address = f"/practicum/{pair.session.uuid}/"
    assert isinstance(pair.say(1, "Ещё слово"), Err)
    assert pair.browsers[1].get(address).status_code == 404
    assert pair.act(1, "agree").status_code == 404
    assert pair.browsers[1].get(f"/rooms/{pair.session.room.uuid}/events").status_code == 403
    pair.act(0, "leave")
    sessions.leave(pair.seat(1))
    assert pair.browsers[1].get(address).status_code == 200, "what was played is still theirs"


def test_a_trainer_pauses_gives_time_and_goes_on(pair):
    pair.everyone()
    ends_at = pair.session.phase_ends_at
    for _again in range(2):
        pair.lead("lead/extend", ends_at=ends_at.isoformat())
    assert pair.now().phase_ends_at == ends_at + timedelta(minutes=2), "once for the end they saw"
    told = RoomEvent.objects.filter(type="practicum.ready").latest("seq")
    assert told.data["ends_at"] == log.milliseconds(pair.session.phase_ends_at)
    pair.lead("lead/pause")
    assert pair.now().phase == "paused"
    pair.lead("lead/next")
    assert pair.now().phase == "roleplay"
    pair.lead("lead/next", phase="briefing/0")
    assert pair.now().phase == "roleplay", "an old page moves nobody on"
    assert pair.act(0, "lead/next").status_code == 404


def test_more_time_is_never_less(client_of):
    group = make_group(2, client_of=client_of, scenario={"roleplay_minutes": 60})
    group.everyone()
    before = group.now()
    ends_at, version = before.phase_ends_at, before.version
    group.lead("lead/extend")
    assert (group.now().phase_ends_at, group.session.version) == (ends_at, version)


def test_who_has_no_business_there_finds_nothing(pair, client_of):
    other = UserFactory()
    grant_role(user=other, role=Role.TRAINER)
    for person in (UserFactory(), other):
        browser = client_of(person)
        assert browser.get(f"/practicum/{pair.session.uuid}/").status_code == 404
        assert browser.post(f"/practicum/{pair.session.uuid}/agree/").status_code == 404
    assert pair.trainer_browser.post(f"/practicum/{pair.session.uuid}/agree/").status_code == 403


def test_forgotten_practicums_are_closed(pair):
    assert sessions.close_forgotten() == 0
    long_ago = timezone.now() - timedelta(days=8)
    PracticumSession.objects.update(created_at=long_ago)
    PracticumSeat.objects.update(last_seen_at=long_ago)
    assert sessions.close_forgotten() == 1
    assert pair.now().phase == "closed"
    assert not PracticumSeat.objects.filter(is_open=True).exists()


def test_the_page_asks_the_database_as_often_for_four_as_for_two(
    client_of, django_assert_max_num_queries
):
    counts = []
    for people in (2, 4):
        group = make_group(people, client_of=client_of)
        group.everyone()
        group.page(0)
        with django_assert_max_num_queries(60) as seen:
            group.page(0)
        counts.append(len(seen))
    assert counts[0] == counts[1]
