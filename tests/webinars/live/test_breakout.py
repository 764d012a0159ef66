"""Work in groups: dividing, opening, places, help, the end, and what the groups bring back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import active_enrollment
from tests.webinars.factories import Meeting, make_meeting
from tests.webinars.live.acting import done, id_of, last, log_of, refused, seen_by, types
from webinars.breakouts import divided, results
from webinars.live.permissions import Role
from webinars.live.rooms import role_in, rules_of
from webinars.models import Breakout, BreakoutGroup, BreakoutSeat, Room
from webinars.sessions import close_session
from webinars.summary import summary_of


@given(
    st.lists(st.integers(1, 10_000), unique=True, max_size=60),
    st.integers(1, 30),
    st.integers(0, 1000) | st.none(),
)
def test_groups_differ_by_at_most_one_and_nobody_is_lost(people, count, seed):
    groups = divided(people, count, seed=seed)
    assert len(groups) == count
    sizes = [len(group) for group in groups]
    assert max(sizes) - min(sizes) <= 1
    assert sorted(one for group in groups for one in group) == sorted(people)


pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    """Five learners, all in the room."""
    meeting = make_meeting(learners=5)
    come_in(meeting, meeting.learners)
    return meeting


def come_in(meeting: Meeting, people) -> None:
    """What a hub writes when people are there."""
    rules_of(meeting.room).record_presence(
        meeting.room, user_ids=[p.pk for p in people], hub="test", at=timezone.now()
    )


def divide(meeting, *, count: int = 2, minutes: int = 0, task: str = "") -> Breakout:
    """Divide those who are there; with ``minutes`` the groups begin."""
    done(meeting, meeting.trainer, "breakout.create", count=count, task=task)
    if minutes:
        done(meeting, meeting.trainer, "breakout.open", minutes=minutes)
    return Breakout.objects.get(room=meeting.room, closed_at=None)


def group(breakout: Breakout, number: int = 1) -> BreakoutGroup:
    return breakout.groups.select_related("room").get(number=number)


def members(group: BreakoutGroup) -> list:
    return [seat.user for seat in group.seats.select_related("user").order_by("user_id")]


# --- Dividing and opening ---------------------------------------------------------------------
def test_those_who_are_there_are_divided(meeting):
    away = active_enrollment(cohort=meeting.session.cohort).learner
    breakout = divide(meeting, task=" Разберите случай ")
    assert [group.seats.count() for group in breakout.groups.all()] == [3, 2]
    assert not BreakoutSeat.objects.filter(user__in=[away, meeting.trainer]).exists()
    assert breakout.task == "Разберите случай"
    assert types(meeting) == []
    assert last(meeting, "staff").type == "breakout.changed"
    board = done(meeting, meeting.trainer, "breakout.board").d["board"]
    assert [len(row["people"]) for row in board] == [3, 2]
    assert seen_by(meeting, meeting.learners[0])["breakout"] == {"breakout": None}
    assert seen_by(meeting, meeting.trainer)["breakout"]["breakout"]["groups"] == 2


def test_a_division_that_was_not_opened_gives_way_to_a_new_one(meeting):
    first = divide(meeting)
    second = divide(meeting, count=3)
    first.refresh_from_db()
    assert first.closed_at is not None
    assert second.groups.count() == 3


def test_groups_begin_for_everybody_with_their_end(meeting):
    breakout = divide(meeting, minutes=10)
    assert last(meeting).type == "breakout.opened"
    assert last(meeting).data["is_open"] is True
    assert last(meeting).data["ends_at"] == round(breakout.ends_at.timestamp() * 1000)
    assert "people" not in str(last(meeting).data)
    for number in (1, 2):
        room = group(breakout, number).room
        assert room.is_open
        assert last(room).data["ends_at"] == last(meeting).data["ends_at"]
    assert refused(meeting, meeting.trainer, "breakout.open", minutes=5).code == "state"
    assert refused(meeting, meeting.trainer, "breakout.create", count=2).code == "state"


def test_whoever_is_silenced_in_the_main_room_is_so_in_a_group(meeting):
    breakout = divide(meeting, minutes=10)
    room = group(breakout).room
    maria, ivan = members(group(breakout))[:2]
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    for op in ("chat.send", "note.add"):
        assert refused(room, maria, op, text="Слово").d == {"muted": True}
        done(room, ivan, op, text="Слово")
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=False)
    done(room, maria, "chat.send", text="Слово")


@pytest.mark.parametrize(
    ("op", "data"),
    [
        ("breakout.open", {"minutes": 5}), ("breakout.extend", {"minutes": 5}),
        ("breakout.broadcast", {"text": "Эй"}), ("breakout.close", {}), ("breakout.place", {}),
        ("breakout.move", {"user": "u_1", "group": 1}),
    ],
)  # fmt: skip
def test_without_groups_there_is_nothing_to_lead(meeting, op, data):
    assert refused(meeting, meeting.trainer, op, **data).code == "state"


# --- Places -----------------------------------------------------------------------------------
def test_each_learns_their_own_place_and_who_sits_there(meeting):
    breakout = divide(meeting, minutes=10)
    own = group(breakout)
    maria, *others = members(own)
    place = done(meeting, maria, "breakout.place").d
    assert place["group"] == 1
    assert sorted(place["with"]) == sorted(other.get_short_name() for other in others)
    assert str(own.room.uuid) in place["urls"]["socket"]


def test_only_those_who_sit_there_and_the_staff_come_in(meeting):
    breakout = divide(meeting, minutes=10)
    first, second = group(breakout, 1), group(breakout, 2)
    for person in members(first):
        assert role_in(first.room, person) is Role.PARTICIPANT
        assert role_in(second.room, person) is None
    assert role_in(first.room, meeting.trainer) is Role.HOST
    refusal = refused(second.room, members(first)[0], "chat.send", text="Я к вам")
    assert refusal.code == "forbidden"


def test_nobody_is_more_in_a_group_than_in_the_main_room(meeting):
    breakout = divide(meeting, minutes=10)
    own = group(breakout)
    maria, ivan, *_others = members(own)
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="observer")
    done(meeting, meeting.trainer, "people.remove", user=id_of(ivan))
    assert role_in(own.room, maria) is Role.OBSERVER
    assert role_in(own.room, ivan) is None


def test_a_latecomer_gets_a_place_in_the_smallest_group(meeting):
    breakout = divide(meeting, minutes=10)
    late = active_enrollment(cohort=meeting.session.cohort).learner
    assert done(meeting, late, "breakout.place").d["group"] == 2
    assert last(meeting, "staff").type == "breakout.changed"
    assert done(meeting, late, "breakout.place").d["group"] == 2
    assert [g.seats.count() for g in breakout.groups.all()] == [3, 3]


def test_before_the_groups_begin_there_is_no_place_and_for_hosts_never(meeting):
    divide(meeting)
    assert refused(meeting, meeting.learners[0], "breakout.place").code == "state"
    done(meeting, meeting.trainer, "breakout.open", minutes=5)
    assert refused(meeting, meeting.trainer, "breakout.place").code == "state"


def test_the_trainer_moves_somebody_into_another_group(meeting):
    breakout = divide(meeting, minutes=10)
    maria = members(group(breakout, 1))[0]
    done(meeting, meeting.trainer, "breakout.move", user=id_of(maria), group=2)
    assert last(meeting, "me", owner=maria).data == {"group": 2}
    assert role_in(group(breakout, 1).room, maria) is None
    assert role_in(group(breakout, 2).room, maria) is Role.PARTICIPANT
    assert BreakoutSeat.objects.filter(breakout=breakout, user=maria).count() == 1
    for user, number in [(id_of(maria), 3), ("u_999999", 1)]:
        answer = refused(meeting, meeting.trainer, "breakout.move", user=user, group=number)
        assert answer.code == "forbidden"


# --- At work ----------------------------------------------------------------------------------
def test_a_call_for_help_reaches_the_staff_of_the_main_room_only(meeting):
    breakout = divide(meeting, minutes=10)
    own = group(breakout, 2)
    maria = members(own)[0]
    before = {kind: types(meeting, kind) for kind in ("room", "obs")}
    answer = done(own.room, maria, "group.help", wanted=True)
    assert set(answer.p) == {"room"}
    assert last(meeting, "staff").type == "breakout.help"
    assert last(meeting, "staff").data == {"group": 2, "wanted": True}
    assert {kind: types(meeting, kind) for kind in ("room", "obs")} == before
    assert types(group(breakout, 1).room)[-1] == "timer.started"
    board = done(meeting, meeting.trainer, "breakout.board").d["board"]
    assert [row["help"] for row in board] == [False, True]
    done(own.room, meeting.trainer, "group.help", wanted=False)
    assert seen_by(own.room, maria)["group"]["help"] is False


def test_a_word_to_all_groups_stands_above_everything_in_each(meeting):
    breakout = divide(meeting, minutes=10)
    done(meeting, meeting.trainer, "breakout.broadcast", text="Пять минут до конца")
    for number in (1, 2):
        room = group(breakout, number).room
        assert last(room).data == {"text": "Пять минут до конца"}
        shown = seen_by(room, members(group(breakout, number))[0])
        assert shown["floor"]["announcement"] == "Пять минут до конца"
    assert "announced" not in types(meeting)


def test_more_time_moves_the_end_of_all_groups(meeting):
    breakout = divide(meeting, minutes=10)
    before = breakout.ends_at
    done(meeting, meeting.trainer, "breakout.extend", minutes=5)
    breakout.refresh_from_db()
    assert breakout.ends_at == before + timedelta(minutes=5)
    ends_at = round(breakout.ends_at.timestamp() * 1000)
    assert last(meeting).type == "breakout.extended"
    assert last(meeting).data["ends_at"] == ends_at
    assert last(group(breakout).room).data["ends_at"] == ends_at
    answer = refused(meeting, meeting.trainer, "breakout.extend", minutes=121)
    assert answer.field == "/d/minutes"


# --- The end ----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["main", "group"])
def test_when_the_time_is_over_whoever_looks_first_ends_the_groups(meeting, who):
    breakout = divide(meeting, minutes=10)
    room = meeting.room if who == "main" else group(breakout).room
    early = breakout.ends_at - timedelta(seconds=1)
    rules_of(room).meet_deadlines(room, now=early)
    assert Breakout.objects.get(pk=breakout.pk).closed_at is None
    for _again in range(2):
        rules_of(room).meet_deadlines(room, now=breakout.ends_at)
    assert Breakout.objects.get(pk=breakout.pk).closed_at == breakout.ends_at
    assert types(meeting).count("breakout.closed") == 1
    assert not Room.objects.filter(kind=Room.Kind.BREAKOUT, closed_at=None).exists()
    assert refused(meeting, meeting.learners[0], "breakout.place").code == "state"


def test_more_time_that_was_given_in_time_holds(meeting):
    breakout = divide(meeting, minutes=10)
    done(meeting, meeting.trainer, "breakout.extend", minutes=5)
    rules_of(meeting.room).meet_deadlines(meeting.room, now=breakout.ends_at)
    assert Breakout.objects.get(pk=breakout.pk).closed_at is None


def test_with_the_webinar_its_groups_end(meeting):
    breakout = divide(meeting, minutes=10)
    close_session(meeting.session, actor=meeting.trainer)
    assert group(breakout).room.closed_at is not None
    answer = refused(group(breakout).room, members(group(breakout))[0], "chat.send", text="Ау")
    assert answer.code == "state"


def worked_out(meeting) -> None:
    """Two groups, of which the second writes something down, come to their end."""
    breakout = divide(meeting, minutes=10)
    second = group(breakout, 2)
    done(second.room, members(second)[0], "note.add", text="Сначала слушать")
    done(meeting, meeting.trainer, "breakout.close")


def test_what_the_groups_wrote_comes_back_to_everybody(meeting):
    worked_out(meeting)
    told = done(meeting, meeting.learners[0], "breakout.results").d["results"]
    assert told == [{"group": 1, "notes": []}, {"group": 2, "notes": ["Сначала слушать"]}]
    assert [e.type for e in log_of(meeting)][-1] == "breakout.closed"


def test_a_division_that_never_began_hides_no_results(meeting):
    worked_out(meeting)
    divide(meeting)
    close_session(meeting.session, actor=meeting.trainer)
    assert results(meeting.room)[1]["notes"] == ["Сначала слушать"]
    summary = summary_of(meeting.session)
    assert summary.groups == [{"group": 2, "notes": ["Сначала слушать"]}]
    assert not summary.is_empty
