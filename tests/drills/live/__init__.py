"""Fault drill of a live room: what is confirmed is in the log once, and everybody hears it all.

Two server processes, PostgreSQL and Redis of its own, 200 clients that write, and one fault after
another. Run with ``make drill-live``; the last line is JSON.
"""
