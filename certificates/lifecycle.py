"""What happens to a certificate after its issue; each step with a reason, a person, an audit."""

from __future__ import annotations

from dataclasses import replace as changed

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.facts import Facts, facts_in
from certificates.making import Holder, ReplacedMeanwhile, make_certificate
from certificates.models import Certificate, CertificateEvent, ReasonClass
from certificates.names import printable_name
from lms.people.models import User

Action = CertificateEvent.Action
State = Certificate.State

REASONS: dict[str, list[ReasonClass]] = {
    Action.SUSPENDED: [ReasonClass.UNDER_REVIEW, ReasonClass.HOLDER_ASKED],
    Action.RESTORED: [ReasonClass.REVIEW_ENDED, ReasonClass.HOLDER_ASKED],
    Action.REVOKED: [
        ReasonClass.ISSUED_IN_ERROR,
        ReasonClass.NOT_COMPLETED,
        ReasonClass.FALSE_FACTS,
        ReasonClass.HOLDER_ASKED,
    ],
    Action.REPLACED: [ReasonClass.NAME_CHANGED, ReasonClass.CORRECTED],
    Action.DUPLICATED: [ReasonClass.LOST, ReasonClass.DAMAGED],
}
"""The reasons that may be told of each step."""
ALLOWED: dict[str, list[str]] = {
    State.ISSUED: [Action.SUSPENDED, Action.REVOKED, Action.REPLACED, Action.DUPLICATED],
    State.SUSPENDED: [Action.RESTORED, Action.REVOKED],
    State.REVOKED: [],
    State.SUPERSEDED: [],
}
"""What may be done in each state. Revoked and superseded are final."""
_STATE_AFTER = {
    Action.SUSPENDED: State.SUSPENDED,
    Action.RESTORED: State.ISSUED,
    Action.REVOKED: State.REVOKED,
}


class LifecycleProblem(Exception):
    """The step cannot be taken; ``words`` says why."""

    words: str | Promise = ""


class WrongState(LifecycleProblem):
    """The certificate is not in a state that allows the step."""

    words = ReplacedMeanwhile.words


class ReasonMissing(LifecycleProblem):
    words = _("Choose the reason, and tell it in words of your own too.")


def check_reason(action: str, reason_class: str, reason: str) -> None:
    """Raises ReasonMissing."""
    if reason_class not in REASONS[action] or not reason.strip():
        raise ReasonMissing


def change_state(
    certificate: Certificate,
    action: str,
    *,
    actor: User | None = None,
    source: str = "",
    reason_class: str,
    reason: str,
) -> Certificate:
    """Suspend, restore or revoke: a person (``actor``), or a system (``source``).

    Raises WrongState or ReasonMissing; then nothing changes.
    """
    check_reason(action, reason_class, reason)
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if action not in _STATE_AFTER or action not in ALLOWED[locked.state]:
            raise WrongState
        locked.state = _STATE_AFTER[Action(action)]
        locked.changed_at = timezone.now()
        locked.reason_class = reason_class
        locked.save(update_fields=["state", "changed_at", "reason_class"])
        CertificateEvent.objects.create(
            certificate=locked,
            action=action,
            reason_class=reason_class,
            reason=reason.strip(),
            actor=actor,
            source=source,
            at=locked.changed_at,
        )
    return locked


def supersede(
    certificate: Certificate,
    action: str,
    *,
    actor: User,
    reason_class: str,
    reason: str,
    programme: str = "",
    hours: int | None = None,
) -> Certificate:
    """A new certificate in the place of this one: corrected, or a duplicate.

    A duplicate says the same. A correction takes the name from the profile as it is now, and the
    programme and hours that were given. Raises WrongState, ReasonMissing, an IssueProblem, or what
    storing and signing raise; then the old one stays as it is.
    """
    check_reason(action, reason_class, reason)
    if action not in (Action.REPLACED, Action.DUPLICATED):
        raise WrongState
    current = Certificate.objects.select_related(
        "learner", "cohort", "enrollment", "template__provider"
    ).get(pk=certificate.pk)
    if action not in ALLOWED[current.state]:
        raise WrongState
    facts = facts_in(current.snapshot)
    if action == Action.REPLACED:
        name = printable_name(current.learner)
        facts = changed(facts, name=name.nominative, name_dative=name.dative)
        if programme.strip():
            facts = changed(facts, programme=programme.strip())
        if hours is not None:
            facts = changed(facts, hours=hours)
    try:
        return _made(current, action, facts, actor, reason_class, reason.strip())
    except ReplacedMeanwhile as meanwhile:
        raise WrongState from meanwhile


def _made(
    current: Certificate, action: str, facts: Facts, actor: User, reason_class: str, reason: str
) -> Certificate:
    return make_certificate(
        purpose=f"replace:{current.pk}",
        holder=Holder(current.learner, current.cohort, current.enrollment),
        facts=facts,
        template=current.template,
        actor=actor,
        reason_class=reason_class,
        reason=reason,
        is_duplicate=action == Action.DUPLICATED,
        replaces=current,
    )
