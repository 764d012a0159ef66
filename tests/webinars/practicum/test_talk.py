"""The conversation on the room's log: turns, breaths, marks, windows, data of real people."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.webinars.factories import cmd
from tests.webinars.ids import new_id
from tests.webinars.live.acting import done, everything_written, log_of, refused, seen_by
from tests.webinars.practicum.factories import kind_of, make_group
from webinars.live import commands, rooms
from webinars.live.commands import run_command
from webinars.live.protocol import Cmd, ErrorCode, Ok
from webinars.models import LineMark, RoomCommand, RoomEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(client_of):
    group = make_group(3, client_of=client_of)
    group.everyone()
    return group


def room_of(group):
    return group.session.room


def test_lines_are_spoken_in_the_part_of_the_moment(client_of):
    group = make_group(2, client_of=client_of)
    assert kind_of(group.say(0, "Рано"))["why"] == "phase"
    group.everyone()
    group.talk("Третий раз прихожу!", "Здравствуйте")
    said = RoomEvent.objects.filter(type="practicum.said").order_by("seq")
    assert [(line.data["part"], line.data["text"]) for line in said] == [
        ("client", "Третий раз прихожу!"),
        ("specialist", "Здравствуйте"),
    ]


def test_an_observer_is_silent_while_others_talk(three):
    answer = three.say(2, "А я бы сказала…")
    assert answer.code == ErrorCode.STATE
    assert kind_of(answer)["why"] == "phase"


def test_nobody_speaks_twice_in_a_row_where_turns_are_kept(client_of):
    group = make_group(2, client_of=client_of, scenario={"is_turn_based": True})
    group.everyone()
    assert kind_of(group.say(0, "Здравствуйте"))["why"] == "turn"
    assert isinstance(group.say(1, "Мне отказали!"), Ok)
    assert kind_of(group.say(1, "Слышите?!"))["why"] == "turn"
    assert isinstance(group.say(0, "Слышу."), Ok)


def test_who_said_stop_is_written_nowhere_and_a_repetition_is_answered_alike(client_of):
    group = make_group(2, client_of=client_of)
    group.everyone()
    frame = cmd("practicum.say", text="Стоп")
    first = run_command(room=group.session.room, user=group.user(1), frame=frame)
    assert isinstance(first, Ok)
    assert group.now().phase == "paused"
    assert not RoomCommand.objects.filter(user=group.user(1)).exists()
    for _again in range(2):  # in the pause, and when the conversation has gone on
        assert run_command(room=group.session.room, user=group.user(1), frame=frame) == first
        group.everyone()
    assert group.now().phase == "feedback", "it has not paused again"


@pytest.mark.parametrize("word", ["Стоп!", "стоп", "STOP…"])
def test_a_stop_word_pauses_for_all_out_of_turn_and_names_nobody(client_of, word):
    group = make_group(2, client_of=client_of, scenario={"is_turn_based": True})
    group.everyone()
    assert isinstance(group.say(0, word), Ok), "it is the client's turn"
    assert group.now().phase == "paused"
    last = log_of(room_of(group))[-1]
    assert (last.type, last.actor) == ("practicum.phase", None)
    assert not RoomEvent.objects.filter(type="practicum.said").exists()
    assert "Разговор остановлен" in group.page(1)


def test_a_line_with_a_stop_in_it_is_a_line(client_of):
    group = make_group(2, client_of=client_of)
    group.everyone()
    assert isinstance(group.say(1, "Стоп, вы мне этого не говорили!"), Ok)
    assert group.now().phase == "roleplay"


def test_a_breath_is_seen_by_all_and_stays_in_the_transcript(three):
    done(room_of(three), three.user(0), "practicum.breath")
    assert log_of(room_of(three))[-1].type == "practicum.breath"
    three.everyone()
    assert "берёт паузу" in three.page(2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Мой телефон 8 913 800-12-34", "phone"),
        ("Пишите на a.b@mail.example", "email"),
        ("СНИЛС 112-233-445 95", "snils"),
    ],
)
def test_numbers_of_real_people_are_not_sent(three, text, kind):
    for invented in (False, True):
        assert kind_of(three.say(1, text, invented=invented))["personal"] == [kind]
    assert text not in everything_written(room_of(three))


def test_a_full_name_goes_only_with_the_word_that_it_is_invented(three):
    text = "Так сказала Петрова Мария Ивановна"
    assert kind_of(three.say(1, text))["personal"] == ["name"]
    assert isinstance(three.say(1, text, invented=True), Ok)
    assert isinstance(three.say(1, "Я Лариса Викторовна Снегова!"), Ok), "a name of the scenario"


def test_only_the_client_marks_lines_and_the_specialist_sees_them_after_the_round(three):
    (line,) = three.talk("Мне отказали!", "Слышу, как это обидно.")
    for number in (0, 2):
        refused(room_of(three), three.user(number), "practicum.mark", line=line, feeling="heard")
    refused(room_of(three), three.trainer, "practicum.mark", line=line, feeling="heard")
    done(room_of(three), three.user(1), "practicum.mark", line=line, feeling="judged")
    done(room_of(three), three.user(1), "practicum.mark", line=line, feeling="heard")
    assert LineMark.objects.get().feeling == "heard"
    assert all(event.type != "practicum.marked" for event in log_of(room_of(three)))
    assert seen_by(room_of(three), three.user(1))["practicum.me"]["marks"] == {str(line): "heard"}
    assert seen_by(room_of(three), three.user(0))["practicum.me"]["marks"] == {}
    assert "почувствовал" not in three.page(0)
    three.everyone()
    assert "Клиент: меня услышали" in three.page(0)


def test_a_mark_is_taken_back_and_a_line_of_ones_own_is_not_marked(three):
    (line,) = three.talk("Мне отказали!", "Слышу.")
    own = RoomEvent.objects.filter(type="practicum.said").order_by("seq").first().seq
    refused(room_of(three), three.user(1), "practicum.mark", line=own, feeling="heard")
    refused(room_of(three), three.user(1), "practicum.mark", line=99_999, feeling="heard")
    done(room_of(three), three.user(1), "practicum.mark", line=line, feeling="calmer")
    done(room_of(three), three.user(1), "practicum.mark", line=line, feeling="")
    assert not LineMark.objects.exists()


def test_the_later_of_two_windows_only_reads_until_it_takes_over(three):
    room, user = room_of(three), three.user(1)
    first, second = new_id(), new_id()
    assert done(room, user, "practicum.hold", tab=first).d == {"held": True}
    assert done(room, user, "practicum.hold", tab=second).d == {"held": False}
    assert kind_of(three.say(1, "Из второго окна", tab=second))["why"] == "tab"
    assert isinstance(three.say(1, "Из первого", tab=first), Ok)
    assert done(room, user, "practicum.hold", tab=second, take=True).d == {"held": True}
    assert log_of(room, "me", owner=user)[-1].data == {"tab": second}
    assert kind_of(three.say(1, "Снова из первого", tab=first))["why"] == "tab"
    assert isinstance(three.say(1, "Из второго", tab=second), Ok)


def test_whoever_has_closed_all_windows_writes_in_any_other(three):
    room, user = room_of(three), three.user(1)
    done(room, user, "practicum.hold", tab=new_id())
    rooms.rules_of(room).record_departure(
        room, user_ids=[user.pk], hub="h", at=timezone.now(), reason="left"
    )
    assert done(room, user, "practicum.hold", tab=new_id()).d == {"held": True}


def test_a_departure_that_is_written_late_frees_nothing_of_who_has_come_back(three):
    room, user, tab = room_of(three), three.user(1), new_id()
    left_at = timezone.now()
    done(room, user, "practicum.hold", tab=tab)  # the next page of the same window
    rooms.rules_of(room).record_departure(
        room, user_ids=[user.pk], hub="h", at=left_at, reason="left"
    )
    assert done(room, user, "practicum.hold", tab=new_id()).d == {"held": False}
    assert isinstance(three.say(1, "Я вернулась", tab=tab), Ok)


def test_a_line_that_is_sent_again_after_a_break_is_said_once(three):
    commands.buckets.clear()
    cmd_id = new_id()
    for _again in range(2):
        frame = Cmd(id=cmd_id, op="practicum.say", d={"text": "Алло?"})
        answer = commands.run_command(room=room_of(three), user=three.user(1), frame=frame)
        assert isinstance(answer, Ok)
    assert RoomEvent.objects.filter(type="practicum.said").count() == 1
