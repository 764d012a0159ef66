"""An endpoint that never answers keeps nobody waiting: real processes, a real receiver."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from lms.api.webhooks.delivering import LANES
from tests.browser.stack import ROOT, Stack

MAKE_DELIVERIES = """
from lms.api.keys import create_client
from lms.api.scopes import ALL_SCOPES
from lms.api.webhooks.models import WebhookDelivery, WebhookEndpoint
from lms.api.webhooks.signing import new_secret, sealed

client, key = create_client(name="region", scopes=ALL_SCOPES, region=None)
endpoint = WebhookEndpoint.objects.create(client=client, url={url!r}, secret=sealed(new_secret()))
WebhookDelivery.objects.bulk_create(WebhookDelivery(endpoint=endpoint) for _ in range(40))
"""
ASK_FOR_A_LETTER = """
from lms.mail.letters import write_letter
from lms.people.models import User

write_letter(
    to=User.objects.create_user("waiting@example.org", given_name="Мария"),
    template="invitation", key="waiting",
    context={"link": "http://127.0.0.1/i/1/", "course": "Курс", "cohort": "Поток", "days": 14},
)
"""

pytestmark = pytest.mark.processes


class HangingReceiver:
    """Takes connections and never says a word; counts how many are open at once."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.open = self.most = self.taken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/hooks"

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            self.taken += 1
            self.open += 1
            self.most = max(self.most, self.open)
            threading.Thread(target=self._hold, args=[connection], daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with connection:
            while connection.recv(4096):
                pass
        self.open -= 1


def until(happened, *, seconds: float, stack: Stack) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, stack.log
        time.sleep(0.2)


def test_letters_go_on_while_an_endpoint_hangs(tmp_path):
    stack = Stack(tmp_path)
    receiver = HangingReceiver()
    stack.environment |= {
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "tests.hasty",
    }
    broker = "memory://" if stack.is_large else ""

    def shell(script: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", script],
            cwd=ROOT,
            env=stack.environment | {"CELERY_BROKER_URL": broker},
            check=True,
            capture_output=True,
        )

    try:
        stack.prepare(migrates=False)
        shell(MAKE_DELIVERIES.format(url=receiver.url))
        stack.start()
        until(lambda: receiver.taken > 0, seconds=180, stack=stack)
        shell(ASK_FOR_A_LETTER)
        # The row is found within seconds; behind the deliveries it would wait for ten minutes.
        until(lambda: "waiting@example.org" in stack.letters, seconds=180, stack=stack)
        assert receiver.most <= LANES
    finally:
        stack.destroy()
        receiver.listener.close()
