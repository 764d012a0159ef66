"""The log: numbers without gaps and repetitions, however many write at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from tests.factories import UserFactory
from tests.webinars.factories import cmd, make_meeting
from webinars.live import bus, log
from webinars.live.commands import run_command
from webinars.live.rooms import create_room
from webinars.models import Room, RoomCommand, RoomEvent, Stream
from webinars.tasks import forget_old_commands

THREADS, EACH = 6, 15


def append(room: Room, text: str, kind: Stream.Kind = Stream.Kind.ROOM) -> RoomEvent:
    with transaction.atomic():
        stream = log.stream_of(room, kind)
        return log.append(stream=stream, type="test.said", data={"text": text}, actor=None)


def in_threads(work, count: int = THREADS) -> None:
    """Run ``work(number)`` in many threads at once; what one raises is raised here."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    if failures:
        raise failures[0]


def numbers(room: Room, kind: Stream.Kind = Stream.Kind.ROOM) -> list[int]:
    return list(
        RoomEvent.objects.filter(stream__room=room, stream__kind=kind)
        .order_by("seq")
        .values_list("seq", flat=True)
    )


@pytest.mark.django_db(transaction=True)
def test_many_writers_leave_no_gap_and_no_repetition():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    in_threads(lambda number: [append(room, f"{number}:{n}") for n in range(EACH)])
    assert numbers(room) == list(range(1, THREADS * EACH + 1))
    assert log.stream_of(room, Stream.Kind.ROOM).head_seq == THREADS * EACH


@pytest.mark.django_db(transaction=True)
def test_events_of_one_writer_keep_their_order():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    in_threads(lambda number: [append(room, f"{number}:{n}") for n in range(EACH)])
    for number in range(THREADS):
        own = [
            event.data["text"]
            for event in log.events_after(log.stream_of(room, Stream.Kind.ROOM), 0)
            if event.data["text"].startswith(f"{number}:")
        ]
        assert own == [f"{number}:{n}" for n in range(EACH)]


@pytest.mark.django_db(transaction=True)
def test_an_append_that_is_rolled_back_leaves_no_gap():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")

    def write(number: int) -> None:
        for n in range(EACH):
            try:
                with transaction.atomic():
                    append(room, f"{number}:{n}")
                    if n % 3 == 0:
                        raise ValueError
            except ValueError:
                continue

    in_threads(write)
    assert numbers(room) == list(range(1, THREADS * EACH * 2 // 3 + 1))


@pytest.mark.django_db(transaction=True)
def test_streams_are_numbered_each_for_itself():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    kinds = [Stream.Kind.ROOM, Stream.Kind.STAFF]
    in_threads(lambda number: [append(room, str(n), kinds[number % 2]) for n in range(EACH)])
    for kind in kinds:
        assert numbers(room, kind) == list(range(1, THREADS * EACH // 2 + 1))


@pytest.mark.django_db(transaction=True)
def test_a_private_stream_is_made_once_by_racing_threads():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    user = UserFactory()
    in_threads(lambda number: log.stream_of(room, Stream.Kind.ME, user))
    assert Stream.objects.filter(room=room, owner=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_command_given_by_racing_threads_is_done_once():
    meeting = make_meeting()
    frame = cmd("chat.send", text="Один раз")
    answers = []
    in_threads(
        lambda number: answers.append(
            run_command(room=meeting.room, user=meeting.learners[0], frame=frame)
        )
    )
    assert len({repr(answer) for answer in answers}) == 1
    assert RoomEvent.objects.filter(type="chat.sent").count() == 1
    assert RoomCommand.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_before_the_commit_nor_after_a_rollback(monkeypatch):
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    published: list[bus.Message] = []
    monkeypatch.setattr(bus, "publish", lambda room_uuid, message: published.append(message))
    with transaction.atomic():
        append(room, "да")
        assert not published
    assert [message.seq for message in published] == [1]
    with transaction.atomic():
        append(room, "нет")
        transaction.set_rollback(True)
    assert len(published) == 1


@pytest.mark.django_db(transaction=True)
def test_an_append_outside_a_transaction_is_refused():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    with pytest.raises(TransactionManagementError):
        log.append(stream=log.stream_of(room, Stream.Kind.ROOM), type="test", data={}, actor=None)


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day_and_events_are_not():
    meeting = make_meeting()
    for _number in range(2):
        run_command(room=meeting.room, user=meeting.learners[0], frame=cmd("chat.send", text="Раз"))
    RoomCommand.objects.filter(pk=RoomCommand.objects.first().pk).update(
        at=timezone.now() - timedelta(hours=25)
    )
    assert forget_old_commands() == 1
    assert RoomCommand.objects.count() == 1
    assert RoomEvent.objects.filter(type="chat.sent").count() == 2


@pytest.mark.django_db
def test_the_database_refuses_a_number_that_is_taken():
    event = append(create_room(kind=Room.Kind.WEBINAR, title="Комната"), "раз")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomEvent.objects.create(stream=event.stream, seq=event.seq, type="test")


@pytest.mark.django_db
def test_a_shared_stream_exists_once_and_only_a_private_one_has_an_owner():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    for fields in (
        {"kind": "room"},
        {"kind": "me"},
        {"kind": "staff", "owner": UserFactory()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Stream.objects.create(room=room, **fields)


@pytest.mark.django_db
def test_reading_after_a_number_is_in_order_and_limited():
    room = create_room(kind=Room.Kind.WEBINAR, title="Комната")
    stream = [append(room, str(n)).stream for n in range(5)][-1]
    assert [event.seq for event in log.events_after(stream, 2)] == [3, 4, 5]
    assert [event.seq for event in log.events_after(stream, 0, limit=2)] == [1, 2]
