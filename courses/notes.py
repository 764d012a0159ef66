"""Private notes beside a lesson, and the place where reading stopped."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import FilteredRelation, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Enrollment, Lesson, LessonNote, LessonPosition

LONGEST_NOTE = 20_000
LONGEST_VIDEO_SECONDS = 24 * 60 * 60


class NoteConflict(Exception):
    """The note was changed elsewhere since it was read; ``kept`` is what stands there now."""

    def __init__(self, kept: LessonNote):
        super().__init__(kept.version)
        self.kept = kept


class NoteTooLong(Exception):
    """The note has more than ``LONGEST_NOTE`` characters."""


@dataclass(frozen=True)
class LeftInLesson:
    """What a learner has left in a lesson: their note and the place where they stopped."""

    note: LessonNote
    """An unsaved empty one of version 0 where there is none."""
    position: LessonPosition | None


_NOTE = ("text", "version", "updated_at")
_POSITION = ("block", "video", "second")


def left_in_lesson(enrollment: Enrollment, lesson: Lesson) -> LeftInLesson:
    """Note and position in one query."""
    row = (
        Enrollment.objects.filter(pk=enrollment.pk)
        .order_by()
        .annotate(
            note=FilteredRelation("notes", condition=Q(notes__lesson=lesson.pk)),
            place=FilteredRelation("positions", condition=Q(positions__lesson=lesson.pk)),
        )
        .values_list(
            *("note__pk", *(f"note__{name}" for name in _NOTE)),
            *("place__pk", *(f"place__{name}" for name in _POSITION)),
        )
        .get()
    )
    note_id, *note_values = row[: len(_NOTE) + 1]
    position_id, *position_values = row[len(_NOTE) + 1 :]
    own = {"enrollment": enrollment, "lesson": lesson}
    note = LessonNote(version=0, **own)
    if note_id is not None:
        note = LessonNote(pk=note_id, **own, **dict(zip(_NOTE, note_values, strict=True)))
    position = None
    if position_id is not None:
        values = dict(zip(_POSITION, position_values, strict=True))
        position = LessonPosition(pk=position_id, **own, **values)
    return LeftInLesson(note, position)


@transaction.atomic
def save_note(*, enrollment: Enrollment, lesson: Lesson, text: str, version: int) -> LessonNote:
    """Keep ``text`` in place of ``version`` (0: there was none yet).

    Saying the same again changes nothing. Raises NoteConflict when another device wrote
    meanwhile, and NoteTooLong; nothing is changed by either.
    """
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong
    note = (
        LessonNote.objects.select_for_update().filter(enrollment=enrollment, lesson=lesson).first()
    )
    if note is None:
        return _first_note(enrollment, lesson, text)
    if note.text == text:
        return note
    if note.version != version:
        raise NoteConflict(note)
    note.text, note.version, note.updated_at = text, note.version + 1, timezone.now()
    note.save(update_fields=["text", "version", "updated_at"])
    return note


def _first_note(enrollment: Enrollment, lesson: Lesson, text: str) -> LessonNote:
    try:
        with transaction.atomic():
            return LessonNote.objects.create(enrollment=enrollment, lesson=lesson, text=text)
    except IntegrityError:  # another device was quicker
        note = LessonNote.objects.get(enrollment=enrollment, lesson=lesson)
        if note.text == text:
            return note
        raise NoteConflict(note) from None


def saved_words(note: LessonNote) -> str:
    """«Сохранено 14:03», in the reader's own time; empty for a note that was never saved."""
    if note.pk is None:
        return ""
    return _("Saved at %(time)s") % {"time": timezone.localtime(note.updated_at).strftime("%H:%M")}


def remember_position(
    *, enrollment: Enrollment, lesson: Lesson, block: str, video: str = "", second: int = 0
) -> None:
    """Keep where the learner is; what is not a block of the lesson is not kept."""
    known = {str(child.id) for child in lesson.body}
    LessonPosition.objects.update_or_create(
        enrollment=enrollment,
        lesson=lesson,
        defaults={
            "block": block if block in known else "",
            "video": video if video in known else "",
            "second": min(max(second, 0), LONGEST_VIDEO_SECONDS) if video in known else 0,
            "updated_at": timezone.now(),
        },
    )
