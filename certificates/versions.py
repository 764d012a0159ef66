"""The life of a template: draft, in use, withdrawn; and the version that comes next."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from certificates.models import CertificateTemplate


class NotADraft(Exception):
    """Only a draft is put to use."""


class NotInUse(Exception):
    """Only what is in use is withdrawn or put to use again."""


@transaction.atomic
def next_version(template: CertificateTemplate) -> CertificateTemplate:
    """A draft with the same words and look under the next number; an unfinished draft is it."""
    same = CertificateTemplate.objects.select_for_update().filter(code=template.code)
    draft = same.filter(state=CertificateTemplate.State.DRAFT).order_by("-version").first()
    if draft is not None:
        return draft
    newest = same.aggregate(newest=Max("version"))["newest"]
    made = CertificateTemplate.objects.get(pk=template.pk)
    made.pk = None
    made._state.adding = True
    made.version = newest + 1
    made.state = CertificateTemplate.State.DRAFT
    made.locked_at = None
    made.save()
    return made


def put_to_use(template: CertificateTemplate) -> None:
    """Issue with it from now on. Raises NotADraft, or ValidationError for what may not be printed.

    The older versions stay as they are: they no longer apply because this one is newer.
    """
    if template.state != CertificateTemplate.State.DRAFT:
        raise NotADraft(template)
    template.full_clean()
    template.state = CertificateTemplate.State.ACTIVE
    template.save(update_fields=["state"])


def withdraw(template: CertificateTemplate) -> None:
    """Issue nothing with it any more; what was issued stays valid. Raises NotInUse."""
    if template.state != CertificateTemplate.State.ACTIVE:
        raise NotInUse(template)
    template.state = CertificateTemplate.State.WITHDRAWN
    template.save(update_fields=["state"])
