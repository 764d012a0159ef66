"""Shifts the clock of one process: put this directory on PYTHONPATH.

The file that DRILL_CLOCK names holds the shift in seconds; without the file time is right. What
reads the clock in C (a bare ``datetime.now``) is not reached; our code asks ``timezone.now``.
"""

import os
import time

from django.utils import timezone

_path = os.environ["DRILL_CLOCK"]
_time, _time_ns, _now = time.time, time.time_ns, timezone.now
_looked_at = float("-inf")
_seconds = 0.0


def _shift() -> float:
    global _looked_at, _seconds
    if time.monotonic() - _looked_at > 0.1:
        _looked_at = time.monotonic()
        try:
            with open(_path) as file:
                _seconds = float(file.read() or 0)
        except OSError:
            _seconds = 0.0
    return _seconds


time.time = lambda: _time() + _shift()
time.time_ns = lambda: _time_ns() + int(_shift() * 1e9)
timezone.now = lambda: _now() + timezone.timedelta(seconds=_shift())
