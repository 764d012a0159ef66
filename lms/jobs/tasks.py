from celery import shared_task

from lms.jobs import queue


@shared_task(name="jobs.run")
def run_job(job_id: int) -> None:
    queue.run(job_id)


@shared_task(name="jobs.requeue_unfinished")
def requeue_unfinished() -> int:
    return queue.requeue_unfinished()
