"""Issuing certificates of courses: once for a learner, a cohort and a template."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from certificates.facts import facts_of
from certificates.making import Holder, check_printable, make_certificate
from certificates.models import Certificate, CertificateTemplate, PrintedName
from certificates.models.template import LEAST_HOURS
from certificates.names import WAIT, Name, in_one_line, printable_name
from certificates.problems import (
    IssueProblem,
    LicenceMissing,
    NameMissing,
    NotCompleted,
    NoTemplate,
    NotOfThisCourse,
    TemplateIsDraft,
    TemplateWithdrawn,
    TooFewHours,
    in_words,
)
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from lms.jobs.models import Job, JobItem
from lms.jobs.queue import advance, enqueue, job_handler, record_item
from lms.people.models import User

JOB_KIND = "certificates.issue"
ISSUED, REFUSED = "issued", "refused"
"""Outcomes of one person in a job."""
TRY_REFUSED_AGAIN_AFTER = timedelta(days=1)


def template_for(enrollment: Enrollment) -> CertificateTemplate:
    """The newest template in use of the course, else the newest general one.

    Raises NoTemplate, or TemplateWithdrawn: what was withdrawn is not replaced by another silently.
    """
    used = CertificateTemplate.objects.of_courses().put_to_use().select_related("provider")
    used = used.order_by("-version", "-pk")
    course_id = enrollment.cohort.course_id
    found = used.filter(course_id=course_id).first() or used.filter(course=None).first()
    if found is None:
        raise NoTemplate(course_id)
    if found.state == CertificateTemplate.State.WITHDRAWN:
        raise TemplateWithdrawn(found)
    return found


def check_template(template: CertificateTemplate, enrollment: Enrollment) -> None:
    """Whether ``template`` may be used for the enrolment today. Raises an IssueProblem."""
    if template.state == CertificateTemplate.State.WITHDRAWN:
        raise TemplateWithdrawn(template)
    if template.state == CertificateTemplate.State.DRAFT:
        raise TemplateIsDraft(template)
    course = enrollment.cohort.course
    is_of_others = template.course_id not in (None, course.pk)
    if is_of_others or template.kind == CertificateTemplate.Kind.HONOUR:
        raise NotOfThisCourse(template)
    if template.kind == CertificateTemplate.Kind.QUALIFICATION:
        if not template.provider.is_licensed_on(timezone.localdate()):
            raise LicenceMissing(template.provider)
        if (course.hours if template.hours is None else template.hours) < LEAST_HOURS:
            raise TooFewHours(template)


def check_issue(
    enrollment: Enrollment, template: CertificateTemplate, name: Name | None = None
) -> None:
    """Whether everything is there for a certificate; nothing is written. Raises an IssueProblem."""
    if enrollment.state != EnrollmentState.COMPLETED:
        raise NotCompleted(enrollment.pk)
    check_template(template, enrollment)
    if not in_one_line(enrollment.learner.get_full_name()):
        raise NameMissing(enrollment.learner_id)
    name = name or printable_name(enrollment.learner)
    check_printable(facts_of(enrollment, template, name), template)


def issue_certificate(
    enrollment: Enrollment,
    *,
    template: CertificateTemplate | None = None,
    actor: User | None = None,
) -> Certificate:
    """The certificate of a completed enrolment; made on the first call, returned on the others.

    Without ``template`` the course's own; then a certificate of an older version counts as issued.
    Raises an IssueProblem, or what storing and signing raise; then nothing was issued.
    """
    is_own_choice = template is not None
    template = template or template_for(enrollment)
    existing = issued_before(enrollment, template, this_version=is_own_choice)
    if existing is not None:
        return existing
    check_issue(enrollment, template)
    try:
        return make_certificate(
            purpose=f"issue:{enrollment.learner_id}:{enrollment.cohort_id}:{template.pk}",
            holder=Holder(enrollment.learner, enrollment.cohort, enrollment),
            facts=facts_of(enrollment, template, printable_name(enrollment.learner)),
            template=template,
            actor=actor,
        )
    except IntegrityError:
        existing = issued_before(enrollment, template, this_version=True)
        if existing is None:
            raise
        return existing


def issued_before(
    enrollment: Enrollment, template: CertificateTemplate, *, this_version: bool
) -> Certificate | None:
    """The newest certificate that was issued for the same, whatever its state."""
    same = Q(template=template) if this_version else Q(template__code=template.code)
    return (
        Certificate.objects.filter(
            same, learner_id=enrollment.learner_id, cohort_id=enrollment.cohort_id
        )
        .standing()
        .order_by("-pk")
        .first()
    )


def request_certificate(enrollment_id: int, *, requested_by: User | None = None) -> Job:
    """Ask a worker to issue the certificate of an enrolment."""
    return enqueue(
        JOB_KIND,
        key=str(enrollment_id),
        payload={"enrollment": enrollment_id},
        total=1,
        requested_by=requested_by,
    )


def request_when_named(enrollment_id: int) -> Job | None:
    """After a completion: ask at once if the person has agreed to their name; else it waits."""
    enrollment = Enrollment.objects.select_related("learner").get(pk=enrollment_id)
    if printable_name(enrollment.learner).is_confirmed:
        return request_certificate(enrollment_id)
    return None


def for_job(pk: int) -> Enrollment:
    return Enrollment.objects.select_related(
        "learner__region", "learner__organisation", "cohort__course"
    ).get(pk=pk)


@job_handler(JOB_KIND)
def issue_by_job(job: Job) -> None:
    enrollment = for_job(job.payload["enrollment"])
    with translation.override(settings.LANGUAGE_CODE):
        try:
            certificate = issue_certificate(enrollment)
        except IssueProblem as problem:
            record_item(job, key=str(enrollment.uuid), outcome=REFUSED, message=in_words(problem))
        else:
            record_item(job, key=str(enrollment.uuid), outcome=ISSUED, message=certificate.number)
    advance(job, done=1, total=1)


def waiting_for_certificate() -> list[int]:
    """Completed enrolments whose certificate is due: its name was agreed to, or waited for enough.

    What is on its way, and what was refused less than a day ago, is left out.
    """
    now = timezone.now()
    due = Enrollment.objects.filter(
        ~Exists(
            Certificate.objects.filter(
                learner_id=OuterRef("learner_id"), cohort_id=OuterRef("cohort_id")
            )
        ),
        Exists(PrintedName.objects.filter(learner_id=OuterRef("learner_id")))
        | Q(completed_at__lt=now - WAIT),
        state=EnrollmentState.COMPLETED,
        learner__is_synthetic=False,
    ).values_list("pk", "uuid")
    underway = {job.payload["enrollment"] for job in Job.objects.unfinished().filter(kind=JOB_KIND)}
    since = now - TRY_REFUSED_AGAIN_AFTER
    recent = Job.objects.filter(kind=JOB_KIND, finished_at__gt=since)
    failed = {job.payload["enrollment"] for job in recent.filter(state=Job.State.FAILED)}
    refused = set(
        JobItem.objects.filter(job__in=recent, outcome=REFUSED).values_list("key", flat=True)
    )
    left_out = underway | failed
    return [pk for pk, uuid in due if pk not in left_out and str(uuid) not in refused]


def request_missing() -> int:
    """Ask for every certificate that is due and neither issued nor on its way.

    What a process that was killed between a completion and its signal had no time to ask for, and
    what has waited for the name to be looked at.
    """
    waiting = waiting_for_certificate()
    for pk in waiting:
        request_certificate(pk)
    return len(waiting)
