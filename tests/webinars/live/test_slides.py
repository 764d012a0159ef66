"""Slides: a PDF becomes pictures and text, for those who may be in the room."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from wagtail.documents import get_document_model

from frontend.media import FOR_SIGNED_IN
from lms.jobs import queue
from lms.jobs.models import Job
from tests.factories import UserFactory
from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, seen_by
from webinars import slides
from webinars.models import SlideDeck
from webinars.sessions import close_session

pytestmark = pytest.mark.django_db


def pdf(*texts: str, size: tuple[int, int] = (960, 540)) -> bytes:
    """A page with each text."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size)
    for text in texts:
        canvas.drawString(50, 50, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def document(content: bytes):
    return get_document_model().objects.create(
        title="Слайды", file=ContentFile(content, name="slides.pdf")
    )


def meeting_with(content: bytes):
    """A webinar whose slides are ordered, and the job that makes them has run."""
    meeting = make_meeting(slides=document(content))
    slides.order_slides(meeting.session.webinar)
    make_them()
    return meeting


def make_them() -> None:
    for job in Job.objects.filter(kind="webinars.make_slides"):
        queue.run(job.pk)


def listed(client, meeting):
    return client.get(f"/rooms/{meeting.room.uuid}/slides")


# --- Making them ------------------------------------------------------------------------------
def test_every_page_becomes_a_picture_and_its_text():
    deck = slides.deck_of(meeting_with(pdf("First do no harm", "Then listen")).session.webinar)
    assert (deck.page_count, deck.problem) == (2, "")
    made = list(deck.slides.all())
    assert [(slide.number, slide.text) for slide in made] == [
        (1, "First do no harm"), (2, "Then listen"),
    ]  # fmt: skip
    with Image.open(made[0].picture) as picture:
        assert (picture.format, picture.size) == ("WEBP", (1280, 720))


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((1, 14_400), (1, 2560)),
        ((14_400, 1), (1280, 1)),
        ((595, 842), (1280, 1812)),
        ((300, 1200), (640, 2560)),
    ],
)
def test_a_page_of_any_shape_becomes_a_picture_that_can_be_shown(size, made):
    ((content, _text),) = slides.rendered(pdf("", size=size))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == made


def test_the_room_knows_how_many_there_are():
    meeting = meeting_with(pdf("1", "2", "3"))
    assert seen_by(meeting, meeting.learners[0])["stage"]["slide"]["pages"] == 3
    done(meeting, meeting.trainer, "slide.move", page=3)


def test_publishing_orders_the_slides_once_for_each_file():
    meeting = make_meeting(slides=document(pdf("1")))
    webinar = meeting.session.webinar
    for _again in range(2):
        webinar.save_revision().publish()
    assert Job.objects.filter(kind="webinars.make_slides").count() == 1
    make_them()
    webinar.save_revision().publish()
    assert Job.objects.filter(kind="webinars.make_slides").count() == 1
    webinar.slides = document(pdf("Other"))
    webinar.save_revision().publish()
    make_them()
    webinar.refresh_from_db()
    assert [slide.text for slide in slides.deck_of(webinar).slides.all()] == ["Other"]
    assert SlideDeck.objects.count() == 2


def test_a_webinar_without_slides_orders_nothing():
    make_meeting().session.webinar.save_revision().publish()
    assert not Job.objects.filter(kind="webinars.make_slides").exists()


@pytest.mark.parametrize("content", [b"", b"no PDF at all", b"%PDF-1.7\n%%EOF", pdf("x")[:200]])
def test_a_file_that_cannot_be_read_leaves_its_problem(content, client_of):
    meeting = meeting_with(content)
    deck = slides.deck_of(meeting.session.webinar)
    assert (deck.page_count, deck.problem) == (0, "unreadable")
    assert Job.objects.get(kind="webinars.make_slides").state == "succeeded"
    assert listed(client_of(meeting.learners[0]), meeting).json() == {"slides": []}


def test_a_job_that_runs_again_changes_nothing():
    meeting = meeting_with(pdf("1"))
    deck = slides.deck_of(meeting.session.webinar)
    before = list(deck.slides.values_list("pk", flat=True))
    slides.make_slides(Job(kind="webinars.make_slides", payload={"deck": deck.pk}))
    slides.make_slides(Job(kind="webinars.make_slides", payload={"deck": 0}))
    assert list(deck.slides.values_list("pk", flat=True)) == before


def test_a_book_is_cut_off(monkeypatch):
    monkeypatch.setattr(slides, "MOST_PAGES", 2)
    assert [text for _picture, text in slides.rendered(pdf("1", "2", "3"))] == ["1", "2"]


# --- Reading them -----------------------------------------------------------------------------
def test_whoever_may_be_in_the_room_reads_the_slides(client_of):
    meeting = meeting_with(pdf("First do no harm"))
    for user in (meeting.learners[0], meeting.trainer):
        answer = listed(client_of(user), meeting)
        assert [slide["text"] for slide in answer.json()["slides"]] == ["First do no harm"]
        assert "private" in answer["Cache-Control"]


def test_outsiders_are_refused(client, client_of):
    meeting = meeting_with(pdf("First do no harm"))
    other = make_meeting()
    assert listed(client, meeting).status_code == 401
    for user in (UserFactory(), other.learners[0], other.trainer):
        answer = listed(client_of(user), meeting)
        assert answer.status_code == 403
        assert "harm" not in answer.content.decode()
    unknown = "/rooms/00000000-0000-4000-8000-000000000000/slides"
    assert client_of(meeting.learners[0]).get(unknown).status_code == 404
    close_session(meeting.session, actor=meeting.trainer)
    assert listed(client_of(meeting.learners[0]), meeting).status_code == 410


def test_pictures_lie_where_only_people_who_are_signed_in_get_them(client_of):
    meeting = meeting_with(pdf("1"))
    address = listed(client_of(meeting.learners[0]), meeting).json()["slides"][0]["src"]
    assert address.startswith(f"/media/{FOR_SIGNED_IN}")
