"""Importing people with their enrolments from a file: check, look, confirm, undo."""
