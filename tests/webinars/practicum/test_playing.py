"""Playing through the pages, as people do: phases, cards, pauses, losses, coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import UserFactory
from tests.webinars.practicum.factories import DEBRIEF, make_group
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
    assert abs(pair.session.phase_ends_at - timezone.now() - left) < timedelta(seconds=5)


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


def test_an_old_page_does_not_agree_to_a_step_that_it_did_not_show(pair):
    version = pair.session.version
    pair.everyone()
    assert pair.session.phase == "roleplay"
    pair.act(0, "agree", version=version, phase="briefing/0")
    assert pair.now().done == []


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
    group.lead("lead/fact")
    assert "За окном стемнело." in group.page(0)
    sessions.meet_deadlines(group.now(), now=timezone.now() + timedelta(minutes=6))
    assert told.all().count() == 3, "nothing is told twice"


def test_a_trainer_comes_in_and_everybody_is_told(pair):
    pair.everyone()
    for _again in range(2):
        assert pair.trainer_browser.get(f"/practicum/{pair.session.uuid}/").status_code == 200
    assert RoomEvent.objects.filter(type="practicum.visited").count() == 1
    assert "Ольга" in pair.page(0)


def test_a_trainer_pauses_gives_time_and_goes_on(pair):
    pair.everyone()
    ends_at = pair.session.phase_ends_at
    pair.lead("lead/extend")
    assert pair.now().phase_ends_at == ends_at + timedelta(minutes=2)
    pair.lead("lead/pause")
    assert pair.now().phase == "paused"
    pair.lead("lead/next")
    assert pair.now().phase == "roleplay"
    pair.lead("lead/next", version=pair.session.version - 1)
    assert pair.now().phase == "roleplay", "an old page moves nobody on"
    assert pair.act(0, "lead/next").status_code == 404


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
