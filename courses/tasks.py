from celery import shared_task

from courses import reminders, requesting
from courses.enrolling import expire_finished_cohorts


@shared_task(name="courses.expire_enrollments")
def expire_enrollments() -> int:
    return expire_finished_cohorts()


@shared_task(name="courses.send_reminders")
def send_reminders() -> int:
    return reminders.send_reminders()


@shared_task(name="courses.look_after_requests")
def look_after_requests() -> int:
    """Waiting lists of cohorts that were made larger, and those who wait for a cohort to open."""
    return requesting.fill_all_places() + requesting.tell_about_open_cohorts()
