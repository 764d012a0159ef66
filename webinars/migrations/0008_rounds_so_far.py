"""Practicums that were played before rounds were records: who was whom, and that it was read.

A group of the old queue that had not begun is closed: its people find each other anew.
"""

from datetime import timedelta

from django.db import migrations

OVER = ("feedback", "debrief", "closed")


def record_rounds(apps, schema_editor):
    PracticumSession = apps.get_model("webinars", "PracticumSession")
    PracticumRound = apps.get_model("webinars", "PracticumRound")
    PracticumSession.objects.filter(phase="lobby").update(phase="closed")
    for session in PracticumSession.objects.select_related("room").prefetch_related("seats"):
        seats = {seat.number: seat for seat in session.seats.all()}
        session.specialist = session.round
        session.client = (session.round + 1) % session.people
        finished = session.round + (session.phase in OVER)
        session.played = list(range(finished))
        if session.phase == "closed":
            session.closed_at = session.room.closed_at or session.created_at
            session.erase_at = session.closed_at + timedelta(days=session.keep_days)
            session.seats.update(is_open=False)
        session.save()
        if len(seats) < session.people:
            continue
        PracticumRound.objects.bulk_create(
            PracticumRound(
                session=session,
                number=number,
                specialist=seats[number],
                client=seats[(number + 1) % session.people],
                began_at=session.created_at,
                ended_at=session.created_at if number < finished else None,
                end="agreed" if number < finished else "",
                readers=sorted(seats) if number < session.round else [],
            )
            for number in range(session.round + 1)
        )


class Migration(migrations.Migration):
    dependencies = [("webinars", "0007_practicum_whole")]

    operations = [migrations.RunPython(record_rounds, migrations.RunPython.noop)]
