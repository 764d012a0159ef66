"""Shared notes: a list that everybody adds to, line by line."""

import pytest

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, everything_written, id_of, last, refused, seen_by
from webinars.live.features.notes import MOST, MOST_OWN
from webinars.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting()


def add(meeting, user, text: str = "Сначала слушать") -> str:
    done(meeting, user, "note.add", text=text)
    return last(meeting).data["note"]


def notes_of(meeting) -> list[str]:
    return [note["text"] for note in seen_by(meeting, meeting.learners[0])["notes"]["notes"]]


def test_everybody_adds_lines_under_their_names(meeting):
    maria, ivan = meeting.learners
    add(meeting, maria, " Слушать ")
    note = add(meeting, ivan, "Не спорить")
    assert last(meeting).data == {
        "note": note, "text": "Не спорить", "by": {"id": id_of(ivan), "n": ivan.get_short_name()},
    }  # fmt: skip
    assert notes_of(meeting) == ["Слушать", "Не спорить"]


def test_one_changes_and_removes_ones_own_lines_and_moderators_any(meeting):
    maria, ivan = meeting.learners
    first, second = add(meeting, maria), add(meeting, maria)
    done(meeting, maria, "note.change", note=first, text="Раз")
    done(meeting, meeting.trainer, "note.change", note=second, text="Два")
    assert last(meeting).data["by"]["id"] == id_of(maria)
    for op, data in [("change", {"text": "Три"}), ("remove", {})]:
        assert refused(meeting, ivan, f"note.{op}", note=first, **data).code == "forbidden"
    assert notes_of(meeting) == ["Раз", "Два"]
    done(meeting, maria, "note.remove", note=first)
    done(meeting, meeting.trainer, "note.remove", note=second)
    assert notes_of(meeting) == []


def test_a_line_that_is_taken_back_is_gone_from_the_log_as_well(meeting):
    maria, ivan = meeting.learners
    add(meeting, ivan, "Не спорить")
    note = add(meeting, maria, "Лишнее слово")
    done(meeting, meeting.trainer, "note.change", note=note, text="Лишнее всё равно")
    done(meeting, meeting.trainer, "note.remove", note=note)
    assert "Лишнее" not in everything_written(meeting.room)
    assert "Не спорить" in everything_written(meeting.room)


def test_a_note_is_told_by_the_name_that_everybody_knows(meeting):
    maria = meeting.learners[0]
    note = add(meeting, maria)
    done(meeting, maria, "note.remove", note=note.replace("-", "").upper())
    assert last(meeting).data == {"note": note}


def test_a_silenced_person_writes_nothing_but_may_take_lines_back(meeting):
    maria = meeting.learners[0]
    note = add(meeting, maria)
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    assert refused(meeting, maria, "note.add", text="Ещё").d == {"muted": True}
    assert refused(meeting, maria, "note.change", note=note, text="Ещё").d == {"muted": True}
    done(meeting, maria, "note.remove", note=note)


def test_notes_have_an_end(meeting):
    maria = meeting.learners[0]
    Note.objects.bulk_create(
        Note(room=meeting.room, author=maria, text=str(number)) for number in range(MOST)
    )
    assert refused(meeting, maria, "note.add", text="Ещё").d == {"full": "notes", "n": MOST}


def test_empty_and_foreign_lines_are_refused(meeting):
    other = make_meeting()
    foreign = add(other, other.learners[0])
    maria = meeting.learners[0]
    assert refused(meeting, maria, "note.add", text="\t").field == "/d/text"
    assert refused(meeting, maria, "note.change", note=add(meeting, maria), text=" ").field
    for note in (foreign, "no-uuid"):
        assert refused(meeting, meeting.trainer, "note.remove", note=note).code == "forbidden"


def test_nobody_fills_the_notes_alone_but_a_moderator_goes_on(meeting):
    maria, ivan = meeting.learners
    for author in (maria, meeting.trainer):
        Note.objects.bulk_create(
            Note(room=meeting.room, author=author, text="Строка") for _number in range(MOST_OWN)
        )
    own = Note.objects.filter(author=maria).first()
    assert refused(meeting, maria, "note.add", text="Ещё").d == {"full": "own_notes", "n": MOST_OWN}
    done(meeting, maria, "note.change", note=str(own.uuid), text="Иначе")
    add(meeting, ivan)
    add(meeting, meeting.trainer)
    done(meeting, maria, "note.remove", note=str(own.uuid))
    add(meeting, maria)
