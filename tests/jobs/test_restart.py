"""What a killed process left unfinished is done by the next one: real processes, real files."""

import subprocess
import sys
import time

import pytest

from tests.browser.stack import ROOT, Stack

ASK_FOR_LETTERS = """
from datetime import timedelta
from django.utils import timezone
from lms.jobs.models import Job
from lms.mail.letters import write_letter
from lms.people.models import User

for state in ("queued", "running"):
    write_letter(
        to=User.objects.create_user(f"{state}@example.org", given_name="Мария"),
        template="invitation", key=state,
        context={"link": "http://127.0.0.1/i/1/", "course": "Курс", "cohort": "Поток", "days": 14},
    )
    an_hour_ago = timezone.now() - timedelta(hours=1)
    asked = Job.objects.filter(pk=Job.objects.latest("pk").pk)
    asked.update(state=state, heartbeat_at=an_hour_ago)
"""

pytestmark = pytest.mark.processes


def test_letters_that_were_asked_for_before_a_kill_are_sent_after_the_restart(tmp_path):
    stack = Stack(tmp_path)
    stack.environment["DJANGO_SETTINGS_MODULE"] = "tests.hasty"
    broker = "memory://" if stack.is_large else ""  # nobody hears of the jobs before the restart
    try:
        stack.prepare(migrates=False)
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", ASK_FOR_LETTERS],
            cwd=ROOT,
            env=stack.environment | {"CELERY_BROKER_URL": broker},
            check=True,
            capture_output=True,
        )
        stack.start()
        if not stack.is_large:
            assert f"Ready: {stack.url}/\n" in stack.log
        deadline = time.monotonic() + 180
        while not all(f"{who}@example.org" in stack.letters for who in ("queued", "running")):
            assert time.monotonic() < deadline, stack.log
            time.sleep(0.2)
    finally:
        stack.destroy()
