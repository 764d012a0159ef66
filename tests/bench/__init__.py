"""Benchmarks: they print ratios measured in one run and are no part of the tests."""

import os

# As the settings do, which come too late for a benchmark that uses numpy itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
