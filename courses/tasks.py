from celery import shared_task
from django.core.management import call_command

from courses import reminders, requesting, retention
from courses.enrolling import expire_finished_cohorts
from courses.importing import imports


@shared_task(name="courses.expire_enrollments")
def expire_enrollments() -> int:
    return expire_finished_cohorts()


@shared_task(name="courses.send_reminders")
def send_reminders() -> int:
    return reminders.send_reminders()


@shared_task(name="courses.look_after_requests")
def look_after_requests() -> int:
    """Waiting lists of cohorts that were made larger or have closed, and wishes to be told."""
    return (
        requesting.fill_all_places()
        + requesting.outlive_closed_cohorts()
        + requesting.tell_about_open_cohorts()
    )


@shared_task(name="courses.publish_scheduled")
def publish_scheduled_pages() -> None:
    """Publish and take down the pages whose hour has come."""
    call_command("publish_scheduled", verbosity=0)


@shared_task(name="courses.forget_old_imports")
def forget_old_imports() -> int:
    return imports.forget_old_imports()


@shared_task(name="courses.retire_inactive_people")
def retire_inactive_people() -> int:
    done = retention.retire_inactive_people()
    return len(done.warned) + len(done.erased)
