"""Private notes beside a lesson, and the place where reading stopped."""

from __future__ import annotations

from django.db import IntegrityError, transaction
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


def note_of(enrollment: Enrollment, lesson: Lesson) -> LessonNote:
    """The learner's note, or an unsaved empty one of version 0."""
    found = LessonNote.objects.filter(enrollment=enrollment, lesson=lesson).first()
    return found or LessonNote(enrollment=enrollment, lesson=lesson, version=0)


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


def position_of(enrollment: Enrollment, lesson: Lesson) -> LessonPosition | None:
    return LessonPosition.objects.filter(enrollment=enrollment, lesson=lesson).first()


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
