"""Writing letters to people: queued with the change that causes them, sent by a worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from email.mime.text import MIMEText
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from lms.jobs.models import Job
from lms.jobs.queue import enqueue, job_handler
from lms.mail.models import Letter
from lms.people.models import User
from lms.people.naming import address


@dataclass(frozen=True)
class Attachment:
    """A text file that goes with a letter. ``parameters`` belong to its type: ``method``."""

    name: str
    text: str
    subtype: str = "plain"
    parameters: dict[str, str] = field(default_factory=dict)


def write_letter(
    *,
    to: User,
    template: str,
    key: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
    attachment: Attachment | None = None,
) -> Letter | None:
    """Ask for a letter of ``mail/<template>.{txt,html}`` once per ``key``; sent after commit.

    ``context`` must be JSON. Returns None for people without an address and for demo people,
    who are never written to.
    """
    if not to.email or to.is_synthetic or not to.is_active:
        return None
    with transaction.atomic():
        letter, created = Letter.objects.get_or_create(
            key=key,
            defaults={
                "recipient": to,
                "template": template,
                "context": context,
                "headers": headers or {},
                "attachment": asdict(attachment) if attachment else {},
            },
        )
        if created:
            enqueue("mail.letter", key=str(letter.pk), payload={"letter": letter.pk})
    return letter


@job_handler("mail.letter")
def send_letter(job: Job) -> None:
    """Send one letter; a letter already marked as sent is left alone."""
    letter = Letter.objects.select_related("recipient").get(pk=job.payload["letter"])
    if not letter.sent_at:
        send(letter)


def send(letter: Letter, *, connection: BaseEmailBackend | None = None) -> None:
    """Send a letter and forget what stood in it."""
    person = letter.recipient
    if not person.email:  # taken away since the letter was asked for
        return
    with translation.override(person.locale):
        context = {**letter.context, "person": person, "address": address(person)}
        text = render_to_string(f"mail/{letter.template}.txt", context).strip()
        html = render_to_string(f"mail/{letter.template}.html", context)
        subject = render_to_string(f"mail/{letter.template}.subject.txt", context).strip()
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[person.email],
        headers=letter.headers,
        connection=connection,
    )
    message.attach_alternative(html, "text/html")
    if letter.attachment:
        message.attach(_part(Attachment(**letter.attachment)))
    message.send()
    letter.sent_at = timezone.now()
    letter.context = {}  # a link in it lets in whoever holds it: do not keep it
    letter.headers, letter.attachment = {}, {}
    letter.save(update_fields=["sent_at", "context", "headers", "attachment"])


def _part(attachment: Attachment) -> MIMEText:
    """The attachment as mail programs know it: a calendar's ``method`` stands in its type."""
    part = MIMEText(attachment.text, attachment.subtype, "utf-8")
    for name, value in attachment.parameters.items():
        part.set_param(name, value)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part
