"""``python -m tests.drills.live``: play the rounds and print what they showed."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.browser.stack import ROOT
from tests.drills.live.faults import FAULTS, Scene
from tests.drills.live.installation import Postgres, Redis
from tests.drills.live.rounds import Figures, Round
from tests.drills.live.talker import Talker
from tests.webinars.servers import Server

SLOW_TALKERS = 10
SHOWN = 10
PREPARE = """
import json, sys, django
django.setup()
from django.utils import timezone
from tests.webinars.clients import session_key_of
from tests.webinars.factories import make_meeting
from webinars.models import Poll
meeting = make_meeting(learners=int(sys.argv[1]))
Poll.objects.create(
    room=meeting.room, question="?", options=["1", "2"], state=Poll.State.OPEN,
    opened_at=timezone.now(),
)
people = [{"id": user.pk, "key": session_key_of(user)} for user in meeting.learners]
print(json.dumps({"room": str(meeting.room.uuid), "people": people}))
"""


def environment_of(directory: Path, postgres: Postgres, redis: Redis) -> dict[str, str]:
    return os.environ | {
        "VAR_DIR": str(directory / "var"),
        "DJANGO_SETTINGS_MODULE": "lms.settings.base",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
        "CELERY_BROKER_URL": "memory://",
        "SECRET_KEY": "only-for-this-drill",
        "PYTHONWARNINGS": "ignore",
    }


def prepare(environment: dict[str, str], clients: int) -> dict[str, Any]:
    """An installation with one open room; its id and its people."""
    python = [sys.executable, "-W", "ignore"]
    subprocess.run(
        [*python, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True
    )
    made = subprocess.run(
        [*python, "-c", PREPARE, str(clients)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])


async def drill(directory: Path, *, clients: int, seconds: float, names: list[str]) -> bool:
    """Play the rounds; True when nothing was violated."""
    async with AsyncExitStack() as running:
        postgres, redis = Postgres(directory / "postgres"), Redis(directory / "redis")
        postgres.create()
        postgres.start()
        running.callback(postgres.stop_at_once)
        redis.start()
        running.callback(redis.stop)
        environment = environment_of(directory, postgres, redis)
        made = await asyncio.to_thread(prepare, environment, clients)
        clock = directory / "clock"
        shifted = environment | {
            "DRILL_CLOCK": str(clock),
            "PYTHONPATH": str(Path(__file__).parent / "clock"),
        }
        servers = [
            Server(environment, directory / "server-1.log"),
            Server(shifted, directory / "server-2.log"),
        ]
        for server in servers:
            await asyncio.to_thread(server.start)
            running.callback(server.stop)
        talkers = [
            Talker(room=made["room"], person=person, ports=[s.port for s in servers], number=number)
            for number, person in enumerate(made["people"])
        ]
        for talker in talkers[:SLOW_TALKERS]:
            talker.is_slow = True
        staying = [asyncio.create_task(talker.stay()) for talker in talkers]
        running.push_async_callback(_dismiss, talkers, staying)
        async with asyncio.timeout(60):
            while not all(talker.is_online and talker.began for talker in talkers):
                await asyncio.sleep(0.1)
        scene = Scene(postgres, redis, servers, clock, talkers)
        played = []
        print(f"{'':38} events confirmed again back slowest answer, s whole again, s", flush=True)
        for name in names:
            figures = await Round(scene, made["room"], FAULTS[name], seconds=seconds).play()
            _show(figures)
            played.append(figures)
            if figures.violations:
                break  # what follows would only repeat it
        print(json.dumps([_summary(figures) for figures in played], ensure_ascii=False))
        return not any(figures.violations for figures in played)


async def _dismiss(talkers: list[Talker], staying: list[asyncio.Task]) -> None:
    for talker in talkers:
        await talker.leave()
    await asyncio.wait(staying, timeout=10)


def _show(figures: Figures) -> None:
    print(
        f"{figures.fault:38} {figures.events:6} {figures.confirmed:9} {figures.sent_again:5}"
        f" {figures.reconnects:4} {figures.slowest_answer:17.1f} {figures.seconds_to_whole:14.1f}"
        f"  {dict(figures.counts)}",
        flush=True,
    )
    for violation in figures.violations[:SHOWN]:
        print(f"  VIOLATION {violation}", flush=True)
    if len(figures.violations) > SHOWN:
        print(f"  and {len(figures.violations) - SHOWN} more")


def _summary(figures: Figures) -> dict[str, Any]:
    return vars(figures) | {"violations": len(figures.violations)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=9, help="of writing around each fault")
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--keep", action="store_true", help="keep the logs of all processes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-live-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL runs as another user
        is_well = asyncio.run(
            drill(
                directory,
                clients=arguments.clients,
                seconds=arguments.seconds,
                names=arguments.faults,
            )
        )
        if arguments.keep or not is_well:
            for log in sorted(directory.glob("server-*.log")):
                print(f"--- the end of {log.name}\n{log.read_text()[-6000:]}")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
