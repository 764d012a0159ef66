"""How fast signed-in pages are, against the stock Wagtail rendering of the same pages.

Run with ``make bench-pages``; with ``DATABASE_URL`` set it measures on that server, in a database
of its own. One thread calls the WSGI handler directly; the variants take turns inside every round,
so that a machine that slows down slows all of them. The last line is JSON; ``ratios`` are our
throughput over the stock one's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

MODULES, LESSONS_A_MODULE, DONE = 5, 6, 12
TEXT = (
    "<p>Человек пришёл в третий раз. Сначала мы слушаем, потом называем чувство, и только потом "
    "говорим о документах. <b>Пауза</b> — тоже ответ.</p><ul><li>назвать чувство</li>"
    "<li>спросить</li><li>предложить шаг</li></ul>"
)


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database that is gone afterwards."""
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    kept = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(kept)


def body() -> list[tuple]:
    """Ten blocks of the kinds that lessons are made of."""
    pair = {
        "situation": "Третий отказ",
        "careless": "Вам уже говорили.",
        "careful": "Вы здесь в третий раз. Это тяжело.",
        "why": "Чувство названо.",
    }
    check = {
        "question": "Что сказать первым?",
        "options": [
            {"text": "Успокойтесь", "is_right": False, "feedback": "Звучит как упрёк."},
            {"text": "Вижу, как вы устали", "is_right": True, "feedback": "Вы начали с человека."},
        ],
    }
    return [
        ("heading", "Слушать"),
        ("paragraph", TEXT),
        ("phrase_pair", pair),
        ("paragraph", TEXT),
        ("callout", {"title": "Держите в уме", "text": TEXT}),
        ("quote", {"text": "Меня выслушали.", "source": "Посетительница"}),
        ("phrase_pair", pair),
        ("paragraph", TEXT),
        ("self_check", check),
        ("case_story", {"title": "Третий раз", "text": TEXT, "question": "Что важно?"}),
    ]


def build() -> tuple[str, str, str]:
    """A course of 30 lessons with a learner half-way: session key, course's path, lesson's path."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from courses.ledger import record_completion
    from tests.factories import (
        CohortFactory,
        active_enrollment,
        make_course,
        make_lesson,
        make_module,
    )

    course = make_course(description=TEXT, outcomes=TEXT, audience="Специалисты", hours=16)
    lessons = []
    for number in range(MODULES):
        module = make_module(course, f"Модуль {number + 1}")
        for place in range(LESSONS_A_MODULE):
            title = f"Урок {number + 1}.{place + 1}"
            lesson = make_lesson(module, title, goal="Слышать чувства", body=body())
            lesson.save_revision().publish()
            lessons.append(lesson)
    enrollment = active_enrollment(cohort=CohortFactory(course=course))
    for lesson in lessons[:DONE]:
        record_completion(enrollment=enrollment, activity=lesson)
    learner = enrollment.learner
    session = SessionStore()
    session[SESSION_KEY] = str(learner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = learner.get_session_auth_hash()
    session.create()
    return session.session_key, course.get_url(), lessons[DONE].get_url()


def caller(handler, session_key: str, path: str) -> Callable[[], bytes]:
    """A function that requests ``path`` as the learner and returns the body of a 200."""
    from urllib.parse import unquote

    def call() -> bytes:
        said = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": f"sessionid={session_key}",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        response = handler(environ, lambda status, headers: said.append(status))
        content = b"".join(response)
        response.close()
        assert said[0].startswith("200"), f"{path}: {said[0]}"
        return content

    return call


def rate(call: Callable[[], bytes], seconds: float) -> float:
    """Requests a second over about ``seconds``."""
    count, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        call()
        count += 1
    return count / spent


def queries(call: Callable[[], bytes]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def measure(rounds: int, seconds: float) -> dict:
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections, reset_queries

    # As a worker with persistent connections; the bench's own connection must stay open.
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    session_key, course, lesson = build()
    handler = WSGIHandler()
    paths = {
        "course": course,
        "lesson": lesson,
        "stock_course": f"/bench-stock{course}",
        "stock_lesson": f"/bench-stock{lesson}",
        "bare": "/bench-bare/",
    }
    calls = {name: caller(handler, session_key, path) for name, path in paths.items()}
    sizes = {name: len(call()) for name, call in calls.items()}
    counted = {name: queries(call) for name, call in calls.items()}
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _round in range(rounds):
        for name, call in calls.items():
            found[name].append(rate(call, seconds))
    median = {name: statistics.median(values) for name, values in found.items()}
    return {
        "database": os.environ.get("DATABASE_URL", "sqlite").split(":")[0],
        "requests_a_second": {name: round(value, 1) for name, value in median.items()},
        "bytes": sizes,
        "queries": counted,
        "ratios": {
            "course": round(median["course"] / median["stock_course"], 2),
            "lesson": round(median["lesson"] / median["stock_lesson"], 2),
            "bare_over_lesson": round(median["bare"] / median["lesson"], 2),
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {
            "VAR_DIR": directory,
            "DJANGO_SETTINGS_MODULE": "lms.settings.test",
            "LOG_LEVEL": "ERROR",
        }
        import django
        from django.conf import settings

        django.setup()
        settings.ROOT_URLCONF = "tests.bench.stock"
        with scratch_database():
            figures = measure(arguments.rounds, arguments.seconds)
    for name, value in figures["requests_a_second"].items():
        print(
            f"{name:14} {value:8.1f} requests/s  {figures['queries'][name]:3} queries  "
            f"{figures['bytes'][name] / 1024:6.1f} KB"
        )
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
