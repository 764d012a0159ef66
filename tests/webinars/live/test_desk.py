"""A word to the hosts that nobody else reads."""

import pytest

from tests.factories import UserFactory
from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, give, id_of, last, log_of, refused, seen_by, types

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting()


def test_a_word_to_the_hosts_reaches_them_and_its_author_only(meeting):
    maria, ivan = meeting.learners
    done(meeting, maria, "desk.write", text="Мне тяжело это слушать")
    for kind, owner in [("staff", None), ("me", maria)]:
        assert last(meeting, kind, owner=owner).data == {
            "with": {"id": id_of(maria), "n": maria.get_short_name()},
            "text": "Мне тяжело это слушать",
        }
    assert types(meeting) == types(meeting, "me", owner=ivan) == types(meeting, "obs") == []
    assert seen_by(meeting, ivan)["desk"] == {}
    assert seen_by(meeting, ivan)["desk.me"] == {"said": []}
    assert seen_by(meeting, maria)["desk.me"]["said"][0]["d"]["text"] == "Мне тяжело это слушать"
    assert seen_by(meeting, meeting.trainer)["desk"]["said"][0]["a"]["id"] == id_of(maria)


def test_an_answer_goes_to_the_one_who_asked_and_to_all_the_staff(meeting):
    maria, ivan = meeting.learners
    done(meeting, maria, "desk.write", text="Можно выйти?")
    done(meeting, meeting.trainer, "desk.answer", user=id_of(maria), text="Конечно")
    said = [frame["d"]["text"] for frame in seen_by(meeting, maria)["desk.me"]["said"]]
    assert said == ["Можно выйти?", "Конечно"]
    assert [event.actor for event in log_of(meeting, "staff")] == [maria, meeting.trainer]
    assert seen_by(meeting, ivan)["desk.me"] == {"said": []}


def test_whoever_was_silenced_still_has_a_word_with_the_hosts(meeting):
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    done(meeting, maria, "desk.write", text="За что?")
    assert last(meeting, "staff").data["text"] == "За что?"


def test_an_observer_may_write_to_the_hosts(meeting):
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="observer")
    done(meeting, maria, "desk.write", text="Не слышно")
    assert last(meeting, "staff").actor_role == "observer"


def test_what_hosts_say_to_the_desk_is_told_them_once(meeting):
    done(meeting, meeting.trainer, "desk.write", text="Перерыв через пять минут")
    assert types(meeting, "staff") == ["desk.said"]
    assert types(meeting, "me", owner=meeting.trainer) == []


@pytest.mark.parametrize("who", ["outsider", "nobody", "withdrawn"])
def test_nobody_outside_the_room_is_answered(meeting, who):
    user = {"outsider": id_of(UserFactory()), "nobody": "u_999999"}.get(who)
    if who == "withdrawn":
        meeting.learners[0].is_active = False
        meeting.learners[0].save()
        user = id_of(meeting.learners[0])
    answer = refused(meeting, meeting.trainer, "desk.answer", user=user, text="Да")
    assert answer.code == "forbidden"


def test_empty_words_are_refused_and_a_flood_too(meeting):
    maria = meeting.learners[0]
    assert refused(meeting, maria, "desk.write", text="  ").field == "/d/text"
    answers = [give(meeting, maria, "desk.write", text=str(n)) for n in range(12)]
    assert "rate" in {getattr(answer, "code", None) for answer in answers}
