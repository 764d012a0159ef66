"""The permission table, walked: every command of every kind of room, as every role."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory
from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import give, id_of
from webinars.live import commands
from webinars.live.features.registry import features_of
from webinars.live.permissions import PERMISSIONS, Role, may
from webinars.live.rooms import create_room
from webinars.models import Room, RoomCommand, RoomEvent

pytestmark = pytest.mark.django_db
COMMANDS = [
    pytest.param(kind, command, id=f"{kind}-{command.op}")
    for kind in Room.Kind
    for feature in features_of(kind)
    for command in feature.commands.values()
]
SIGNALS = [
    (signal.op, signal.permission)
    for kind in Room.Kind
    for feature in features_of(kind)
    for signal in feature.signals.values()
]


def test_there_is_something_to_walk():
    assert len(COMMANDS) > 60
    assert {kind for kind in Room.Kind if features_of(kind)} == set(Room.Kind)


@pytest.mark.parametrize(("kind", "command"), COMMANDS)
def test_a_role_without_the_permission_is_refused_and_writes_nothing(kind, command, monkeypatch):
    """Before its content is looked at, so that nothing can be learned from the answer."""
    assert command.permission in PERMISSIONS
    room = create_room(kind=kind, title="Комната")
    user = UserFactory()
    for role in [*Role, None]:
        if may(role, command.permission):
            continue
        monkeypatch.setattr(commands, "role_in", lambda _room, _user, role=role: role)
        answer = give(room, user, command.op, anything=1)
        assert (answer.code, answer.d, answer.field) == ("forbidden", {}, ""), role
    assert not RoomEvent.objects.exists()
    assert not RoomCommand.objects.exists()


@pytest.mark.parametrize(("op", "permission"), SIGNALS)
def test_a_signal_asks_for_a_permission_that_is_in_the_table(op, permission):
    assert permission in PERMISSIONS


def test_real_people_get_what_the_table_says():
    """Learners with every role that a host can give, in the room of a webinar."""
    meeting = make_meeting(learners=4)
    people = {Role.HOST: meeting.trainer}
    for person, role in zip(meeting.learners, list(Role)[1:], strict=True):
        give(meeting, meeting.trainer, "role.set", user=id_of(person), role=role.value)
        people[role] = person
    wrong = []
    for feature in features_of(Room.Kind.WEBINAR):
        for command in feature.commands.values():
            for role, person in people.items():
                commands.buckets.clear()
                answer = give(meeting, person, command.op, nonsense=1)
                expected = "invalid" if may(role, command.permission) else "forbidden"
                if answer.code != expected:
                    wrong.append((command.op, role, answer))
    assert wrong == []
