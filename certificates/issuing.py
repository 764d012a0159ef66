"""Issuing certificates: once for an enrolment and a template, however often it is asked for."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.codes import grouped, new_code
from certificates.layout import Layout
from certificates.models import Certificate, CertificateTemplate, RegisterCounter
from certificates.render import Fonts, Snapshot, draw
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from lms.jobs.models import Job
from lms.jobs.queue import advance, enqueue, job_handler, record_item

NUMBER_PREFIX = "БК"
JOB_KIND = "certificates.issue"


class NotCompleted(Exception):
    """The course is not completed, so there is nothing to certify."""


class NoTemplate(Exception):
    """No template applies to the course."""


class NameMissing(Exception):
    """The learner has no name to print."""


def fonts() -> Fonts:
    """Golos Text from the npm package."""
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    return Fonts(
        regular=base / "400Regular" / "GolosText_400Regular.ttf",
        bold=base / "700Bold" / "GolosText_700Bold.ttf",
    )


def template_for(enrollment: Enrollment) -> CertificateTemplate:
    """The newest template of the course, else the newest general one. Raises NoTemplate."""
    course_id = enrollment.cohort.course_id
    templates = CertificateTemplate.objects.order_by("-version", "-pk")
    found = templates.filter(course_id=course_id).first() or templates.filter(course=None).first()
    if found is None:
        raise NoTemplate(course_id)
    return found


def issue_certificate(enrollment: Enrollment) -> Certificate:
    """The certificate of a completed enrolment; made on the first call, returned on the others.

    Number, file and row appear in one transaction: a kill at any moment leaves either the whole
    certificate or none (at worst a file that nothing points at). Raises NotCompleted,
    NoTemplate, NameMissing, or ``lms.pdf.fonts.MissingGlyphs``.
    """
    if enrollment.state != EnrollmentState.COMPLETED:
        raise NotCompleted
    if not enrollment.learner.get_full_name():
        raise NameMissing
    template = template_for(enrollment)
    existing = _issued(enrollment, template)
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return _issue(enrollment, template)
    except IntegrityError as error:
        existing = _issued(enrollment, template)
        if existing is None:
            raise error
        return existing


def _issued(enrollment: Enrollment, template: CertificateTemplate) -> Certificate | None:
    return (
        Certificate.objects.filter(enrollment=enrollment, template__code=template.code)
        .exclude(state=Certificate.State.SUPERSEDED)
        .first()
    )


def _issue(enrollment: Enrollment, template: CertificateTemplate) -> Certificate:
    now = timezone.now()
    number = take_number(timezone.localtime(now).year)
    code = new_code()
    snapshot = snapshot_of(enrollment, template, number=number, code=code, issued_at=now)
    pdf = draw(snapshot, Layout(), fonts())
    CertificateTemplate.objects.filter(pk=template.pk, locked_at=None).update(locked_at=now)
    certificate = Certificate(
        number=number,
        code=code,
        enrollment=enrollment,
        template=template,
        snapshot={**vars_of(snapshot), **_further_facts(enrollment)},
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        issued_at=now,
    )
    certificate.pdf.save(f"{certificate.uuid}.pdf", ContentFile(pdf), save=False)
    certificate.save()
    return certificate


def vars_of(snapshot: Snapshot) -> dict[str, str]:
    return {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}


def _further_facts(enrollment: Enrollment) -> dict[str, str | int]:
    """Facts that machines read: they are printed too, but inside sentences."""
    region = enrollment.learner.region
    assert enrollment.completed_at is not None
    return {
        "hours": enrollment.cohort.course.hours,
        "region": region.name if region else "",
        "completed_on": timezone.localtime(enrollment.completed_at).date().isoformat(),
    }


def take_number(year: int) -> str:
    """The next registration number of the year, without gaps; call it inside the transaction."""
    RegisterCounter.objects.get_or_create(year=year)
    counter = RegisterCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{NUMBER_PREFIX}-{year}-{counter.last:06d}"


def snapshot_of(
    enrollment: Enrollment,
    template: CertificateTemplate,
    *,
    number: str,
    code: str,
    issued_at: datetime,
) -> Snapshot:
    """What the certificate will say for ever, in the language of the programme (Russian)."""
    cohort = enrollment.cohort
    assert enrollment.completed_at is not None
    with translation.override(settings.LANGUAGE_CODE), timezone.override(settings.TIME_ZONE):
        hours = cohort.course.hours
        facts = [
            ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
            _("completed on %(date)s") % {"date": _day(enrollment.completed_at)},
        ]
        return Snapshot(
            heading=template.heading,
            body=template.body,
            name=enrollment.learner.get_full_name(),
            course=cohort.course.title,
            facts=" · ".join(filter(None, facts)),
            issuer=template.issuer_name,
            signer_name=template.signer_name,
            signer_position=template.signer_position,
            number=number,
            issued_on=_("Issued on %(date)s") % {"date": _day(issued_at)},
            code=grouped(code),
            url=settings.PUBLIC_URL + reverse("certificates:verify", args=[grouped(code)]),
            number_label="№",
            check_label=_("Check it: %(address)s")
            % {"address": settings.PUBLIC_URL.split("//")[-1] + reverse("certificates:check")},
        )


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j E Y")


def request_certificate(enrollment_id: int) -> Job:
    """Ask a worker to issue the certificate of an enrolment."""
    return enqueue(JOB_KIND, key=str(enrollment_id), payload={"enrollment": enrollment_id}, total=1)


@job_handler(JOB_KIND)
def issue_by_job(job: Job) -> None:
    enrollment = Enrollment.objects.select_related("learner__region", "cohort__course").get(
        pk=job.payload["enrollment"]
    )
    certificate = issue_certificate(enrollment)
    record_item(job, key=str(enrollment.uuid), outcome="issued", message=certificate.number)
    advance(job, done=1, total=1)


def request_missing() -> int:
    """Ask for every certificate that is due and neither issued nor on its way.

    What a process that was killed between a completion and its signal had no time to ask for.
    """
    underway = {job.payload["enrollment"] for job in Job.objects.unfinished().filter(kind=JOB_KIND)}
    given_up = {
        job.payload["enrollment"]
        for job in Job.objects.filter(kind=JOB_KIND, state=Job.State.FAILED)
    }
    due = Enrollment.objects.filter(
        state=EnrollmentState.COMPLETED, certificates=None, learner__is_synthetic=False
    ).values_list("pk", flat=True)
    asked = [pk for pk in due if pk not in underway and pk not in given_up]
    for pk in asked:
        request_certificate(pk)
    return len(asked)
