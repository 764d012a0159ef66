"""Fault drill: a batch of certificates with two workers, both killed in the middle with -9.

Afterwards every person of the cohort must have one certificate, no number may stand on two papers,
and every kept file must be the one whose hash the register holds. ``make drill-certificates``, with
DATABASE_URL and REDIS_URL of PostgreSQL and Redis; the last line is JSON.

The jobs of a killed worker are taken up five minutes after its last sign of life. The drill does
not wait for them: it sets those signs back by six minutes, as if the time had passed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.browser.stack import ROOT, Stack

LONGEST_SECONDS = 3600


def start_workers(stack: Stack, count: int) -> list[subprocess.Popen]:
    command = [sys.executable, "-m", "celery", "-A", "lms", "worker", "--pool", "solo"]
    workers = []
    for number in range(count):
        with (stack.var_dir / f"worker{number}.log").open("a") as log:
            workers.append(
                subprocess.Popen(
                    [*command, "--loglevel", "WARNING", "--hostname", f"drill{number}@%h"],
                    cwd=ROOT,
                    env=stack.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
    return workers


def kill(workers: list[subprocess.Popen]) -> int:
    """End them with -9. Returns the most memory that any of them ever held, in megabytes."""
    peak = 0
    for worker in workers:
        status = Path(f"/proc/{worker.pid}/status").read_text()
        held = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        peak = max(peak, int(held.split()[1]) // 1024)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    return peak


def make_people(count: int):
    """A cohort of people who have completed its course, and a template."""
    from django.utils import timezone

    from courses.models import Cohort, Enrollment
    from lms.people.models import Region, User
    from tests.certificates.factories import make_template
    from tests.factories import CohortFactory, RegionFactory

    region: Region = RegionFactory()
    cohort: Cohort = CohortFactory()
    now = timezone.now()
    people = User.objects.bulk_create(
        User(
            email=f"drill-{n}@example.org",
            family_name="Учебная",
            given_name="Запись",
            patronymic=f"Номеровна-{n}",
            region=region,
            password="!",
        )
        for n in range(count)
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(learner=person, cohort=cohort, state="completed", completed_at=now)
        for person in people
    )
    return cohort, make_template(), enrollments


def figures_of(batch, count: int) -> dict:
    from certificates.batches import progress_of
    from certificates.models import Certificate, RegisterCounter

    certificates = Certificate.objects.all()
    damaged = 0
    for certificate in certificates.iterator(chunk_size=200):
        with certificate.pdf.open("rb") as file:
            damaged += hashlib.sha256(file.read()).hexdigest() != certificate.pdf_sha256
    return {
        "certificates": certificates.count(),
        "missing": count - certificates.values("learner").distinct().count(),
        "twice": certificates.count() - certificates.values("learner").distinct().count(),
        "distinct_numbers": certificates.values("number").distinct().count(),
        "distinct_files": certificates.values("pdf_sha256").distinct().count(),
        "damaged": damaged,
        "last_number": RegisterCounter.objects.get().last,
        "outcomes": progress_of(batch).counts,
    }


def run(stack: Stack, count: int) -> dict:
    import django

    os.environ.update(stack.environment)
    django.setup()
    from django.db.models import F

    from certificates.batches import start_batch
    from certificates.models import Certificate
    from lms.jobs.models import Job
    from lms.jobs.queue import requeue_unfinished

    cohort, template, enrollments = make_people(count)
    workers = start_workers(stack, 2)
    started = time.monotonic()
    batch = start_batch(cohort=cohort, template=template, enrollments=enrollments, actor=None)
    killed_at = peak = 0
    deadline = started + LONGEST_SECONDS
    while Job.objects.unfinished().exists() and time.monotonic() < deadline:
        time.sleep(0.2)
        done = Certificate.objects.count()
        if not killed_at and done >= count // 2:
            peak = kill(workers)
            killed_at = Certificate.objects.count()
            Job.objects.filter(state=Job.State.RUNNING).update(
                heartbeat_at=F("heartbeat_at") - timedelta(minutes=6)
            )
            workers = start_workers(stack, 2)
            requeue_unfinished()
    seconds = time.monotonic() - started
    peak = max(peak, kill(workers))
    figures = figures_of(batch, count)
    return {
        **figures,
        "killed_at": killed_at,
        "seconds": round(seconds, 1),
        "per_second": round(count / seconds, 1),
        "peak_worker_mb": peak,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    count = parser.parse_args().people
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(Path(directory))
        if not stack.is_large:
            print("Set DATABASE_URL and REDIS_URL: two workers need PostgreSQL and Redis.")
            return 2
        try:
            stack.prepare("make_issuer_keys")
            figures = run(stack, count)
        finally:
            from django.db import connections

            connections.close_all()
            stack.destroy()
    print(json.dumps(figures))
    wanted = {"certificates": count, "missing": 0, "twice": 0, "distinct_numbers": count}
    wanted |= {"distinct_files": count, "damaged": 0, "last_number": count}
    return 0 if figures["killed_at"] and all(figures[k] == v for k, v in wanted.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
