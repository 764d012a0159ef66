"""Sending one request to a judged address: bounded in time and size, redirects not followed."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from lms.api.webhooks.addresses import Target

SECONDS = 15.0
"""The whole request, from connecting to the last byte read (Standard Webhooks: 15 to 30 s)."""
CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 16_384
"""Bytes of an answer that are read; what an endpoint has to say is its status."""

TIMED_OUT, TLS_FAILED, NOT_CONNECTED, NO_HTTP = (
    "timed-out",
    "tls-failed",
    "connection-failed",
    "not-http",
)


@dataclass(frozen=True)
class Answer:
    """``status`` is None where none came; then ``error`` is one of the codes above."""

    status: int | None
    error: str
    excerpt: str
    duration_ms: int


def post(
    target: Target, *, body: bytes, headers: dict[str, str], seconds: float = SECONDS
) -> Answer:
    """POST ``body`` and read the status and the beginning of the answer. Never raises for either
    a network's or a server's mistake."""
    began = time.monotonic()
    connection = _connection(target, seconds)
    timed_out = threading.Event()

    def cut() -> None:
        """A server that sends a byte now and then keeps every single wait short."""
        timed_out.set()
        sock = getattr(connection, "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                connection.close()

    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    status, error, excerpt = None, "", ""
    try:
        connection.connect()
        connection.sock.settimeout(seconds)  # type: ignore[union-attr]
        connection.request(
            "POST",
            target.path,
            body=body,
            headers={"Host": target.host_header, "Connection": "close", **headers},
            preload_content=False,
        )
        response = connection.getresponse()
        if timed_out.is_set():  # what was cut off in the middle looks like a whole answer
            raise TimeoutError
        status = response.status
        excerpt = _excerpt(response)
    except (HTTPError, HTTPException, OSError, ValueError) as problem:
        if status is None:
            error = TIMED_OUT if timed_out.is_set() else _code_of(problem)
    finally:
        watch.cancel()
        connection.close()
    if timed_out.is_set() and status is None:
        error = TIMED_OUT
    return Answer(status, error, excerpt, round((time.monotonic() - began) * 1000))


def _connection(target: Target, seconds: float) -> HTTPConnection:
    timeout = min(CONNECT_SECONDS, seconds)
    if not target.is_https:
        return HTTPConnection(target.ip, target.port, timeout=timeout)
    return HTTPSConnection(
        target.ip,
        target.port,
        timeout=timeout,
        server_hostname=target.host,
        assert_hostname=target.host,
        ssl_context=ssl.create_default_context(),
    )


def _excerpt(response: urllib3.BaseHTTPResponse) -> str:
    """The beginning of the answer as text; unpacked answers are refused by not being unpacked."""
    try:
        raw = response.read(LARGEST_ANSWER, decode_content=False)
    except (HTTPError, HTTPException, OSError):
        return ""
    text = raw.decode("utf-8", errors="replace")
    return "".join(char for char in text if char.isprintable() or char in "\n\t")[:500]


def _code_of(problem: Exception) -> str:
    if isinstance(problem, (urllib3.exceptions.NewConnectionError, ConnectionError)):
        return NOT_CONNECTED
    if isinstance(problem, (TimeoutError, urllib3.exceptions.TimeoutError)):
        return TIMED_OUT
    if isinstance(problem, (ssl.SSLError, urllib3.exceptions.SSLError)):
        return TLS_FAILED
    return NO_HTTP
