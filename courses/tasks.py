from celery import shared_task

from courses import reminders
from courses.enrolling import expire_finished_cohorts


@shared_task(name="courses.expire_enrollments")
def expire_enrollments() -> int:
    return expire_finished_cohorts()


@shared_task(name="courses.send_reminders")
def send_reminders() -> int:
    return reminders.send_reminders()
