"""What a killed process left unfinished is done by the next one: real processes, real files."""

import subprocess
import sys
import time

import pytest

from tests.browser.stack import ROOT, Stack

ASK_FOR_A_LETTER = """
import os
from datetime import timedelta
from django.utils import timezone
from lms.jobs.models import Job
from lms.mail.letters import write_letter
from lms.people.models import User

person = User.objects.create_user("maria@example.org", given_name="Мария")
write_letter(
    to=person, template="invitation", key="k",
    context={"link": "http://127.0.0.1/i/1/", "course": "Курс", "cohort": "Поток", "days": 14},
)
an_hour_ago = timezone.now() - timedelta(hours=1)
Job.objects.update(state=os.environ["STATE"], heartbeat_at=an_hour_ago)
"""

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_letter_that_was_asked_for_before_a_kill_is_sent_after_the_restart(tmp_path, state):
    stack = Stack(tmp_path)
    broker = "memory://" if stack.is_large else ""  # nobody hears of the job before the restart
    try:
        stack.prepare()
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", ASK_FOR_A_LETTER],
            cwd=ROOT,
            env=stack.environment | {"STATE": state, "CELERY_BROKER_URL": broker},
            check=True,
            capture_output=True,
        )
        stack.start()
        deadline = time.monotonic() + 40
        while not (letters := list(stack.mail_dir.glob("*.log"))):
            assert time.monotonic() < deadline, stack.log
            time.sleep(0.2)
        assert "maria@example.org" in letters[0].read_text()
    finally:
        stack.destroy()
