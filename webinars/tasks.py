from celery import shared_task

from webinars import attendance
from webinars.live import commands


@shared_task(name="webinars.close_stale_attendance")
def close_stale_attendance() -> int:
    return attendance.close_stale()


@shared_task(name="webinars.forget_old_commands")
def forget_old_commands() -> int:
    return commands.forget_old()
