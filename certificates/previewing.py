"""What a template would print, as a picture of the very file."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from certificates.facts import Facts, Identity, snapshot_of
from certificates.making import drawn
from certificates.models import CertificateTemplate
from certificates.names import Name
from lms.pdf.fonts import MissingGlyphs
from lms.pdf.pdfium import opened_pdf

USUAL = Name("Иванова Мария Петровна", "Ивановой Марии Петровне", is_confirmed=True)
LONG = Name(
    "Салтыкова-Щедрина Александра Константиновна",
    "Салтыковой-Щедриной Александре Константиновне",
    is_confirmed=True,
)
LONG_PROGRAMME = (
    "Бережная коммуникация в работе специалиста по социальной работе: разговор с человеком "
    "в остром состоянии, отказ без обиды и забота о себе после трудного дня"
)


def sample_facts(template: CertificateTemplate, *, is_long: bool = False) -> Facts:
    name = LONG if is_long else USUAL
    is_honour = template.kind == CertificateTemplate.Kind.HONOUR
    course = template.course
    programme = template.programme or (course.title if course else "Бережная коммуникация")
    hours = template.hours if template.hours is not None else (course.hours if course else 16)
    return Facts(
        name=name.nominative,
        name_dative=name.dative,
        programme="" if is_honour else LONG_PROGRAMME if is_long else programme,
        hours=0 if is_honour else hours,
        completed_on="" if is_honour else (timezone.localdate() - timedelta(days=1)).isoformat(),
        cohort="Осенний поток",
        region="Томская область",
        organisation="Центр социального обслуживания населения",
        position="специалист по социальной работе",
        reason="за терпение, с которым она провела двадцать трудных разговоров этой осени",
    )


def preview_pdf(template: CertificateTemplate, *, is_long: bool = False) -> bytes:
    """The file that a template would give, unsigned. Raises MissingGlyphs."""
    identity = Identity(number="БК-0000-000000", code="0" * 12, issued_at=timezone.now())
    facts = sample_facts(template, is_long=is_long)
    return drawn(snapshot_of(facts, template, identity), template)


def picture(pdf: bytes, *, dots_per_inch: int = 96) -> bytes:
    """The first page as a PNG."""
    with opened_pdf(pdf) as document:
        image = document[0].render(scale=dots_per_inch / 72).to_pil()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def preview_response(
    request: HttpRequest, template: CertificateTemplate, *, is_long: bool
) -> HttpResponse:
    """The page of the CMS's preview panel; what cannot be drawn says why."""
    context: dict = {"template": template}
    if not template.provider_id:
        context["lacks_provider"] = True
    else:
        try:
            png = picture(preview_pdf(template, is_long=is_long), dots_per_inch=120)
            context["picture"] = base64.b64encode(png).decode()
        except MissingGlyphs as error:
            context["missing"] = " ".join(error.characters)
    return render(request, "certificates/cms/preview.html", context)
