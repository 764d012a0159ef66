"""Writing letters to people: queued with the change that causes them, sent by a worker."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from lms.jobs.models import Job
from lms.jobs.queue import enqueue, job_handler
from lms.mail.models import Letter
from lms.people.models import User
from lms.people.naming import address


def write_letter(*, to: User, template: str, key: str, context: dict[str, Any]) -> Letter | None:
    """Ask for a letter of ``mail/<template>.{txt,html}`` once per ``key``; sent after commit.

    ``context`` must be JSON. Returns None for people without an address and for demo people,
    who are never written to.
    """
    if not to.email or to.is_synthetic or not to.is_active:
        return None
    with transaction.atomic():
        letter, created = Letter.objects.get_or_create(
            key=key, defaults={"recipient": to, "template": template, "context": context}
        )
        if created:
            enqueue("mail.letter", key=str(letter.pk), payload={"letter": letter.pk})
    return letter


@job_handler("mail.letter")
def send_letter(job: Job) -> None:
    """Send one letter; a letter already marked as sent is left alone."""
    letter = Letter.objects.select_related("recipient").get(pk=job.payload["letter"])
    if letter.sent_at:
        return
    person = letter.recipient
    if not person.email:  # taken away since the letter was asked for
        return
    with translation.override(person.locale):
        context = {**letter.context, "person": person, "address": address(person)}
        text = render_to_string(f"mail/{letter.template}.txt", context).strip()
        html = render_to_string(f"mail/{letter.template}.html", context)
        subject = render_to_string(f"mail/{letter.template}.subject.txt", context).strip()
    message = EmailMultiAlternatives(subject=subject, body=text, to=[person.email])
    message.attach_alternative(html, "text/html")
    message.send()
    letter.sent_at = timezone.now()
    letter.context = {}  # a link in it lets in whoever holds it: do not keep it
    letter.save(update_fields=["sent_at", "context"])
