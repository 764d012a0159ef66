"""Makes a webinar for the browser tests, inside an installation's own process.

Run as a module with the installation's environment; prints where it is and who may come in.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from wagtail.documents import get_document_model  # noqa: E402

from lms.demo.slides_pdf import slides_pdf  # noqa: E402
from lms.jobs.models import Job  # noqa: E402
from lms.jobs.queue import run  # noqa: E402
from lms.people.models import User  # noqa: E402
from tests.factories import CohortFactory, RegionFactory, UserFactory  # noqa: E402
from tests.webinars.clients import session_key_of  # noqa: E402
from tests.webinars.factories import make_meeting  # noqa: E402
from webinars.models import Webinar  # noqa: E402
from webinars.slides import order_slides  # noqa: E402

VIDEO = Path(__file__).parents[2] / "lms/demo/assets/tri-vdokha.mp4"
NAMES = [("Анна", "Ясная"), ("Борис", "Тихий"), ("Вера", "Добрая")]
SLIDES = [("Сначала слушаем", ["Молча"]), ("Называем чувство", []), ("Спрашиваем", [])]
POLL = {"question": "Что труднее?", "options": ["Крик", "Слёзы", "Отказ"]}


def document(title: str, name: str, content: bytes):
    return get_document_model().objects.create(title=title, file=ContentFile(content, name))


def prepare() -> dict:
    for factory in (UserFactory, RegionFactory, CohortFactory):  # once more in an installation
        factory.reset_sequence(1000 * (User.objects.count() + 1), force=True)
    deck = document("Слайды", "slides.pdf", slides_pdf(SLIDES))
    video = document("Пауза", "pause.mp4", VIDEO.read_bytes())
    meeting = make_meeting(
        learners=len(NAMES),
        is_open=False,
        slides=deck,
        agenda="<p>Знакомство, разбор, практика</p>",
        stage_videos=[("video", {"title": "Пауза", "video": video, "transcript": ""})],
        polls=[("poll", POLL)],
    )
    for person, (given, family) in zip(meeting.learners, NAMES, strict=True):
        person.given_name, person.family_name = given, family
        person.save()
    webinar = Webinar.objects.get(pk=meeting.session.webinar_id)
    order_slides(webinar)
    do_here_if_nobody_else(Job.objects.filter(kind="webinars.make_slides").latest("pk"))
    return {
        "page": webinar.url,
        "host": f"/webinars/sessions/{meeting.session.pk}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "keys": [session_key_of(user) for user in (meeting.trainer, *meeting.learners)],
    }


def do_here_if_nobody_else(job: Job) -> None:
    """Where the worker is another process it may be at it; elsewhere it hears of it late."""
    deadline = time.monotonic() + 60
    while job.state != Job.State.SUCCEEDED and time.monotonic() < deadline:
        run(job.pk)
        time.sleep(0.2)
        job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, job.error


if __name__ == "__main__":
    print(json.dumps(prepare()))
