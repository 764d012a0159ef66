"""People of a room: roles, silence, the door; nobody decides about equals or above."""

from __future__ import annotations

import pytest

from lms.people.models import Role as PlatformRole
from lms.people.roles import grant_role
from tests.factories import UserFactory, active_enrollment
from tests.webinars.clients import Client, in_thread, session_key_of
from tests.webinars.factories import Meeting, make_meeting
from tests.webinars.live.acting import done, give, id_of, last, log_of, refused, seen_by, types
from tests.webinars.test_consumer import client_of, in_room, live_meeting
from webinars.live.permissions import Role, outranks
from webinars.live.rooms import role_in

pytestmark = pytest.mark.django_db
RANKS = ["observer", "participant", "moderator", "cohost", "host"]


@pytest.fixture
def meeting():
    return make_meeting()


def somebody(meeting: Meeting, role: str):
    """A new person who is ``role`` in the room."""
    if role == "host":
        methodologist = UserFactory(is_staff=True)
        grant_role(user=methodologist, role=PlatformRole.METHODOLOGIST)
        return methodologist
    person = active_enrollment(cohort=meeting.session.cohort).learner
    if role != "participant":
        done(meeting, meeting.trainer, "role.set", user=id_of(person), role=role)
    return person


# --- Roles ------------------------------------------------------------------------------------
def test_everybody_learns_of_a_new_role(meeting):
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="moderator")
    assert last(meeting).type == "role.changed"
    assert last(meeting).data == {
        "id": id_of(maria), "n": maria.get_short_name(), "role": "moderator",
    }  # fmt: skip
    assert role_in(meeting.room, maria) is Role.MODERATOR
    done(meeting, maria, "timer.stop")


def test_a_role_holds_in_its_room_only(meeting):
    maria = meeting.learners[0]
    other = make_meeting(learners=0)
    active_enrollment(cohort=other.session.cohort, learner=maria)
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="cohost")
    assert role_in(other.room, maria) is Role.PARTICIPANT


def test_the_same_role_again_is_no_event(meeting):
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="participant")
    assert types(meeting) == []


@pytest.mark.parametrize("asker", RANKS)
@pytest.mark.parametrize("other", RANKS)
def test_nobody_decides_about_equals_or_above(meeting, asker, other):
    """Every command about people, by every rank about every rank."""
    boss, person = somebody(meeting, asker), somebody(meeting, other)
    is_below = RANKS.index(other) < RANKS.index(asker)
    assert outranks(Role(asker), Role(other)) is is_below
    may_moderate = asker in ("moderator", "cohost", "host")
    may_set = asker in ("cohost", "host")
    asked = [
        ("people.mute", {"muted": True}, may_moderate),
        ("role.set", {"role": "observer"}, may_set),
        ("role.set", {"role": other if other != "host" else "cohost"}, may_set),
        ("people.remove", {}, may_moderate),
    ]
    for op, data, may in asked:
        if may and is_below:
            done(meeting, boss, op, user=id_of(person), **data)
        else:
            assert refused(meeting, boss, op, user=id_of(person), **data).code == "forbidden"


@pytest.mark.parametrize(("asker", "highest"), [("cohost", "moderator"), ("host", "cohost")])
def test_nobody_gives_a_role_as_high_as_their_own(meeting, asker, highest):
    boss = somebody(meeting, asker)
    maria = meeting.learners[0]
    for role in ("participant", "observer", "moderator", "cohost"):
        if RANKS.index(role) <= RANKS.index(highest):
            done(meeting, boss, "role.set", user=id_of(maria), role=role)
        else:
            answer = refused(meeting, boss, "role.set", user=id_of(maria), role=role)
            assert answer.code == "forbidden"
    assert refused(meeting, boss, "role.set", user=id_of(maria), role="host").code == "invalid"


def test_a_role_lets_nobody_in(meeting):
    outsider = UserFactory()
    answer = refused(meeting, meeting.trainer, "role.set", user=id_of(outsider), role="moderator")
    assert answer.code == "forbidden"
    assert role_in(meeting.room, outsider) is None


# --- Silence ----------------------------------------------------------------------------------
def test_silence_is_told_to_the_staff_and_to_the_person_only(meeting):
    maria, ivan = meeting.learners
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    assert types(meeting) == types(meeting, "me", owner=ivan) == []
    for kind, owner in [("staff", None), ("me", maria)]:
        assert last(meeting, kind, owner=owner).data == {
            "id": id_of(maria), "n": maria.get_short_name(), "muted": True,
        }  # fmt: skip
    assert seen_by(meeting, maria)["people.me"] == {"muted": True}
    assert seen_by(meeting, meeting.trainer)["people"] == {"muted": [id_of(maria)]}
    assert seen_by(meeting, ivan)["people"] == {}


@pytest.mark.parametrize(
    ("op", "data"),
    [("chat.send", {"text": "А"}), ("qa.ask", {"text": "А"}), ("note.add", {"text": "А"})],
)
def test_whoever_is_silenced_says_nothing_to_others_until_it_ends(meeting, op, data):
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    assert refused(meeting, maria, op, **data).d == {"muted": True}
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=False)
    done(meeting, maria, op, **data)


# --- The door ---------------------------------------------------------------------------------
def test_whoever_is_sent_out_has_no_place_any_more(meeting, client_of):
    maria, ivan = meeting.learners
    done(meeting, meeting.trainer, "people.remove", user=id_of(maria))
    assert types(meeting) == []
    assert last(meeting, "staff").type == "people.removed"
    assert role_in(meeting.room, maria) is None
    assert give(meeting, maria, "desk.write", text="За что?").code == "forbidden"
    events = client_of(maria).get(f"/rooms/{meeting.room.uuid}/events")
    assert events.status_code == 403
    assert role_in(meeting.room, ivan) is Role.PARTICIPANT


def test_whoever_was_sent_out_can_be_let_back_as_what_they_were(meeting):
    moderator = somebody(meeting, "moderator")
    done(meeting, meeting.trainer, "people.remove", user=id_of(moderator))
    done(meeting, meeting.trainer, "people.readmit", user=id_of(moderator))
    assert role_in(meeting.room, moderator) is Role.MODERATOR
    assert last(meeting, "staff").type == "people.readmitted"


def test_nobody_lets_equals_or_above_back(meeting):
    cohost, moderator = somebody(meeting, "cohost"), somebody(meeting, "moderator")
    done(meeting, meeting.trainer, "people.remove", user=id_of(cohost))
    assert refused(meeting, moderator, "people.readmit", user=id_of(cohost)).code == "forbidden"
    assert role_in(meeting.room, cohost) is None


def test_only_whoever_was_sent_out_is_let_back(meeting):
    for user in (id_of(meeting.learners[0]), "u_999999"):
        assert refused(meeting, meeting.trainer, "people.readmit", user=user).code == "forbidden"


# --- The roster -------------------------------------------------------------------------------
def test_the_staff_turn_the_pages_of_the_roster(meeting):
    maria, ivan = meeting.learners
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    done(meeting, meeting.trainer, "people.remove", user=id_of(ivan))
    found, after = {}, 0
    while True:
        page = done(meeting, meeting.trainer, "people.list", after=after, limit=2).d
        found |= {one["id"]: one for one in page["people"]}
        after = page["next"]
        if not after:
            break
    assert set(found) == {id_of(user) for user in (maria, ivan, meeting.trainer)}
    assert found[id_of(maria)]["muted"] is True
    assert (found[id_of(ivan)]["removed"], found[id_of(ivan)]["role"]) == (True, "")
    assert found[id_of(meeting.trainer)]["role"] == "host"
    assert not log_of(meeting, "me", owner=meeting.trainer)


# --- Over sockets -----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
async def test_the_sockets_of_whoever_is_sent_out_close_at_once_and_stay_closed():
    async with live_meeting() as (meeting, _board):
        maria, ivan = meeting.learners
        sockets = [await in_room(meeting, maria) for _number in range(2)]
        other, host = await in_room(meeting, ivan), await in_room(meeting, meeting.trainer)
        assert (await host.command("people.remove", user=id_of(maria)))["t"] == "ok"
        for socket in sockets:
            assert await socket.until_closed() == 4403
        again = await client_of(meeting, maria)
        await again.connect()
        assert await again.until_closed() == 4403
        assert (await other.command("chat.send", text="Я здесь"))["t"] == "ok"
        assert (await host.command("people.readmit", user=id_of(maria)))["t"] == "ok"
        back = await in_room(meeting, maria)
        for client in (other, host, back):
            await client.leave()


@pytest.mark.django_db(transaction=True)
async def test_a_new_role_attaches_the_sockets_anew_at_once():
    async with live_meeting() as (meeting, _board):
        maria, _ivan = meeting.learners
        socket, host = await in_room(meeting, maria), await in_room(meeting, meeting.trainer)
        await host.command("role.set", user=id_of(maria), role="moderator")
        assert await socket.until_closed() == 4003
        assert socket.frames[-1]["reconnect"] is True
        moderator = await client_of(meeting, maria)
        welcome = await moderator.open()
        assert welcome["role"] == "moderator"
        assert set(welcome["streams"]) == {"room", "me", "staff"}
        assert "chat.moderate" in welcome["perms"]
        await host.command("role.set", user=id_of(maria), role="participant")
        assert await moderator.until_closed() == 4003
        below = await client_of(meeting, maria)
        assert set((await below.open())["streams"]) == {"room", "me"}
        for client in (host, below):
            await client.leave()


@pytest.mark.django_db(transaction=True)
async def test_whoever_is_sent_out_leaves_the_group_at_once_too():
    async with live_meeting() as (meeting, _board):
        maria, _ivan = meeting.learners
        room = await in_thread(group_with, meeting, maria)
        group = Client(room, await in_thread(session_key_of, maria))
        await group.open()
        host = await in_room(meeting, meeting.trainer)
        await host.command("people.remove", user=id_of(maria))
        assert await group.until_closed() == 4403
        await host.leave()


def group_with(meeting: Meeting, person):
    """The room of a group that is at work, with somebody in it."""
    done(meeting, meeting.trainer, "breakout.create", count=1)
    done(meeting, meeting.trainer, "breakout.move", user=id_of(person), group=1)
    done(meeting, meeting.trainer, "breakout.open", minutes=10)
    return meeting.room.breakouts.get().groups.get().room
