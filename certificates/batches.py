"""Certificates for a whole cohort: who would get one, the order itself, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import translation

from certificates.issuing import (
    ISSUED,
    REFUSED,
    check_issue,
    for_job,
    issue_certificate,
)
from certificates.models import Certificate, CertificateTemplate, IssueBatch, PrintedName
from certificates.names import Name, name_from
from certificates.problems import IssueProblem, in_words
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Enrollment
from lms.jobs.models import Job, JobItem
from lms.jobs.queue import advance, enqueue, job_handler, record_item
from lms.people.models import User

JOB_KIND = "certificates.batch"
PART = 25
"""People in one job: small enough that several workers share a cohort evenly."""
FAILED = "failed"
"""The outcome of a fault that is tried again: a full disk, a key that is missing."""


class PartUnfinished(Exception):
    """Some people of the part met a fault of the installation; the job runs again later."""


@dataclass(frozen=True)
class Candidate:
    """One person of a cohort, and what is in the way of their certificate."""

    enrollment: Enrollment
    certificate: Certificate | None
    problem: str
    is_name_confirmed: bool

    @property
    def is_ready(self) -> bool:
        return self.certificate is None and not self.problem


def candidates(cohort: Cohort, template: CertificateTemplate) -> list[Candidate]:
    """Everyone of the cohort who completed it, by name, checked as the issue itself checks."""
    enrollments = (
        cohort.enrollments.filter(state=EnrollmentState.COMPLETED)
        .select_related("learner__region", "learner__organisation", "cohort__course")
        .order_by("learner__family_name", "learner__given_name", "pk")
    )
    issued = {
        certificate.learner_id: certificate
        for certificate in Certificate.objects.filter(cohort=cohort, template=template).standing()
    }
    kept = {
        name.learner_id: name
        for name in PrintedName.objects.filter(learner__in=enrollments.order_by().values("learner"))
    }
    return [
        _candidate(
            enrollment,
            template,
            name_from(enrollment.learner, kept.get(enrollment.learner_id)),
            issued.get(enrollment.learner_id),
        )
        for enrollment in enrollments
    ]


def _candidate(
    enrollment: Enrollment,
    template: CertificateTemplate,
    name: Name,
    existing: Certificate | None,
) -> Candidate:
    problem = ""
    if existing is None:
        try:
            check_issue(enrollment, template, name)
        except IssueProblem as found:
            problem = in_words(found)
    return Candidate(enrollment, existing, problem, name.is_confirmed)


@transaction.atomic
def start_batch(
    *,
    cohort: Cohort,
    template: CertificateTemplate,
    enrollments: Sequence[Enrollment],
    actor: User | None,
) -> IssueBatch:
    """Order the certificates of these people. Ordering twice issues nothing twice."""
    batch = IssueBatch.objects.create(cohort=cohort, template=template, requested_by=actor)
    ids = [enrollment.pk for enrollment in enrollments]
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        job = enqueue(
            JOB_KIND,
            key=f"{batch.uuid}:{start}",
            payload={"batch": batch.pk, "enrollments": part},
            total=len(part),
            requested_by=actor,
        )
        batch.jobs.add(job)
    return batch


@job_handler(JOB_KIND)
def issue_part(job: Job) -> None:
    """Issue one after another. A problem of one person is theirs; a fault is tried again."""
    batch = IssueBatch.objects.select_related("template__provider", "requested_by").get(
        pk=job.payload["batch"]
    )
    faults = 0
    with translation.override(settings.LANGUAGE_CODE):
        for done, pk in enumerate(job.payload["enrollments"], start=1):
            enrollment = for_job(pk)
            outcome, message = _issued(enrollment, batch)
            faults += outcome == FAILED
            record_item(job, key=str(enrollment.uuid), outcome=outcome, message=message)
            advance(job, done=done)
    if faults:
        raise PartUnfinished(f"{faults} of {len(job.payload['enrollments'])}")


def _issued(enrollment: Enrollment, batch: IssueBatch) -> tuple[str, str]:
    try:
        certificate = issue_certificate(
            enrollment, template=batch.template, actor=batch.requested_by
        )
    except IssueProblem as problem:
        return REFUSED, in_words(problem)
    except Exception as fault:
        return FAILED, in_words(fault)
    return ISSUED, certificate.number


@dataclass(frozen=True)
class Progress:
    total: int
    counts: dict[str, int]
    rows: list[tuple[Enrollment, JobItem | None]]
    is_finished: bool
    tried_again_at: object | None
    """When the next try of what met a fault is due, if any is."""

    @property
    def done(self) -> int:
        return self.counts[ISSUED] + self.counts[REFUSED]


def progress_of(batch: IssueBatch) -> Progress:
    """How far the batch is, with what became of each person; five queries, however many."""
    jobs = list(batch.jobs.order_by("pk"))
    ids = [pk for job in jobs for pk in job.payload["enrollments"]]
    people = (
        Enrollment.objects.filter(pk__in=ids)
        .select_related("learner")
        .order_by("learner__family_name", "learner__given_name", "pk")
    )
    items = {item.key: item for item in JobItem.objects.filter(job__in=jobs)}
    rows = [(enrollment, items.get(str(enrollment.uuid))) for enrollment in people]
    counts = dict.fromkeys([ISSUED, REFUSED, FAILED], 0)
    for item in items.values():
        counts[item.outcome] += 1
    ended = {Job.State.SUCCEEDED, Job.State.FAILED}
    pauses = [job.not_before for job in jobs if job.state == Job.State.QUEUED and job.not_before]
    return Progress(
        total=len(ids),
        counts=counts,
        rows=rows,
        is_finished=all(job.state in ended for job in jobs),
        tried_again_at=min(pauses, default=None),
    )


def certificates_of(batch: IssueBatch) -> Iterator[Certificate]:
    """The issued certificates of the batch, as they stand now."""
    ids = [pk for job in batch.jobs.all() for pk in job.payload["enrollments"]]
    return (
        Certificate.objects.filter(enrollment__in=ids, template=batch.template)
        .standing()
        .order_by("number")
        .iterator(chunk_size=200)
    )
