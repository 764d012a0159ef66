"""SQLite backend with a process-wide write gate.

SQLite's own busy wait is unfair: under many writers some wait until the timeout. Inside one
process we can do better: whoever begins a transaction takes the gate first, in turn. Other
processes (a management command beside the server) still meet SQLite's own lock and its timeout.
"""

import threading

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_write_gate = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite with IMMEDIATE transactions taken in turn inside the process."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._holds_gate = False

    def _start_transaction_under_autocommit(self):
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not _write_gate.acquire(timeout=seconds):
            raise OperationalError(f"database is locked: no turn to write in {seconds} s")
        self._holds_gate = True
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave_gate()
            raise

    def _commit(self):
        try:
            return super()._commit()
        finally:
            self._leave_gate()

    def _rollback(self):
        try:
            return super()._rollback()
        finally:
            self._leave_gate()

    def _close(self):
        try:
            return super()._close()
        finally:
            self._leave_gate()

    def _leave_gate(self):
        if self._holds_gate:
            self._holds_gate = False
            _write_gate.release()
