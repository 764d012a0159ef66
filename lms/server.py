"""The embedded server: pages, live rooms and the worker in one process."""

from __future__ import annotations

import signal
import socket
import sys

import uvicorn
from django.conf import settings

WEBSOCKET_LIMIT_BYTES = 64 * 1024
STARTUP_FAILED = 3
"""The exit code where the address is taken, as uvicorn's own."""


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"Ready: {settings.PUBLIC_URL}/\n")
            sys.stdout.flush()


def run_server(*, host: str, port: int) -> None:
    """Serve until stopped. The worker thread runs when no broker is configured."""
    from lms.jobs.embedded import EmbeddedWorker

    # uvicorn hands SIGTERM on after its own shutdown; the worker must still end what it does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    worker = EmbeddedWorker() if settings.CELERY_IS_EMBEDDED else None
    if worker:
        worker.start()
    config = uvicorn.Config(
        "lms.asgi:application",
        host=host,
        port=port,
        ws_max_size=WEBSOCKET_LIMIT_BYTES,
        ws_per_message_deflate=False,  # it costs 3–4 times the throughput, and shared frames
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
    )
    server = _Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        if worker:
            worker.stop()
    if not server.started:
        sys.exit(STARTUP_FAILED)
