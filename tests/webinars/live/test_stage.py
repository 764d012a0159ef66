"""The stage: slides, a link, a video in step for everybody."""

import threading

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from wagtail.documents import get_document_model

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, give, last, refused, seen_by
from webinars.live import log
from webinars.models import SlideDeck
from webinars.stage import stage_videos

pytestmark = pytest.mark.django_db


def document(name: str):
    return get_document_model().objects.create(
        title=name, file=ContentFile(name.encode(), name=name)
    )


@pytest.fixture
def meeting():
    """A webinar with five slides and one video."""
    pdf = document("slides.pdf")
    SlideDeck.objects.create(document=pdf, file_hash=pdf.get_file_hash(), page_count=5)
    video = {"title": "Разговор", "video": document("talk.mp4"), "captions": document("talk.vtt")}
    return make_meeting(slides=pdf, stage_videos=[("video", video)])


def on_stage(meeting) -> dict:
    return seen_by(meeting, meeting.learners[0])["stage"]


# --- Slides -----------------------------------------------------------------------------------
def test_everybody_begins_with_the_first_slide(meeting):
    assert on_stage(meeting) == {
        "stage": {"kind": "slides"},
        "slide": {"page": 1, "seen": 1, "version": 0, "pages": 5},
    }


def test_the_presenter_moves_everybody_and_what_was_seen_stays_open(meeting):
    for page in (4, 2):
        done(meeting, meeting.trainer, "slide.move", page=page)
    assert last(meeting).data == {"page": 2, "seen": 4, "version": 2}
    assert on_stage(meeting)["slide"] == {"page": 2, "seen": 4, "version": 2, "pages": 5}


def test_of_two_who_turn_the_same_page_one_is_refused(meeting):
    done(meeting, meeting.trainer, "slide.move", page=2, exp=0)
    late = refused(meeting, meeting.trainer, "slide.move", page=3, exp=0)
    assert (late.code, late.d) == ("state", {"version": 1})
    done(meeting, meeting.trainer, "slide.move", page=3, exp=1)
    assert on_stage(meeting)["slide"]["page"] == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_the_furthest_page_counts_as_seen(meeting):
    """The second waits for the first; it must not write what it had read before."""
    second = threading.Thread(target=in_thread, args=(meeting, "slide.move"), kwargs={"page": 2})
    with transaction.atomic():
        done(meeting, meeting.trainer, "slide.move", page=5)
        second.start()
        second.join(timeout=0.3)
    second.join()
    assert on_stage(meeting)["slide"] == {"page": 2, "seen": 5, "version": 2, "pages": 5}


@pytest.mark.django_db(transaction=True)
def test_playing_does_not_bring_back_a_video_that_was_just_taken_down(meeting):
    done(meeting, meeting.trainer, "stage.set", kind="video", video=key_of(meeting))
    second = threading.Thread(
        target=in_thread, args=(meeting, "stage.play"), kwargs={"playing": True, "at": 3}
    )
    with transaction.atomic():
        done(meeting, meeting.trainer, "stage.set", kind="slides")
        second.start()
        second.join(timeout=0.3)
    second.join()
    assert on_stage(meeting)["stage"] == {"kind": "slides"}


def in_thread(meeting, op: str, **data) -> None:
    """A command of the trainer in another process."""
    try:
        give(meeting, meeting.trainer, op, **data)
    finally:
        connection.close()


@pytest.mark.parametrize("page", [0, 6, -1, 1.5, "2", 10**9])
def test_there_are_no_other_pages(meeting, page):
    answer = refused(meeting, meeting.trainer, "slide.move", page=page)
    assert (answer.code, answer.field) == ("invalid", "/d/page")


def test_without_slides_nothing_moves():
    meeting = make_meeting()
    assert refused(meeting, meeting.trainer, "slide.move", page=1).field == "/d/page"
    assert on_stage(meeting)["slide"]["pages"] == 0


# --- A link -----------------------------------------------------------------------------------
def test_a_link_is_shown_to_everybody_and_the_slides_keep_their_page(meeting):
    done(meeting, meeting.trainer, "slide.move", page=3)
    done(meeting, meeting.trainer, "stage.set", kind="link", url=" https://stream.example/1?a=b ")
    assert last(meeting).data == {"kind": "link", "url": "https://stream.example/1?a=b"}
    assert on_stage(meeting)["stage"] == last(meeting).data
    done(meeting, meeting.trainer, "stage.set", kind="slides")
    assert on_stage(meeting)["slide"]["page"] == 3


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://stream.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//stream.example/",
        "https://",
        "https:///path",
        "https://[stream.example/",
        "https://[v1]/",
        "https://stream.example:port/",
        "stream.example",
    ],
)
def test_only_a_web_address_with_https_is_a_link(meeting, url):
    answer = refused(meeting, meeting.trainer, "stage.set", kind="link", url=url)
    assert (answer.code, answer.field) == ("invalid", "/d/url")


# --- A video ----------------------------------------------------------------------------------
def key_of(meeting) -> str:
    return next(iter(stage_videos(meeting.session.webinar)))


def test_prepared_videos_have_their_files_and_captions(meeting):
    video = stage_videos(meeting.session.webinar)[key_of(meeting)]
    assert video["title"] == "Разговор"
    assert video["src"].endswith(".mp4")
    assert video["captions"].endswith(".vtt")


def test_a_video_runs_for_everybody_from_the_same_second(meeting):
    done(meeting, meeting.trainer, "stage.set", kind="video", video=key_of(meeting))
    shown = on_stage(meeting)["stage"]
    assert (shown["title"], shown["playing"], shown["at"]) == ("Разговор", False, 0)
    with time_machine.travel(timezone.now(), tick=False):
        done(meeting, meeting.trainer, "stage.play", playing=True, at=12.5)
        now = log.milliseconds(timezone.now())
    assert last(meeting).data == shown | {"playing": True, "at": 12.5, "since": now}
    assert on_stage(meeting)["stage"] == last(meeting).data


def test_what_was_not_prepared_is_not_shown(meeting):
    for video in ("", "other", "https://evil.example/x.mp4"):
        answer = refused(meeting, meeting.trainer, "stage.set", kind="video", video=video)
        assert (answer.code, answer.field) == ("invalid", "/d/video")


def test_nothing_plays_without_a_video(meeting):
    assert refused(meeting, meeting.trainer, "stage.play", playing=True, at=0).code == "state"
    done(meeting, meeting.trainer, "stage.set", kind="video", video=key_of(meeting))
    for at in (-1, 10**6):
        assert give(meeting, meeting.trainer, "stage.play", playing=True, at=at).field == "/d/at"
