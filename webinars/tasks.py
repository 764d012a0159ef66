from celery import shared_task

from webinars import attendance
from webinars.live import commands
from webinars.practicum import keeping, sessions


@shared_task(name="webinars.close_stale_attendance")
def close_stale_attendance() -> int:
    return attendance.close_stale()


@shared_task(name="webinars.forget_old_commands")
def forget_old_commands() -> int:
    return commands.forget_old()


@shared_task(name="webinars.erase_transcripts")
def erase_transcripts() -> int:
    return keeping.erase_due()


@shared_task(name="webinars.close_forgotten_practicums")
def close_forgotten_practicums() -> int:
    return sessions.close_forgotten()
