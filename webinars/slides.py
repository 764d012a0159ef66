"""Slides of a webinar: a job turns the PDF into pictures and text, once for each file."""

from __future__ import annotations

import io
import logging

import pypdfium2
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.documents import get_document_model

from lms.jobs.models import Job
from lms.jobs.queue import enqueue, job_handler
from lms.pdf.pdfium import opened_pdf
from webinars.live import log
from webinars.models.room import Room, Stream
from webinars.models.slides import Slide, SlideDeck
from webinars.pages import Webinar

logger = logging.getLogger(__name__)

WIDTH = 1280
"""Pixels: sharp on a projector, about 40–90 KB a page as WebP."""
MOST_HEIGHT = 2 * WIDTH
"""A page that is longer than twice its width is made smaller as a whole."""
QUALITY = 80
MOST_PAGES = 300


def deck_of(webinar: Webinar) -> SlideDeck | None:
    """The slides made from the webinar's PDF as it is now; None while there are none."""
    if webinar.slides_id is None:
        return None
    return SlideDeck.objects.filter(
        document_id=webinar.slides_id, file_hash=webinar.slides.get_file_hash()
    ).first()


def order_slides(webinar: Webinar) -> None:
    """Let a job make the slides, unless they are made already."""
    if webinar.slides_id is None:
        return
    deck, _created = SlideDeck.objects.get_or_create(
        document_id=webinar.slides_id, file_hash=webinar.slides.get_file_hash()
    )
    if not deck.page_count:
        enqueue("webinars.make_slides", key=str(deck.pk), payload={"deck": deck.pk})


@job_handler("webinars.make_slides")
def make_slides(job: Job) -> None:
    """Render every page; a file that cannot be read leaves its problem on the deck."""
    deck = SlideDeck.objects.filter(pk=job.payload["deck"]).first()
    if deck is None or deck.page_count:
        return
    document = get_document_model().objects.get(pk=deck.document_id)
    with document.open_file() as file:
        content = file.read()
    try:
        pages = rendered(content)
    except pypdfium2.PdfiumError:
        logger.warning("Document %s is no PDF that can be read", document.pk, exc_info=True)
        SlideDeck.objects.filter(pk=deck.pk).update(problem="unreadable")
        return
    with transaction.atomic():
        deck.slides.all().delete()
        for number, (picture, text) in enumerate(pages, 1):
            slide = Slide(deck=deck, number=number, text=text)
            slide.picture.save(f"{deck.pk}-{number}.webp", ContentFile(picture), save=False)
            slide.save()
        SlideDeck.objects.filter(pk=deck.pk).update(page_count=len(pages), problem="")
        _tell_rooms(document.pk, len(pages))


def _tell_rooms(document_id: int, pages: int) -> None:
    """Whoever waits in a room already sees the slides as soon as they are there."""
    rooms = Room.objects.filter(
        webinar_session__webinar__slides_id=document_id, closed_at=None
    ).order_by("pk")
    for room in rooms:
        stream = log.shared_stream(room, Stream.Kind.ROOM)
        log.append(stream=stream, type="slide.ready", data={"pages": pages}, actor=None)


def rendered(pdf: bytes) -> list[tuple[bytes, str]]:
    """Each page as a WebP picture and as its text. Raises PdfiumError for what is no PDF."""
    with opened_pdf(pdf) as document:
        pages = min(len(document), MOST_PAGES)
    return [_rendered_page(pdf, number) for number in range(pages)]


def _rendered_page(pdf: bytes, number: int) -> tuple[bytes, str]:
    """Opened anew for each page, so that others who need PDFium wait for one page, not for all."""
    with opened_pdf(pdf) as document:
        page = document[number]
        image = page.render(scale=_scale_of(page)).to_pil().convert("RGB")
        text = page.get_textpage().get_text_range()
    target = io.BytesIO()
    image.save(target, "WEBP", quality=QUALITY)
    return target.getvalue(), text.replace("\r\n", "\n").replace("\x00", "").strip()


def _scale_of(page: pypdfium2.PdfPage) -> float:
    return min(WIDTH / max(page.get_width(), 1), MOST_HEIGHT / max(page.get_height(), 1))
