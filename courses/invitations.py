"""Invitations: a link in a letter that lets an enrolled person in, once and for a time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment, Invitation
from lms.mail.letters import write_letter
from lms.people.models import User


class InvitationUnknown(Exception):
    """No invitation has this token: it was mistyped or cut off by a mail program."""


class InvitationExpired(Exception):
    """Its time is over, it was used, the enrolment is closed, or the address has changed since."""


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(enrollment: Enrollment) -> str:
    """Make a new link for the enrolment, write the letter with it, and return its address.

    Earlier links of the same enrolment stop working. The token itself is only in the letter.
    """
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    enrollment.invitations.filter(accepted_at__isnull=True).update(expires_at=now)
    invitation = Invitation.objects.create(
        enrollment=enrollment,
        token_hash=hash_of(token),
        sent_to=enrollment.learner.email or "",
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    link = settings.PUBLIC_URL + reverse("courses:invitation", args=[token])
    write_letter(
        to=enrollment.learner,
        template="invitation",
        key=f"invitation:{invitation.pk}",
        context={
            "link": link,
            "course": enrollment.cohort.course.title,
            "cohort": enrollment.cohort.title,
            "starts_at": enrollment.cohort.starts_at.isoformat(),
            "days": settings.INVITATION_DAYS,
        },
    )
    return link


def find_invitation(token: str) -> Invitation:
    """The usable invitation of ``token``. Raises InvitationUnknown or InvitationExpired."""
    try:
        invitation = Invitation.objects.select_related(
            "enrollment__learner", "enrollment__cohort__course"
        ).get(token_hash=hash_of(token))
    except Invitation.DoesNotExist:
        raise InvitationUnknown from None
    is_over = invitation.accepted_at is not None or invitation.expires_at <= timezone.now()
    was_sent_elsewhere = invitation.sent_to != (invitation.enrollment.learner.email or "")
    if (
        is_over
        or was_sent_elsewhere
        or not invitation.enrollment.is_open
        or not invitation.enrollment.learner.is_active
    ):
        raise InvitationExpired
    return invitation


@transaction.atomic
def accept_invitation(token: str) -> Enrollment:
    """Use the link: the enrolment becomes active and the e-mail address counts as confirmed.

    Whoever holds the link reads the mailbox it was sent to, which is what confirming means.
    Raises InvitationUnknown or InvitationExpired; of two uses at once one wins, and a withdrawal
    at the same moment is not undone.
    """
    invitation = find_invitation(token)
    Enrollment.objects.select_for_update().get(pk=invitation.enrollment_id)
    invitation = find_invitation(token)
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(
        accepted_at=timezone.now()
    )
    if not used:
        raise InvitationExpired
    enrollment = invitation.enrollment
    learner = enrollment.learner
    if enrollment.state == EnrollmentState.INVITED:
        move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="invitation", actor=learner)
    confirm_address(learner)
    return enrollment


def confirm_address(user: User) -> None:
    """The person's e-mail address is theirs: make it their one primary, verified address."""
    if not user.email:
        return
    EmailAddress.objects.filter(user=user, primary=True).exclude(email=user.email).update(
        primary=False
    )
    EmailAddress.objects.filter(email=user.email).exclude(user=user).delete()  # a stale claim
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def signs_in_by_link(user: User) -> bool:
    """Whether the link alone lets the person in.

    Staff, and whoever has set a password or a second factor, prove who they are as always.
    """
    return not (user.is_staff or user.has_usable_password() or is_mfa_enabled(user))
