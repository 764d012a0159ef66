"""Awards and thanks: nominated by people, decided by the region, given with consent."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.facts import facts_of_award
from certificates.making import Holder, check_printable, make_certificate
from certificates.models import Award, Certificate, CertificateTemplate, RegisterEntry
from certificates.names import printable_name
from certificates.problems import NoTemplate
from courses.models import Enrollment
from lms.jobs.models import Job
from lms.jobs.queue import advance, enqueue, job_handler
from lms.mail.letters import write_letter
from lms.people.models import Role, User

JOB_KIND = "certificates.award"
SHORTEST_REASON = 20
"""Letters: «молодец» says nothing of what the person did."""


class HonourProblem(Exception):
    """The step cannot be taken; ``words`` says why."""

    words = _("This is not possible now.")


class NotAColleague(HonourProblem):
    words = _("You can nominate people whom you work, learn or teach with.")


class NominatedAlready(HonourProblem):
    words = _("You have nominated this person already; the decision is still to come.")


class ReasonTooShort(HonourProblem):
    words = _("Tell in a sentence or two what the person did, so that others can learn from it.")


class DecidedAlready(HonourProblem):
    words = _("It was decided meanwhile.")


class HasNoRegion(HonourProblem):
    words = _("This person belongs to no region yet, so nobody could decide.")


def colleagues_of(user: User) -> QuerySet[User]:
    """Whom a person may nominate: their organisation, their cohorts, whom they teach, their region
    as its coordinator. Never themselves, never people made up for a demo."""
    everyone = User.objects.filter(is_active=True, is_synthetic=False).exclude(pk=user.pk)
    if user.is_administrator or user.has_role(Role.METHODOLOGIST):
        return everyone
    mine = Enrollment.objects.filter(learner=user).studying().order_by().values("cohort")
    taught = user.trained_cohorts.order_by().values("pk")
    together = Enrollment.objects.studying().filter(Q(cohort__in=mine) | Q(cohort__in=taught))
    known = Q(pk__in=together.order_by().values("learner"))
    known |= Q(region__in=user.coordinated_regions())
    if user.organisation_id:
        known |= Q(organisation=user.organisation_id)
    return everyone.filter(known)


def nominate(*, by: User, nominee: User, kind: str, reason: str) -> Award:
    """Propose an award. Raises a HonourProblem; then nothing is written."""
    reason = " ".join(reason.split())
    if not colleagues_of(by).filter(pk=nominee.pk).exists():
        raise NotAColleague
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort
    if nominee.region is None:
        raise HasNoRegion
    try:
        with transaction.atomic():
            return Award.objects.create(
                nominee=nominee,
                nominated_by=by,
                kind=kind,
                region=nominee.region,
                reason=reason[:400],
            )
    except IntegrityError as error:
        raise NominatedAlready from error


@transaction.atomic
def decide(award: Award, *, actor: User, supports: bool, note: str = "") -> Award:
    """Support a nomination, which asks the person for consent; or not. Raises DecidedAlready."""
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if locked.state != Award.State.PROPOSED:
        raise DecidedAlready
    locked.state = Award.State.OFFERED if supports else Award.State.DECLINED
    locked.decided_by, locked.decided_at = actor, timezone.now()
    locked.note = " ".join(note.split())[:400]
    locked.save(update_fields=["state", "decided_by", "decided_at", "note"])
    if supports:
        write_letter(
            to=locked.nominee,
            template="honour_offered",
            key=f"honour:{locked.uuid}",
            context={
                "reason": locked.reason,
                "link": settings.PUBLIC_URL + reverse("certificates:my_honours"),
            },
        )
    return locked


@transaction.atomic
def answer(award: Award, *, agrees: bool, is_shown: bool) -> Award:
    """The person's consent, or their refusal. Raises DecidedAlready."""
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if locked.state != Award.State.OFFERED:
        raise DecidedAlready
    locked.state = Award.State.AGREED if agrees else Award.State.REFUSED
    locked.agreed_at = timezone.now() if agrees else None
    locked.is_shown = agrees and is_shown
    locked.save(update_fields=["state", "agreed_at", "is_shown"])
    if agrees:
        enqueue(JOB_KIND, key=str(locked.uuid), payload={"award": locked.pk}, total=1)
    return locked


@transaction.atomic
def show(award: Award, *, is_shown: bool) -> None:
    """The person changes their mind about the region's page, at any time."""
    locked = Award.objects.select_for_update().get(pk=award.pk)
    if locked.state != Award.State.AGREED:
        raise DecidedAlready
    locked.is_shown = is_shown
    locked.save(update_fields=["is_shown"])


def template_of(kind: str) -> CertificateTemplate:
    """The newest template in use for the kind of award, else any of awards. Raises NoTemplate."""
    in_use = CertificateTemplate.objects.filter(
        kind=CertificateTemplate.Kind.HONOUR, state=CertificateTemplate.State.ACTIVE
    ).select_related("provider")
    in_use = in_use.order_by("-version", "-pk")
    found = in_use.filter(code=kind).first() or in_use.first()
    if found is None:
        raise NoTemplate(kind)
    return found


def issue_award(award: Award) -> Certificate:
    """The certificate of an award that its person agreed to; the same on every call.

    Raises an IssueProblem, or what storing and signing raise; then nothing was issued.
    """
    if award.certificate is not None:
        return award.certificate
    facts = facts_of_award(award.nominee, printable_name(award.nominee), reason=award.reason)
    template = template_of(award.kind)
    check_printable(facts, template)
    purpose = f"award:{award.pk}"
    certificate = made_before(purpose) or make_certificate(
        purpose=purpose,
        holder=Holder(award.nominee),
        facts=facts,
        template=template,
        actor=award.decided_by,
    )
    Award.objects.filter(pk=award.pk, certificate=None).update(certificate=certificate)
    award.certificate = certificate
    return certificate


def made_before(purpose: str) -> Certificate | None:
    """What a worker made that died before it could say so."""
    uuids = RegisterEntry.objects.filter(purpose=purpose).values("uuid")
    return Certificate.objects.filter(uuid__in=uuids).first()


@job_handler(JOB_KIND)
def issue_award_by_job(job: Job) -> None:
    award = Award.objects.select_related(
        "nominee__region", "nominee__organisation", "certificate", "decided_by"
    ).get(pk=job.payload["award"])
    if award.state == Award.State.AGREED:
        issue_award(award)
    advance(job, done=1, total=1)
