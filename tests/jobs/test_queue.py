from datetime import timedelta

import pytest
from django.utils import timezone

from lms.jobs import queue
from lms.jobs.models import Job
from lms.jobs.queue import advance, enqueue, job_handler, record_item, requeue_unfinished

runs: list[int] = []


@job_handler("test.count")
def count_to_three(job: Job) -> None:
    runs.append(job.pk)
    for number in range(3):
        record_item(job, key=str(number), outcome="done")
        advance(job, done=number + 1, total=3)


@job_handler("test.fail")
def fail(job: Job) -> None:
    raise ValueError("no such thing")


@pytest.fixture(autouse=True)
def _forget_runs():
    runs.clear()


@pytest.mark.django_db
def test_a_job_runs_after_commit_and_shows_its_items(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("test.count", key="a")
        assert runs == []
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("succeeded", 3, 3)
    assert job.items.count() == 3


@pytest.mark.django_db
def test_the_same_work_is_queued_once_while_it_is_unfinished():
    assert enqueue("test.count", key="a") == enqueue("test.count", key="a")
    assert enqueue("test.count", key="b").key == "b"
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_failing_job_is_tried_again_and_then_given_up():
    job = enqueue("test.fail", key="a")
    for _ in range(queue.MAX_TRIES):
        queue.run(job.pk)
        Job.objects.update(not_before=None)
    job.refresh_from_db()
    assert (job.state, job.tries) == ("failed", queue.MAX_TRIES)
    assert "no such thing" in job.error
    queue.run(job.pk)
    job.refresh_from_db()
    assert job.tries == queue.MAX_TRIES


@pytest.mark.django_db
def test_what_a_killed_process_was_running_is_run_again_after_restart():
    job = Job.objects.create(
        kind="test.count", key="a", state="running", heartbeat_at=timezone.now()
    )
    assert requeue_unfinished() == 0, "it may still be alive in another process"
    assert requeue_unfinished(after_restart=True) == 1
    job.refresh_from_db()
    assert job.state == "succeeded"


@pytest.mark.django_db
def test_a_job_of_a_worker_that_went_silent_is_taken_over():
    long_ago = timezone.now() - queue.STALE_AFTER - timedelta(seconds=1)
    job = Job.objects.create(kind="test.count", key="a", state="running", heartbeat_at=long_ago)
    assert requeue_unfinished() == 1
    job.refresh_from_db()
    assert job.state == "succeeded"


@pytest.mark.django_db
def test_a_job_is_never_run_by_two_workers_at_once():
    job = Job.objects.create(
        kind="test.count", key="a", state="running", heartbeat_at=timezone.now()
    )
    queue.run(job.pk)
    assert runs == []


@pytest.mark.django_db
def test_a_failing_job_waits_longer_each_time():
    job = enqueue("test.fail", key="a")
    queue.run(job.pk)
    queue.run(job.pk)
    job.refresh_from_db()
    assert job.tries == 1, "the second announcement came before its time"
    assert job.not_before > timezone.now() + timedelta(seconds=5)


@pytest.mark.django_db
def test_a_job_that_always_ends_its_worker_is_given_up():
    long_ago = timezone.now() - queue.STALE_AFTER - timedelta(seconds=1)
    job = Job.objects.create(
        kind="test.count", key="a", state="running", heartbeat_at=long_ago, tries=queue.MAX_TRIES
    )
    requeue_unfinished()
    job.refresh_from_db()
    assert job.state == "failed"
    assert runs == []


@pytest.mark.django_db
def test_a_worker_whose_job_was_taken_over_says_nothing_about_it():
    job = enqueue("test.count", key="a")
    mine = queue._claim(job.pk)
    long_ago = timezone.now() - queue.STALE_AFTER - timedelta(seconds=1)
    Job.objects.update(heartbeat_at=long_ago)
    queue._claim(job.pk)
    advance(mine, done=99)
    job.refresh_from_db()
    assert (job.done, job.tries) == (0, 2)
